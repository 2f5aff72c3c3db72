"""What others have for receivers of webhooks takes what is posted: verifiers of signatures, and a Django view."""

import json
import os
import subprocess
from collections.abc import Iterator

import pytest

from emulator import World
from packages import VENDORS, node_modules, python_of
from receiver import flush, notify, receiving

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
