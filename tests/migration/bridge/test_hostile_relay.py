"""`--relay` fails at each stage of SMTP's conversation: the caller learns whether the mail went out, in a bounded time."""

import pytest

from bridging import bridging
from legacygrid.harness import AUTO
from legacygrid.harness import relay as harness_relay
from legacygrid.migration.bridge.mail_relay import MailRelay
from scripted_relay import DRIPS, ENDS, HANGS, scripted_relay

MAIL = {"to[]": ["ada@example.com", "bob@example.org"], "from": "eve@example.net", "subject": "x", "text": "y"}
PASSWORD = "a-secret-word1"
NOT_SENT, IN_DOUBT, SENT = "The mail was not sent: ", "Nothing says that the mail was sent: ", ""
BEFORE = ("greeting", "EHLO", "AUTH", "MAIL", "ada@example.com", "bob@example.org")


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness_relay, "STEP", 0.4)
    monkeypatch.setattr(harness_relay, "DEADLINE", 0.6)


@pytest.mark.parametrize(
    ("stage", "reply", "begin"),
    [
        *((stage, reply, NOT_SENT) for stage in BEFORE for reply in (HANGS, ENDS, "421 later")),
        ("greeting", DRIPS, NOT_SENT),
        ("AUTH", f"535 not {PASSWORD}", NOT_SENT),
        ("ada@example.com", "550 nobody", "The mail was sent, but not to ada@example.com: 550 nobody"),
        ("bob@example.org", "450 later", "The mail was sent, but not to bob@example.org: 450 later"),
        ("DATA", "554 no", NOT_SENT),
        ("DATA", HANGS, IN_DOUBT),
        ("message", "554 spam", NOT_SENT),
        ("message", "welcome", IN_DOUBT),
        *(("message", way, IN_DOUBT) for way in (HANGS, ENDS, DRIPS)),
        *(("QUIT", reply, SENT) for reply in (HANGS, ENDS, DRIPS, "554 no")),
    ],
)
def test_it_fails_at_a_stage(stage: str, reply: str, begin: str) -> None:
    with scripted_relay(stage, reply) as server:
        relay = MailRelay("127.0.0.1", server.port, AUTO, "eve", PASSWORD)
        with bridging("http://127.0.0.1:9", "", relay=relay) as bridge:
            answer = bridge.send("mail.send", **MAIL)
        mails = server.mails
    if begin == SENT:
        assert answer.json() == {"message": "success"}
        assert mails == 1
        return
    assert answer.status_code == 502
    (text,) = answer.json()["errors"]
    assert text.startswith(begin)
    assert ("may have been delivered or not" in text) == (begin == IN_DOUBT)
    assert PASSWORD not in text + "".join(bridge.log)
