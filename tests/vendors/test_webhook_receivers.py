"""What others have for receivers of webhooks takes what is posted: verifiers of signatures, and a Django view."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from emulator import World, fresh
from packages import VENDORS, node_modules, python_of
from receiver import Taken, flush, notify, receiving

pytestmark = pytest.mark.vendors
SIGNATURE, TIMESTAMP = (f"X-Twilio-Email-Event-Webhook-{word}" for word in ("Signature", "Timestamp"))


@pytest.mark.parametrize("language", ["python", "node"])
def test_signatures(own_world: World, language: str) -> None:
    key = own_world.admin("PUT", "webhooks/signing", {"account": own_world.name}).json["public_key"]
    with receiving() as receiver:
        notify(own_world, receiver.url)
        own_world.mail(**{"x-smtpapi": json.dumps({"unique_args": {"name": "Zahnr\u00e4der \u6b6f\u8eca"}})})
        flush(own_world)
    (taken,) = receiver.requests
    command, env = {
        "python": ([python_of("pypi-sendgrid-6.11.0"), str(VENDORS / "verify_webhook.py")], {}),
        "node": (
            ["node", str(VENDORS / "verify_webhook.js")],
            {"NODE_PATH": node_modules("npm-sendgrid-eventwebhook")},
        ),
    }[language]
    arguments = [key, taken.headers[SIGNATURE], taken.headers[TIMESTAMP]]
    done = subprocess.run(
        [*command, *arguments], input=taken.body, env={**os.environ, **env}, capture_output=True, timeout=60
    )
    assert json.loads(done.stdout or "null") == [True, False, False], done.stderr


#: Environments and programs that read inbound mail.
ANYMAIL = ("pypi-django-anymail-13.0", "anymail_inbound.py")
HELPER = ("pypi-sendgrid-6.11.0", "parse_inbound.py")


def register(world: World, url: str, **more: str) -> str:
    """A hostname whose mail is posted to a URL."""
    host = f"{fresh('in')}.example.com"
    assert world.call("parse.set.json", hostname=host, url=url, **more).json == {"message": "success"}
    return host


def test_inbound_mail(own_world: World) -> None:
    """Read by the vendor's helper and by the view of anymail: text in its own charset, files, and a mail as it came."""
    with receiving() as receiver:
        parts, whole, latin = (
            f"hook@{register(own_world, receiver.url + path, **more)}"
            for path, more in (("/parts", {"spam_check": "1"}), ("/whole", {"send_raw": "1"}), ("/latin", {}))
        )
        to = [parts, whole]
        mail = {
            "from": "Zoë <zoe@example.com>", "to": to, "subject": "Zahnräder ✓", "text": "Grüße", "html": "<p>✓</p>",
            "spam_score": "4.2",
            "attachments": [
                {"filename": "a.txt", "content": "YQ==", "type": "text/plain"},
                {"filename": "dot.gif", "content": "R0lG", "content_id": "dot"},
            ],
        }  # fmt: skip
        assert own_world.admin("POST", "inbound", mail).status == 200
        octets = "From: zoe@example.com\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nGrüße".encode("latin-1")
        raw = {"raw_base64": base64.b64encode(octets).decode(), "from": "zoe@example.com", "to": latin}
        assert own_world.admin("POST", "inbound", raw).status == 200
        assert flush(own_world)["delivered"] == 3
    posted = {taken.path: taken for taken in receiver.requests}
    for path in ("/parts", "/whole"):
        by_anymail = read_by(*ANYMAIL, posted[path])
        assert by_anymail["from"] == ["Zoë", "zoe@example.com"]
        assert (by_anymail["to"], by_anymail["subject"]) == (to, "Zahnräder ✓")
        assert (by_anymail["text"].strip(), by_anymail["html"].strip()) == ("Grüße", "<p>✓</p>")
        assert by_anymail["envelope"][0] == "zoe@example.com"
        assert by_anymail["files"] == [["a.txt", "text/plain"]]
        assert by_anymail["inline"] == ["dot"]
    assert read_by(*ANYMAIL, posted["/parts"])["spam_score"] == 4.2
    assert read_by(*ANYMAIL, posted["/latin"])["text"] == "Grüße"
    by_helper = read_by(*HELPER, posted["/parts"])
    assert by_helper["files"] == [["dot.gif", "image/gif"], ["a.txt", "text/plain"]]
    assert (by_helper["values"]["subject"], by_helper["values"]["spam_score"]) == ("Zahnräder ✓", "4.2")
    assert json.loads(by_helper["values"]["envelope"]) == {"to": [parts], "from": "zoe@example.com"}
    by_helper = read_by(*HELPER, posted["/whole"])
    assert sorted(by_helper["files"])[:2] == [["a.txt", "text/plain"], ["dot.gif", "image/gif"]]


def read_by(environment: str, program: str, taken: Taken) -> Any:
    """What a program of that environment reads of a request."""
    command = [python_of(environment), str(VENDORS / program), taken.headers["Content-Type"]]
    done = subprocess.run(command, input=taken.body, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.fixture
def anymail() -> Iterator["subprocess.Popen[str]"]:
    command = [python_of("pypi-django-anymail-0.7"), str(VENDORS / "anymail_tracking.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_the_view_of_anymail(own_world: World, anymail: "subprocess.Popen[str]") -> None:
    assert anymail.stdout
    notify(own_world, anymail.stdout.readline().strip())
    marks = {"category": ["engines", "works"], "unique_args": {"order": "42"}}
    own_world.mail(**{"x-smtpapi": json.dumps(marks)})
    number = own_world.outbox()[0]["id"]
    for event, more in (("bounce", {}), ("open", {}), ("click", {"url": "http://example.com/x"}), ("unsubscribe", {})):
        own_world.admin("POST", f"messages/{number}/events", {"event": event, **more})
    own_world.mail(**{"x-smtpapi": json.dumps(marks)})
    assert flush(own_world)["delivered"] == 1
    told = [json.loads(anymail.stdout.readline()) for _ in range(7)]
    assert [each[1] for each in told] == [
        "queued", "delivered", "bounced", "opened", "clicked", "unsubscribed", "rejected",
    ]  # fmt: skip
    for name, _, recipient, reason, url, tags, metadata in told:
        assert (name, recipient, tags) == ("SendGrid", "ada@example.com", ["engines", "works"])
        assert metadata == {"order": "42"}
        assert url in (None, "http://example.com/x")
        assert reason in (None, "other", "bounced", "unsubscribed")
