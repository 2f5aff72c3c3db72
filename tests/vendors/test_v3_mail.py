"""The vendor's own clients of v3's mail/send, as PyPI and npm have them."""

import json
import os
import subprocess
from typing import Any

import pytest

from emulator import World, parsed
from legacygrid.models import suppression
from legacygrid.models.api_key import ApiKey
from packages import VENDORS, node_modules, python_of

pytestmark = pytest.mark.vendors
ADA, BOB = "ada@example.com", "bob@example.com"


def run(world: World, *command: str, **env: str) -> Any:
    """What a client of the account says."""
    key = f"SG.{world.name}.secret"
    with world.service.grid.store.writing():
        ApiKey.register(world.account, key)
        suppression.add(world.account, suppression.BOUNCE, "fay@example.com", 1.0)
    assert world.admin("PUT", "clock", {"frozen": "2015-10-02T20:00:00Z"}).status == 200
    url = world.service.url + world.prefix
    done = subprocess.run(
        [*command, url, key], capture_output=True, text=True, timeout=60, check=False, env=os.environ | env
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def assert_whole(world: World, answers: str) -> None:
    """The mail with all that a client can say has it all."""
    mail, found = parsed(world, subject="Grüße ✓", to=ADA), world.message(subject="Grüße ✓", to=ADA)
    assert [each.display_name for each in mail["To"].addresses][1:] in ([""], ["Bób"])
    assert (str(mail["Cc"]), mail["X-Campaign"], str(mail["Reply-To"])) == ("carol@example.com", "spring", answers)
    assert {each["address"]: each["kind"] for each in found["recipients"]} == {ADA: "to"}
    assert (found["text"].split(), "<p>The Works</p>" in found["html"]) == (["Zahnräder", "✓", "The", "Works"], True)
    files = [part.get_filename() for part in mail.walk() if part.get_filename()]
    assert files == ["wheel.png", "Maße ✓.txt"]
    assert found["labels"]["unique_args"] == {"order": "42"}
    assert (found["labels"]["send_at"], found["labels"]["asm_group_id"]) == (1, 7)


def seen(world: World, *subjects: str) -> dict[str, tuple[str, str]]:
    """Of mails of those subjects, by recipient: To, and the text."""
    whole = [
        world.admin("GET", f"messages/{each['id']}").json for each in world.outbox() if each["subject"] in subjects
    ]
    return {
        recipient["address"]: (", ".join(each["address"] for each in message["to"]), message["text"].strip())
        for message in whole
        for recipient in message["recipients"]
    }


def test_sendgrid_of_pypi(own_world: World) -> None:
    said = run(own_world, python_of("pypi-sendgrid-6.11.0"), str(VENDORS / "sendgrid_v3_mail.py"))
    assert said == {
        "whole": [202, 22], "personal": [202, 22], "multiple": [202, 22], "sandboxed": [200, 0],
        "refused": ["from.email", "personalizations.0.to.0.email"],
        "added": {"recipient_emails": ["emil@example.com"]}, "unsubscribed": {"recipient_email": "emil@example.com"},
        "listed": ["emil@example.com"], "deleted": 204, "bounces": ["fay@example.com"], "all": 204, "gone": ["not found"],
        "stats": 8, "categories": ["engines", "letters"], "by_category": [["engines", 4], ["letters", 4]],
    }  # fmt: skip
    assert_whole(own_world, "The Desk <replies@example.com>")
    assert own_world.outbox(subject="Never") == []
    assert seen(own_world, "Dear ada", "Dear bob") == {ADA: (ADA, "Good day, ada"), BOB: (BOB, "Hi bob")}
    assert seen(own_world, "Each") == {ADA: (ADA, "x"), BOB: (BOB, "x")}


def test_sendgrid_mail_of_npm(own_world: World) -> None:
    script = str(VENDORS / "sendgrid_v3_mail.js")
    said = run(own_world, "node", script, NODE_PATH=node_modules("npm-sendgrid-mail"))
    assert said == {
        "whole": [202, 22], "personal": [202, 22], "multiple": [202, 22], "template": [202, 22], "several": [202, 202],
        "refused": [400, ["from.email", "personalizations.0.to.0.email"]],
    }  # fmt: skip
    assert_whole(own_world, "The Desk <replies@example.com>, second@example.com")
    assert seen(own_world, "Dear ada", "Dear bob") == {ADA: (ADA, "Hi ada"), BOB: (BOB, "Hi bob")}
    assert seen(own_world, "Each") == {ADA: (ADA, "x"), BOB: (BOB, "x")}
