"""Faults of SMTP: at each step, by recipient, with words of choice, delayed, cut; and what the journal says of them."""

import smtplib
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from emulator import PASSWORD, Service, World, fresh
from posting import Talk, plain
from smtp_logins import SENDER
from wire import SOON, Cut

MAIL, RCPT = "MAIL FROM:<from@example.com>", "RCPT TO:<to@example.com>"
#: What is sent up to each step.
STEPS = {"AUTH": "AUTH", "MAIL": MAIL, "RCPT": RCPT, "DATA": "DATA", "END": "."}
FINE = ["235", "250", "250", "354", "250"]
CONNECT = {"operation": "smtp", "task": "connect"}


@pytest.fixture
def own(posted: tuple[Service, int]) -> Iterator[World]:
    world = World(posted[0], prefix=f"/~{fresh('faulty')}")
    yield world
    world.admin("DELETE", "faults")
    world.service.send("DELETE", "/__admin/faults")


def order(world: World, **fault: Any) -> int:
    reply = world.admin("POST", "faults", {"operation": "smtp", **fault})
    assert reply.status == 201, reply.json
    return int(reply.json["id"])


def fired(world: World) -> list[int]:
    return [each["fired"] for each in world.admin("GET", "faults").json["faults"]]


def replies(world: World, talk: Talk) -> list[str]:
    """What is said at each step; `cut` at the end if the connection is."""
    said = []
    for command in STEPS.values():
        try:
            auth = f"AUTH PLAIN {plain(f'{world.prefix[1:]}/{world.name}', PASSWORD)}"
            said.append(talk.say(auth if command == "AUTH" else command))
        except (Cut, ConnectionError):
            return [*said, "cut"]
    return said


def codes(world: World, talk: Talk) -> list[str]:
    return [each[:3] for each in replies(world, talk)]


#: By the step that goes wrong, the codes of it and of those that follow.
WRONG = {
    "AUTH": ["451", "550", "503", "503", "500"],
    "MAIL": ["235", "451", "503", "503", "500"],
    "RCPT": ["235", "250", "451", "503", "500"],
    "DATA": ["235", "250", "250", "451", "500"],
    "END": ["235", "250", "250", "354", "451"],
}


@pytest.mark.parametrize(("stage", "expected"), WRONG.items())
def test_a_reply_of_choice_at_each_step(own: World, talk: Talk, stage: str, expected: list[str]) -> None:
    number = order(own, task=stage.lower(), status=451, body="4.7.1 Greylisted\ntry again", times=1)
    said = replies(own, talk)
    assert [each[:3] for each in said] == expected
    assert "451-4.7.1 Greylisted\n451 try again" in said
    assert own.outbox() == []
    (call,) = own.journal(outcome="fault")
    assert (call["task"], call["status"], call["fault"]) == ("DATA" if stage == "END" else stage, 451, number)
    assert call["account"] == own.name
    assert fired(own) == [1]
    talk.say("RSET")
    assert codes(own, talk)[-1] == "250" or stage == "AUTH"


def test_a_refused_login_may_try_again(own: World, talk: Talk) -> None:
    order(own, task="AUTH", status=454, times=1)
    auth = f"AUTH PLAIN {plain(f'{own.prefix[1:]}/{own.name}', PASSWORD)}"
    assert talk.all_of([auth, MAIL]) == ["454 Ordered by a fault", "550 Unauthenticated senders not allowed"]
    assert talk.all_of([auth, MAIL]) == ["235 Authentication successful", SENDER]


