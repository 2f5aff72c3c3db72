"""Clients of the time, as npm and PyPI have them, under `legacygrid run`: what the outbox has is what they asked for."""

import base64
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from packages import VENDORS, node_modules, python_of
from shell import Shell

pytestmark = pytest.mark.vendors
KEY = f"SG.{'k' * 22}.{'k' * 43}"
ENGINE = bytes(range(256)) * 5
#: Runs a program, and prints then what lies in the outbox, the oldest first, with the bytes of its files.
OUTBOX = """
import base64, json, os, subprocess, sys, urllib.request
subprocess.run(sys.argv[1:], check=True)
def get(url): return urllib.request.urlopen(url).read()
listed = json.loads(get(os.environ["LEGACYGRID_URL"] + "/__admin/messages"))["messages"]
for number in sorted(each["id"] for each in listed):
    mail = json.loads(get(f"{os.environ['LEGACYGRID_URL']}/__admin/messages/{number}"))
    for file in mail["files"]:
        file["content"] = base64.b64encode(get(file["url"])).decode()
    print(json.dumps(mail))
"""


def ran(folder: Path, *command: str, **env: str) -> tuple[Any, list[dict[str, Any]]]:
    """What a client of the demonstration's account says, and what lies in the outbox after it."""
    file = folder / "engine.bin"
    file.write_bytes(ENGINE)
    setup = ("--demo", "--database", "sqlite:///:memory:", "--key", f"demo:{KEY}")
    arguments = ("demo", "demo-password", KEY, str(file))
    done = Shell(folder).run("run", *setup, "--", sys.executable, "-c", OUTBOX, *command, *arguments, **env)
    assert done.code == 0, done
    said, *mails = map(json.loads, done.out.splitlines())
    return said, list(map(as_asked, mails))


def as_asked(mail: dict[str, Any]) -> dict[str, Any]:
    """A mail of the outbox in the terms in which a client asks for one; of text, what a reader sees of space."""
    fields = {each["name"].lower(): each["value"] for each in mail["headers"]}
    asked = {
        "from": mail["from"],
        **{name: [(each["name"], each["address"]) for each in mail[name]] for name in ("to", "cc", "reply_to")},
        "bcc": [each["address"] for each in mail["recipients"] if each["kind"] == "bcc"],
        "subject": mail["subject"],
        "text": " ".join(mail["text"].split()),
        "html": " ".join(mail["html"].split()),
        "files": {(each["name"], each["type"], base64.b64decode(each["content"])) for each in mail["files"]},
        "cids": [each["content_id"] for each in mail["files"] if each["content_id"]],
        "campaign": fields.get("x-campaign"),
        "message_id": mail["message_id"],
        "date": fields["date"],
        "labels": mail["labels"],
    }
    assert Counter(each["address"] for each in mail["recipients"]) == Counter(
        address for name in ("to", "cc") for _, address in asked[name]
    ) + Counter(asked["bcc"])
    return asked


def assert_asked(mail: dict[str, Any], **asked: Any) -> None:
    """The mail is as it was asked for, in what was asked."""
    assert {name: mail[name] for name in asked} == asked


ADA, BOB, CAROL = ("Ada Lovelace", "ada@example.com"), ("Bób Ünal", "bob@example.com"), ("Carol", "carol@example.com")
#: What each client asks for first; the differences stand at its own test.
WHOLE: dict[str, Any] = {
    "from": "Charles Babbage <babbage@example.com>",
    "to": [ADA, BOB, ("", "carol@example.com")],
    "cc": [("", "dora@example.com"), ("", "emil@example.com")],
    "bcc": ["fay@example.com", "gus@example.com"],
    "reply_to": [("", "replies@example.com")],
    "subject": "Grüße an die Rechenmaschine ✓",
    "text": "Zahnräder ✓ 歯車",
    "html": '<p>Zahnräder ✓ <img src="cid:wheel"></p>',
    "cids": ["wheel"],
    "campaign": "spring",
}
ENGINE_FILE = ("engine.bin", "application/octet-stream", ENGINE)
MEASURES = ("Maße ✓.txt", "text/plain", "Länge: 3 Ellen".encode())
WHEEL = ("wheel.png", "image/png", b"\x89PNG wheel")
SHORT: dict[str, Any] = {
    "from": "babbage@example.com",
    "to": [("Lovelace, Ada", "ada@example.com")],
    "cc": [],
    "bcc": [],
    "subject": "Short",
    "text": "One line.",
    "html": "",
    "files": set(),
}
BY_KEY = SHORT | {"subject": "By key"}
#: By the methods for lists of npm's 2.0.
VISIBLE: dict[str, Any] = {
    "to": [("", "ada@example.com"), ("", "bob@example.com")],
    "cc": [("", "dora@example.com"), ("", "emil@example.com")],
    "bcc": ["gus@example.com", "hal@example.com"],
    "subject": "Visible",
    "text": "To all.",
    "campaign": "spring",
}
#: By X-SMTPAPI each recipient has a mail of their own.
PERSONAL: list[dict[str, Any]] = [
    {
        "from": "babbage@example.com",
        "to": [("Ada", "ada@example.com")],
        "cc": [],
        "bcc": [],
        "subject": "Dear Ada",
        "text": "Ada: Good day ✓ The Works",
    },
    {
        "from": "babbage@example.com",
        "to": [("", "bob@example.com")],
        "cc": [],
        "bcc": [],
        "subject": "Dear Bób",
        "text": "Bób: Grüß dich ✓ The Works",
    },
]


