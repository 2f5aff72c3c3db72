"""A fifth system is one folder and one line: it is served, documented, shown, and on the command line.

Another setting of SMTP users is two lines, one that stores it and one that says what it is.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from paths import ROOT
from sessions import Console, text_of

TOY = Path(__file__).parent / "toy"
OWNER, SECRET, KEY = ("acme", "owner-secret-1"), "toy-1", "api-0123456789"
SEED = {
    "version": 1,
    "accounts": [
        {
            "username": OWNER[0],
            "password": OWNER[1],
            "keys": [{"key": KEY}],
            "credentials": [
                {"name": "sally", "password": SECRET, "kind": "toy", "settings": {"mood": "sad"}},
                {"name": "reports", "password": SECRET},
                {"name": "siren", "password": SECRET, "kind": "smtp2go", "settings": {"is_loud": True}},
            ],
        }
    ],
}
#: Several commands in one process: what each prints, as JSON.
SEVERAL = """
import json, sys
from click.testing import CliRunner
from legacygrid.cli import main
print(json.dumps([CliRunner().invoke(main, args).output for args in json.loads(sys.argv[1])]))
"""


@dataclass(frozen=True)
class Copy:
    """The package with Toy in it, and a folder to run commands in."""

    folder: Path

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LEGACYGRID_")}
        environment |= {"PYTHONPATH": str(self.folder), "COLUMNS": "200"}
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options,
        )  # fmt: skip

    def run(self, *arguments: str, stdin: str = "") -> str:
        """What a command prints."""
        process = self.start(*arguments)
        out, _ = process.communicate(stdin, timeout=60)
        assert process.returncode == 0
        return out

    def legacygrid(self, *arguments: str, stdin: str = "") -> str:
        return self.run("-m", "legacygrid.toy_cli", *arguments, stdin=stdin)

    def several(self, *commands: str) -> list[str]:
        return list(json.loads(self.run("-c", SEVERAL, json.dumps([command.split() for command in commands]))))


#: A setting of SMTP users: in which file, behind which line, which line is new.
SETTING = {
    "models/settings.py": ('    bounce_notifications: str = "from"\n', "    is_loud: bool = False\n"),
    "serializers/smtp2go/logins.py": ("SETTINGS = (\n", '    _switch("is_loud", "Is loud.", "Send it loud"),\n'),
}


def insert(file: Path, line: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(line) == 1
    file.write_text(text.replace(line, line + new), "utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The package, with Toy in a folder of `endpoints` and in the list of systems."""
    folder = tmp_path_factory.mktemp("fifth")
    package = folder / "legacygrid"
    others = ("tests", "docs", "benchmarks", "examples", "build", "*.egg-info", ".*")
    shutil.copytree(ROOT, package, ignore=shutil.ignore_patterns(*others))
    shutil.copytree(TOY, package / "endpoints" / "toy")
    table = package / "endpoints" / "__init__.py"
    text = table.read_text("utf-8")
    assert text.count("sendgrid_v3, smtp2go\n") == text.count("smtp2go.SYSTEM)\n") == 1
    text = text.replace("sendgrid_v3, smtp2go\n", "sendgrid_v3, smtp2go, toy\n")
    table.write_text(text.replace("smtp2go.SYSTEM)\n", "smtp2go.SYSTEM, toy.SYSTEM)\n"), "utf-8")
    for name, lines in SETTING.items():
        insert(package / name, *lines)
    (package / "toy_cli.py").write_text("from legacygrid.cli import main\n\nmain()\n")
    (folder / "seed.json").write_text(json.dumps(SEED))
    made = Copy(folder)
    made.legacygrid("seed", "seed.json", "--bcrypt-cost", "4")
    return made


@pytest.fixture(scope="module")
def url(copy: Copy) -> Iterator[str]:
    """Where the copy answers."""
    process = copy.start("-m", "legacygrid.toy_cli", "serve", "--port", "0", "--quiet", "--bcrypt-cost", "4")
    try:
        line = ""
        while not line.startswith("Listening on http:"):
            line = process.stdout.readline()  # type: ignore[union-attr]
            assert line, "it ended before it answered"
        yield line.split()[-1]
    finally:
        process.kill()
        process.communicate()


def hello(url: str, *pair: str) -> tuple[int, Any]:
    answer = requests.get(f"{url}/toy/hello", auth=pair, timeout=30)
    return answer.status_code, answer.json()