@pytest.mark.parametrize("stage", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_that_is_cut(own: World, talk: Talk, stage: str, when: str) -> None:
    number = order(own, task=stage, reset=when)
    place = list(STEPS).index(stage)
    assert codes(own, talk) == [*FINE[:place], "cut"]
    assert len(own.outbox()) == (when == "after" and stage == "END")
    (call,) = own.journal(outcome="fault")
    assert (call["status"], call["fault"]) == (None, number)


@pytest.mark.parametrize("stage", STEPS)
def test_a_delay(own: World, talk: Talk, stage: str) -> None:
    order(own, task=stage, delay=0.2)
    started = time.monotonic()
    assert codes(own, talk) == FINE
    assert time.monotonic() - started >= 0.2
    (call,) = own.journal(outcome="fault")
    assert call["ms"] >= 200
    assert len(own.outbox()) == 1
    assert fired(own) == [1]


def test_one_recipient(own: World, talk: Talk) -> None:
    order(own, recipient="Bad@example.com", status=550, body="No such user here")
    talk.say(f"AUTH PLAIN {plain(f'{own.prefix[1:]}/{own.name}', PASSWORD)}")
    said = talk.all_of([MAIL, "RCPT TO:<good@example.com>", "RCPT TO:<bad@EXAMPLE.com>", "RCPT TO:<fine@example.com>"])
    assert said[1:] == ["250 Recipient address accepted", "550 No such user here", "250 Recipient address accepted"]
    assert talk.all_of(["DATA", "."])[-1].startswith("250 ")
    (message,) = own.outbox()
    assert [each["address"] for each in message["recipients"]] == ["good@example.com", "fine@example.com"]


@pytest.mark.parametrize(("recipient", "code"), [("to@example.com", "452"), ("another@example.com", "250")])
def test_one_recipient_at_the_end(own: World, talk: Talk, recipient: str, code: str) -> None:
    order(own, task="END", recipient=recipient, status=452)
    assert codes(own, talk)[-1] == code


def test_a_reason_in_the_words_of_the_login(own: World, talk: Talk) -> None:
    order(own, task="MAIL", reason="LimitExceeded")
    order(own, task="MAIL", reason="MailBlocked", texts=["not today"], after=1)
    talk.say(f"AUTH PLAIN {plain(f'{own.prefix[1:]}/{own.name}', PASSWORD)}")
    assert talk.say(MAIL) == "451 Authentication failed: Maximum credits exceeded"


@pytest.mark.parametrize(("trigger", "expected"), [({"times": 2}, "FF..."), ({"after": 1, "times": 2}, ".FF.."), ({"caller": "nobody"}, "....."), ({"probability": 1.0}, "FFFFF")])  # fmt: skip
def test_which_ones(own: World, talk: Talk, trigger: dict[str, Any], expected: str) -> None:
    order(own, task="MAIL", status=451, **trigger)
    talk.say(f"AUTH PLAIN {plain(f'{own.prefix[1:]}/{own.name}', PASSWORD)}")
    said = "".join("F" if talk.say(MAIL).startswith("451") else "." for _ in range(5) if talk.say("RSET"))
    assert said == expected


@pytest.mark.parametrize("task", ["AUTH", "MAIL", "RCPT", "DATA"])
def test_421_ends_the_conversation(own: World, talk: Talk, task: str) -> None:
    order(own, task=task, status=421)
    assert codes(own, talk)[-2:] == ["421", "cut"]


def test_faults_of_calls_and_of_other_worlds_pass_by(own: World, talk: Talk) -> None:
    own.admin("POST", "faults", {"status": 500})
    order(World(own.service, prefix=f"/~{fresh('other')}"), status=421)
    assert codes(own, talk) == FINE


def test_at_the_first_word(own: World, posted: tuple[Service, int]) -> None:
    """Of the whole server alone: a connection is of no world yet."""
    anywhere = World(own.service)
    order(anywhere, task="connect", status=554, body="No SMTP service here", times=1)
    order(anywhere, task="connect", reset="before", times=1)
    with pytest.raises(smtplib.SMTPConnectError, match="No SMTP service here"):
        smtplib.SMTP("127.0.0.1", posted[1])
    # On a busy machine, the reset is there before the connection is.
    with pytest.raises(ConnectionResetError), socket.create_connection(("127.0.0.1", posted[1]), SOON) as client:
        client.recv(1)
    with Talk(posted[1]) as talk:
        assert talk.greeting.startswith("220 ")
    cut = anywhere.journal(operation="smtp", task="CONNECT", outcome="fault")[-2:]
    assert [each["status"] for each in cut] == [554, None]


@pytest.mark.parametrize(
    ("fault", "field", "why"),
    [
        ({"status": 550, "task": "HELO"}, "task", "SMTP has no such step; it has CONNECT, AUTH, MAIL, RCPT, DATA, END"),
        ({"status": 550, "task": "connect"}, "task", "a connection is of no world before AUTH; set it for the whole server, or use AUTH"),
        ({"status": 550, "task": "MAIL", "recipient": "a@b.c"}, "recipient", "nobody is known at MAIL"),
        ({"status": 550, "user": "ada"}, "user", "SMTP has none"),
        ({"status": 354, "task": "DATA"}, "status", "a reply that asks for more needs somebody who takes it"),
        ({"status": 334, "task": "AUTH"}, "status", "a reply that asks for more needs somebody who takes it"),
        ({"truncate": 3}, "truncate", "SMTP has none"),
        ({"rate_limit": {}}, "rate_limit", "SMTP has none"),
        ({"status": 550, "headers": {"A": "b"}}, "headers", "SMTP has none"),
        ({"status": 550, "body": "a\r\n250 b"}, "body", "must be lines of up to 500 printable ASCII characters"),
        ({"status": 550, "body": "ü"}, "body", "must be lines of up to 500 printable ASCII characters"),
        ({"reason": "UnknownSubuser"}, "reason", "there is no 'UnknownSubuser' here; there are ..."),
        ({"status": 550, "operation": "customer.add", "recipient": "a@b.c"}, "recipient", "goes with operation=smtp alone"),
    ],
)  # fmt: skip
def test_an_order_that_is_wrong(own: World, fault: dict[str, Any], field: str, why: str) -> None:
    reply = own.admin("POST", "faults", {"operation": "smtp", **fault})
    assert reply.status == 400
    (said,) = reply.json["errors"][field]
    assert said.startswith(why[:-3]) if why.endswith("...") else said == why


def test_a_message_that_is_lost_though_it_is_said_to_be_accepted(own: World, talk: Talk) -> None:
    order(own, task="END", status=250, body="Ok")
    assert codes(own, talk) == FINE
    assert own.outbox() == []
    assert [each["outcome"] for each in own.journal(operation="smtp", task="DATA")] == ["fault"]
