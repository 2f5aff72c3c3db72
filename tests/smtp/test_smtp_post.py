"""SMTP before the store: who is let in and who may send, by what is set of their login; and what becomes of their mail."""

import re
from typing import Any

import pytest

from emulator import PASSWORD, Service, World, fresh
from legacygrid.models.api_key import ApiKey
from legacygrid.models.login import Login
from legacygrid.models.settings import CMC, DOTMAILER, SMTP2GO, SmtpUser
from posting import Talk
from smtp_logins import MAIL, RESET, SECRET, SENDER, TEXT, WRONG, login, said

IN = "235 Authentication successful"
WRONG_ANY = "535 Authentication credentials invalid"
WRONG_TWO = "535 Incorrect authentication data"
NOT_ALLOWED = "550 Authenticated user is not authorized to send mail"


def change(world: World, **columns: Any) -> None:
    with world.service.grid.store.writing():
        type(world.account).update(columns).where(type(world.account).id == world.account.id).execute()


def test_an_owner(sender: World, talk: Talk) -> None:
    assert said(talk, sender.name, PASSWORD) == SENDER


KEYS: dict[str, tuple[list[str] | None, str]] = {
    "no list": (None, SENDER),
    "the scope": (["mail.send"], SENDER),
    "the scope among others": (["user.profile.read", "mail.send"], SENDER),
    "other scopes": (["user.profile.read", "mail.batch.create"], WRONG),
    "endpoints of SMTP2GO": (["/email/send"], WRONG),
    "nothing": ([], WRONG),
}


@pytest.mark.parametrize(("calls", "reply"), KEYS.values(), ids=KEYS)
def test_a_key(sender: World, talk: Talk, calls: list[str] | None, reply: str) -> None:
    with sender.service.grid.store.writing():
        ApiKey.register(sender.account, key := fresh("SG.key"), calls=calls)
    assert said(talk, "apikey", key) == reply


def test_a_key_for_mail_sends_by_smtp(sender: World, talk: Talk) -> None:
    with sender.service.grid.store.writing():
        ApiKey.register(sender.account, key := fresh("SG.key"), calls=["mail.send"])
    talk.enter("apikey", key)
    assert talk.post(b"Subject: scoped\r\n" + TEXT).startswith("250 Ok: queued as ")
    assert [each["subject"] for each in sender.outbox(subject="scoped")] == ["scoped"]


def test_a_key_that_is_wrong(talk: Talk) -> None:
    revoked = "535 Authentication failed: The provided authorization grant is invalid, expired, or revoked"
    assert said(talk, "apikey", fresh("SG.key")) == revoked
    assert said(talk, "apikey", "none-at-all") == revoked


def test_the_messages_of_one_submission_have_one_name(sender: World, talk: Talk) -> None:
    """And those of calls have one, too."""
    talk.enter(sender.name, PASSWORD)
    split = b'X-SMTPAPI: {"to": ["one@example.com", "two@example.com"]}\r\n' + TEXT
    names = [talk.post(each).removeprefix("250 Ok: queued as ") for each in (split, TEXT)]
    draft = {"to": "c@example.com", "from": "d@example.com", "subject": "s", "text": "t"}
    assert sender.call("mail.send.json", **draft).status == 200
    called = sender.admin("GET", f"messages?account={sender.name}&via=http").json["messages"]
    assert len({*names, *(each["queue_id"] for each in called)}) == 3
    assert all(re.fullmatch(r"[\w-]{22}", name) for name in [*names, called[0]["queue_id"]])
    found = [sender.admin("GET", f"messages?queue_id={name}").json["messages"] for name in names]
    assert [len(each) for each in found] == [2, 1]
    assert sender.admin("GET", f"messages?queue_id={names[0][:-1]}").json["messages"] == []


def test_recipients_that_get_nothing_are_told(sender: World, talk: Talk) -> None:
    talk.enter(sender.name, PASSWORD)
    talk.post(b"X-SMTPAPI: {broken\r\n" + TEXT)
    (call,) = [each for each in sender.journal(account=sender.name, operation="smtp") if each["task"] == "DATA"]
    assert (call["status"], call["outcome"]) == (250, "done")
    assert call["hints"] == ["1 of 1 recipients dropped: Invalid SMTPAPI header"]


LOGINS: dict[str, tuple[dict[str, Any], str]] = {
    "credential": ({}, SENDER),
    "no email": ({"email": False}, WRONG),
    "no api": ({"api": False}, SENDER),
    "locked": ({"enabled": False}, WRONG),
    "cmc": ({"kind": CMC}, "250 OK"),
    "cmc, SMTP off": ({"kind": CMC, "email": False}, WRONG_ANY),
    "cmc, locked": ({"kind": CMC, "enabled": False}, WRONG_ANY),
    "dotmailer, for calls": ({"kind": DOTMAILER}, WRONG_ANY),
    "dotmailer, transactional": ({"kind": DOTMAILER, "api": False, "email": True}, "250 OK"),
    "dotmailer, transactional, disabled": ({"kind": DOTMAILER, "api": False, "email": True, "enabled": False}, WRONG_ANY),
    "smtp2go": ({"kind": SMTP2GO}, "250 OK"),
    "smtp2go, locked": ({"kind": SMTP2GO, "enabled": False}, WRONG_TWO),
    "smtp2go, blocked": ({"kind": SMTP2GO, "settings": SmtpUser(status="blocked")}, "550 Sending is blocked for this user"),
    "smtp2go, sandbox": ({"kind": SMTP2GO, "settings": SmtpUser(status="sandbox")}, "250 OK"),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "reply"), LOGINS.values(), ids=LOGINS)
