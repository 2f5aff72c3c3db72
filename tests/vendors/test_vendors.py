"""The vendors' own packages, as they are installed, under `legacygrid run`: they call their vendor's real name."""

import email
import json
import sys
from email import policy
from pathlib import Path
from typing import Any

import pytest

from packages import VENDORS, node_modules
from shell import Shell

pytestmark = pytest.mark.vendors
KEY = f"api-{'k' * 32}"
#: Runs a program, and prints then the messages that lie in the outbox.
OUTBOX = """
import json, os, subprocess, sys, urllib.request
subprocess.run(sys.argv[1:], check=True)
def get(target): return urllib.request.urlopen(os.environ["LEGACYGRID_URL"] + "/__admin/" + target).read()
for found in json.loads(get("messages"))["messages"]:
    print(json.dumps(get(f"messages/{found['id']}/raw").decode("latin-1")))
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def ran(shell: Shell, *command: str, **env: str) -> tuple[Any, Any, str]:
    """What a client of the demonstration's account says, the one mail that it has sent, and the calls."""
    setup = ("--demo", "--database", "sqlite:///:memory:", "--key", f"demo:{KEY}")
    done = shell.run("run", *setup, "--", sys.executable, "-c", OUTBOX, *command, **env)
    assert done.code == 0, done
    said, raw = map(json.loads, done.out.splitlines())
    return said, email.message_from_bytes(raw.encode("latin-1"), policy=policy.default), done.err


def test_smtp2go_of_pypi(shell: Shell) -> None:
    said, mail, calls = ran(shell, sys.executable, str(VENDORS / "smtp2go_mail.py"), KEY)
    assert said == {"success": True, "errors": [], "status": 200, "has_request_id": True, "rate_limit": [0, 0, 0]}
    assert (mail["From"], mail["To"]) == ("Babbage <babbage@example.com>", "Ada <ada@example.com>, bob@example.com")
    assert mail["X-Campaign"] == "spring"
    # It takes its own headers for the mail's.
    assert mail["X-Smtp2go-Api"] == "smtp2go-python"
    assert "smtp2go/email/send  answered" in calls


def test_smtp2go_of_pypi_with_a_wrong_key(shell: Shell) -> None:
    said, _, _ = ran(shell, "sh", "-c", f'{sys.executable} "$1" api-short; {sys.executable} "$1" {KEY} >&2', "sh",
                     str(VENDORS / "smtp2go_mail.py"))  # fmt: skip
    assert (said["success"], said["status"]) == (False, 400)
    assert said["errors"][0].startswith("The API Key passed was not in the correct format, ")


def test_smtp2go_of_npm(shell: Shell) -> None:
    file = shell.folder / "engine.png"
    file.write_bytes(bytes(range(256)))
    said, mail, calls = ran(shell, "node", str(VENDORS / "smtp2go_mail.js"), KEY, str(file), NODE_PATH=node_modules())
    assert (said["sent"]["succeeded"], said["sent"]["failures"]) == (3, [])
    assert mail["Message-ID"] == f"<{said['sent']['email_id']}@legacygrid.invalid>"
    assert [each.display_name for each in mail["To"].addresses] == ["Lovelace, Ada", ""]
    assert mail["X-Campaign"] == "spring"
    assert [part.get_content() for part in mail.walk() if part.get_content_type() == "image/png"] == [
        bytes(range(256))
    ] * 2
    (added,), (patched,) = said["added"]["results"], said["patched"]
    assert added["open_tracking_enabled"]
    assert len(added["email_password"]) == 24
    assert (patched["status"], patched["email_password"]) == ("sandbox", None)
    assert (said["status"], said["wrong"]["error_code"]) == (400, "E_ApiResponseCodes.API_EXCEPTION")
    assert "smtp2go/users/smtp/edit task=PATCH  answered" in calls