def test_it_is_documented_and_on_the_command_line(copy: Copy) -> None:
    exported, routes, fidelity, help = copy.several("export", "routes --json", "fidelity", "login add --help")
    names = {row["operation"]: row for row in json.loads(routes)}
    assert {"toy/hello", "toy/notes/add"} < names.keys()
    assert re.search(r"^\| `toy/notes/add` \|.*`/toy/notes/add`.*Write a note on a login\.", fidelity, re.MULTILINE)
    assert "Toy does not know you" in fidelity
    assert "--kind [credential|teammate|cmc|dotmailer|smtp2go|toy]" in help
    assert re.search(r"--mood \[happy\|sad\] +How it feels\.  \[toy\]", help)
    (acme,) = json.loads(exported)["accounts"]
    sally = next(login for login in acme["credentials"] if login["name"] == "sally")
    assert (sally["kind"], sally["settings"]) == ("toy", {"mood": "sad"})
    assert re.search(r"--is-loud / --no-is-loud +Is loud\.  \[smtp2go\]", help)
    assert fidelity.count("| `is_loud` | a boolean |") == 3, "add, and edit by both verbs"


def test_both_calls_answer_and_know_their_own_logins(url: str) -> None:
    assert hello(url, "sally", SECRET) == (200, {"hello": "sally", "mood": "sad"})
    assert hello(url, *OWNER) == (200, {"hello": "acme", "mood": ""})
    for pair in (("sally", "wrong"), ("nobody", SECRET), ("reports", SECRET)):
        assert hello(url, *pair) == (401, {"error": {"code": 401, "message": "Toy does not know you"}})
    pair = ("sally", SECRET)
    note = requests.post(f"{url}/toy/notes/add", json={"text": "Buy a kite."}, auth=pair, timeout=30)
    assert (note.status_code, note.json()) == (200, {"note": "Buy a kite."})
    bad = requests.post(f"{url}/toy/notes/add", json={}, auth=pair, timeout=30)
    assert (bad.status_code, bad.json()["error"]["message"]) == (400, "text is required")


def test_the_command_line_adds_a_login(copy: Copy, url: str) -> None:
    command = "login add acme cleo --kind toy --mood sad --password-stdin --bcrypt-cost 4"
    assert copy.legacygrid(*command.split(), stdin=f"{SECRET}\n") == "added cleo\n"
    assert hello(url, "cleo", SECRET) == (200, {"hello": "cleo", "mood": "sad"})


def test_the_console_shows_it_and_adds_a_login(url: str) -> None:
    with Console(url) as console:
        console.enter(*OWNER)
        operations = text_of(console.get("operations"))
        assert "Say hello to a login, by its mood." in operations
        assert "Write a note on a login." in operations
        sections = re.findall(r"<h2[^>]*>([^<]+)</h2>", console.page("api-users"))
        assert sections == ["Customers Mail Cloud", "dotmailer", "SendGrid", "SendGrid v3", "Toy"]
        form = console.page("api-users/new", system="toy")
        assert "<legend>Mood</legend>" in form
        given = {"name": "dora", "secret": SECRET, "confirmation": SECRET, "enabled": "y", "mood": "sad"}
        long = console.post("api-users/new?system=toy", **given | {"name": "x" * 11})
        assert (long.status_code, "A player's name has 10 letters at most." in text_of(long)) == (422, True)
        assert console.post("api-users/new?system=toy", **given).status_code == 303
        page = text_of(console.get("api-users"))
        assert "Added the player dora. It can be used at once." in page
        assert "dora API, sad" in page
    assert hello(url, "dora", SECRET) == (200, {"hello": "dora", "mood": "sad"})


def test_another_setting_of_smtp_users_is_everywhere(url: str) -> None:
    def call(name: str, **members: Any) -> list[dict[str, Any]]:
        reply = requests.post(f"{url}/v3/users/smtp/{name}", json={"api_key": KEY, **members}, timeout=30)
        return list(reply.json()["data"]["results"])

    (seeded,) = call("view", username="siren")
    assert list(seeded)[-1] == "is_loud", "what the manual does not have comes last"
    assert seeded["is_loud"] is True
    (edited,) = call("edit", username="siren")
    assert edited["is_loud"] is False
    with Console(url) as console:
        console.enter(*OWNER)
        (path,) = re.findall(r'href="/console/(smtp-users/\d+)"', console.page("smtp-users"))
        assert "Send it loud" in console.page(path)
        assert console.post(path, status="allowed", is_loud="y").status_code == 303
    assert call("view", username="siren")[0]["is_loud"] is True