def test_what_is_set_of_a_login(sender: World, talk: Talk, columns: dict[str, Any], reply: str) -> None:
    assert said(talk, login(sender, **columns)) == reply


@pytest.mark.parametrize(("kind", "reply"), [("credential", WRONG), (SMTP2GO, WRONG_TWO)])
def test_a_wrong_password_in_the_words_of_its_system(sender: World, talk: Talk, kind: str, reply: str) -> None:
    assert said(talk, login(sender, kind=kind), "wrong") == reply


@pytest.mark.parametrize(
    ("columns", "secret", "codes"),
    [
        ({"kind": CMC}, SECRET, ["0"]),
        ({"kind": CMC}, "wrong", ["1"]),
        ({"kind": CMC, "enabled": False}, SECRET, ["2"]),
        ({"kind": CMC, "email": False}, SECRET, ["3"]),
        ({}, SECRET, []),
    ],
)
def test_the_audit_log_is_told_of_api_users(
    sender: World, talk: Talk, columns: dict[str, Any], secret: str, codes: list[str]
) -> None:
    name = login(sender, **columns)
    said(talk, name, secret)
    entries = sender.service.grid.audit.entries(sender.account, "login")
    assert [(entry.account, entry.address, entry.code) for entry in entries] == [
        (name, "127.0.0.1", code) for code in codes
    ]


def test_a_disabled_account(sender: World, talk: Talk) -> None:
    change(sender, active=False)
    assert said(talk, sender.name, PASSWORD) == NOT_ALLOWED


def test_an_account_that_is_disabled_meanwhile(sender: World, talk: Talk) -> None:
    assert said(talk, sender.name, PASSWORD) == SENDER
    assert talk.all_of(["RCPT TO:<to@example.com>", "DATA"])[1].startswith("354 ")
    change(sender, active=False)
    assert talk.send(TEXT).read() == NOT_ALLOWED


def test_a_login_that_is_locked_meanwhile(sender: World, talk: Talk) -> None:
    name = login(sender)
    assert said(talk, name) == SENDER
    with sender.service.grid.store.writing():
        Login.update(enabled=False).where(Login.name == name).execute()
    assert talk.all_of(["RSET", MAIL]) == [RESET, NOT_ALLOWED]


def test_a_password_that_is_changed_meanwhile(sender: World, talk: Talk) -> None:
    assert said(talk, sender.name, PASSWORD) == SENDER
    assert sender.call("password.set.json", password="another-1", confirm_password="another-1").status == 200
    assert talk.all_of(["RSET", MAIL]) == [RESET, WRONG]


def test_a_rate_limit(sender: World, talk: Talk) -> None:
    limit = SmtpUser(custom_ratelimit=True, custom_ratelimit_value=2, custom_ratelimit_period="1 day")
    talk.enter(login(sender, kind=SMTP2GO, settings=limit), SECRET)
    assert talk.post(TEXT, "a@example.com", "b@example.com").startswith("250 ")
    assert talk.say(MAIL) == "450 SMTP user ratelimit exceeded"


def test_a_message_is_in_the_outbox(sender: World, talk: Talk) -> None:
    talk.enter(sender.name, PASSWORD)
    queue_id = talk.post(TEXT, "to@example.com", "bcc@example.com").removeprefix("250 Ok: queued as ")
    (told,) = sender.admin("GET", f"messages?queue_id={queue_id}").json["messages"]
    number = told["id"]
    assert told == {key: value for key, value in sender.admin("GET", f"messages/{number}").json.items() if key in told}
    assert (told["via"], told["caller"], told["mail_from"]) == ("smtp", sender.name, "from@example.com")
    assert (told["subject"], told["disposition"]) == ("one", "delivered")
    raw = sender.admin("GET", f"messages/{number}/raw").body
    assert raw.endswith(b"\r\n\r\ntext\r\n")


def test_worlds(posted: tuple[Service, int], talk: Talk) -> None:
    name = fresh("world")
    own = World(posted[0], prefix=f"/~{name}")
    assert said(talk, own.name, PASSWORD) == WRONG, "it is nobody's outside of its world"
    talk.enter(f"~{name}/{own.name}", PASSWORD)
    assert talk.post(TEXT).startswith("250 ")
    assert [each["caller"] for each in own.admin("GET", "messages").json["messages"]] == [own.name]


def test_the_journal_tells_what_was_said(posted: tuple[Service, int], talk: Talk) -> None:
    sender = World(posted[0], prefix=f"/~{fresh('told')}")
    name = f"{sender.prefix[1:]}/{sender.name}"
    assert said(talk, name, "wrong") == WRONG
    talk.enter(name, PASSWORD)
    queue_id = talk.post(TEXT, "to@example.com").removeprefix("250 Ok: queued as ")
    refused, taken = sender.journal(operation="smtp")
    assert (refused["task"], refused["status"], refused["outcome"]) == ("AUTH", 535, "refused")
    assert refused["refusal"]["reason"] == "WrongCredentials"
    assert refused["refusal"]["evidence"]["level"] == "recorded"
    assert "is known here, and that is not its password" in refused["refusal"]["hint"]
    assert (taken["task"], taken["status"], taken["caller"], taken["account"]) == (
        "DATA",
        250,
        sender.name,
        sender.name,
    )
    (message,) = sender.admin("GET", f"messages?queue_id={queue_id}").json["messages"]
    assert (taken["params"]["messages"], taken["params"]["queue_id"]) == ([message["id"]], queue_id)