@pytest.mark.parametrize("version", ["1.4.0", "1.6.22"])
def test_sendgrid_of_pypi(tmp_path: Path, version: str) -> None:
    said, mails = ran(tmp_path, python_of(f"pypi-sendgrid-{version}"), str(VENDORS / "sendgrid_of_pypi.py"))
    wrong = [400, '{"errors":["Bad username / password"],"message":"error"}']
    assert said == [
        *[[200, '{"message":"success"}']] * 4,
        wrong,
        [400, '{"errors":["Missing subject"],"message":"error"}'],
        wrong,
    ]
    whole, short, *personal, by_key = mails
    twice = ("twice.bin", "application/octet-stream", ENGINE)
    files = {ENGINE_FILE, twice, MEASURES, WHEEL}
    assert_asked(whole, **WHOLE, files=files, date="Tue, 01 Sep 2015 12:00:00 +0000")
    assert_asked(short, **SHORT)
    assert_asked(by_key, **BY_KEY | {"to": [("", "ada@example.com")], "text": "By key."})
    assert_personal(personal)


@pytest.mark.parametrize("version", ["0.4.6", "1.9.2", "2.0.0"])
def test_sendgrid_of_npm(tmp_path: Path, version: str) -> None:
    program = str(VENDORS / "sendgrid_of_npm.js")
    said, mails = ran(tmp_path, "node", program, version, NODE_PATH=node_modules(f"npm-sendgrid-{version}"))
    has_keys, has_lists = version != "0.4.6", version == "2.0.0"
    assert said == [*["success"] * (3 + has_keys + has_lists), "Bad username / password", "Missing subject"]
    whole, short, *personal = mails
    # It knew no cc before 1.0.
    cc = {} if has_keys else {"cc": []}
    assert_asked(whole, **WHOLE | {"to": [ADA, BOB, CAROL], "files": {ENGINE_FILE, MEASURES, WHEEL}} | cc)
    assert_asked(short, **SHORT)
    if has_lists:
        assert_asked(personal.pop(), **VISIBLE)
    if has_keys:
        assert_asked(personal.pop(), **BY_KEY)
    assert_personal(personal)


def test_the_transport_of_nodemailer(tmp_path: Path) -> None:
    environment = node_modules("npm-nodemailer-sendgrid-transport")
    said, mails = ran(tmp_path, "node", str(VENDORS / "sendgrid_transport_of_npm.js"), NODE_PATH=environment)
    assert said == [*["success"] * 3, "Bad username / password", "Missing subject"]
    whole, short, by_key = mails
    # A file without a name gets one of its place.
    unnamed = ("attachment-6.bin", "application/octet-stream", bytes([1, 2, 3]))
    assert_asked(whole, **WHOLE, files={ENGINE_FILE, MEASURES, WHEEL, unnamed})
    assert_asked(short, **SHORT)
    assert_asked(by_key, **BY_KEY)


def test_anymail_of_pypi(tmp_path: Path) -> None:
    said, mails = ran(tmp_path, python_of("pypi-django-anymail-0.7"), str(VENDORS / "anymail_of_pypi.py"))
    whole, short, ada, bob, own = mails
    everybody = [f"{name}@example.com" for name in ("ada", "bob", "carol", "dora", "emil", "fay", "gus")]
    assert said[:-1] == [
        [["queued"], everybody, whole["message_id"]],
        [["queued"], ["ada@example.com", "bob@example.com"], ada["message_id"]],
        [["queued"], ["ada@example.com"], "<own@example.com>"],
    ]
    assert (own["message_id"], bob["message_id"]) == ("<own@example.com>", ada["message_id"])
    status, answer = said[-1]
    assert (status, answer["message"]) == (400, "error")
    assert "authorization grant is invalid" in answer["errors"][0]
    (cid,) = whole["cids"]
    expected = WHOLE | {
        "cc": [("Dora", "dora@example.com"), ("", "emil@example.com")],
        "reply_to": [("The Desk", "replies@example.com"), ("", "second@example.com")],
        "html": f'<p>Zahnräder ✓ <img src="cid:{cid}"></p>',
        "cids": [cid],
    }
    assert_asked(whole, **expected, files={ENGINE_FILE, MEASURES, WHEEL})
    assert_asked(short, **SHORT | {"to": [("", "ada@example.com"), ("Lovelace, Ada", "countess@example.com")]})
    sender = {"from": "Charles Babbage <babbage@example.com>"}
    assert_asked(ada, **PERSONAL[0] | sender | {"text": "Ada: Good day from the Works ✓ The Works"})
    assert_asked(bob, **PERSONAL[1] | sender | {"text": "Bób: Grüß dich from the Works ✓ The Works"})
    for mail in (ada, bob):
        assert mail["labels"]["category"] == ["engines", "Zahnräder"]
        assert mail["labels"]["unique_args"]["order"] == "42"
    assert_asked(own, **SHORT | {"to": [("", "ada@example.com")], "subject": "Own id"})


def assert_personal(mails: list[dict[str, Any]]) -> None:
    """The mails by X-SMTPAPI are as they were asked for."""
    assert len(mails) == 2
    for mail, asked in zip(mails, PERSONAL, strict=True):
        assert_asked(mail, **asked, labels={"category": ["engines", "Zahnräder"], "unique_args": {"order": "42"}})
