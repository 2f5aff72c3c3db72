"""The post office: sessions that outlive what let them in, whose instructions act where, and bounds of what is made."""

import json
from contextlib import suppress
from typing import Any

import pytest

from emulator import NEW, PASSWORD, World, fresh, parsed
from legacygrid import reasons
from legacygrid.auth import authentication
from legacygrid.auth.claims import Pair
from legacygrid.auth.principal import Principal
from legacygrid.mail.envelope import IncomingMail
from legacygrid.mail.submission import Submission
from legacygrid.models.account import Account
from legacygrid.models.allowance import Sent
from legacygrid.models.api_key import ApiKey
from legacygrid.models.login import Login
from legacygrid.models.secrets import key_digest
from legacygrid.models.settings import SMTP2GO, SmtpUser, dump
from posting import Talk
from smtp_logins import END, MAIL, RESET, SECRET, SENDER, TEXT, WRONG, login, said


def keyed(sender: World) -> str:
    """A key of the account."""
    with sender.service.grid.store.writing():
        ApiKey.create(account=sender.account, digest=key_digest(key := fresh("SG.key")))
    return key


def test_a_session_ends_with_its_key(sender: World, talk: Talk) -> None:
    key = keyed(sender)
    assert said(talk, "apikey", key) == SENDER
    with sender.service.grid.store.writing():
        ApiKey.delete().where(ApiKey.digest == key_digest(key)).execute()
    assert talk.all_of(["RSET", MAIL]) == [RESET, WRONG]


def test_a_session_is_not_that_of_a_later_account_of_its_name(sender: World, talk: Talk) -> None:
    assert said(talk, sender.name, PASSWORD) == SENDER
    with sender.service.grid.store.writing():
        hashed = Login.get(Login.name == sender.name).secret
        Account.get_by_id(sender.account.id).remove()
    sender.admin("POST", "seed", {"version": 1, "accounts": [{"username": sender.name, "password_hash": hashed}]})
    assert talk.all_of(["RSET", MAIL]) == [RESET, WRONG]


def test_a_session_heeds_what_is_set_meanwhile(sender: World, talk: Talk) -> None:
    name = login(sender, kind=SMTP2GO)
    assert said(talk, name) == "250 OK"
    changed = dump(SmtpUser(ip_pool=7, audit_email="audit@example.com"))
    with sender.service.grid.store.writing():
        Login.update(settings_json=changed).where(Login.name == name).execute()
    talk.all_of(["RSET"])
    assert talk.post(TEXT, "to@example.com").startswith("250 ")
    (found,) = sender.outbox(caller=name)
    assert (found["ip_pool"], [each["kind"] for each in found["recipients"]]) == (7, ["to", "audit"])


#: What a subuser comes to have for the first time between its log-in and its mail, by calls of its parent; what
#: becomes of the mail, at whom, and its text.
MEANWHILE: dict[str, tuple[list[tuple[str, dict[str, str]]], tuple[str, list[tuple[str, str]], str]]] = {
    "nothing": ([], ("delivered", [("to", "delivered")], "text")),
    "an app": (
        [
            ("customer.apps", {"task": "setup", "name": "footer", "text/plain": "foot"}),
            ("customer.apps", {"task": "activate", "name": "footer"}),
        ],
        ("delivered", [("to", "delivered")], "text\r\nfoot"),
    ),
    "credits": (
        [("customer.limit", {"task": "total", "credits": "0"})],
        ("refused", [("to", "refused")], "text"),
    ),
    "an address on a list": (
        [("unsubscribes.add", {"email": "to@example.com"})],
        ("delivered", [("to", "dropped")], "text"),
    ),
    "a monitor": (
        [("customer.monitor", {"task": "append", "name": "all"})],
        ("delivered", [("to", "delivered"), ("audit", "delivered")], "text"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", MEANWHILE)
def test_a_mail_heeds_what_its_account_comes_to_have_meanwhile(own_world: World, what: str) -> None:
    own_world.monitor("all", frequency=1)
    user = own_world.add()
    principal = find_principal(own_world, user, NEW["password"])
    calls, becomes = MEANWHILE[what]
    for name, params in calls:
        own = {"api_user": user, "api_key": NEW["password"]} if name == "unsubscribes.add" else {"user": user}
        assert own_world.call(f"{name}.json", **own, **params).status == 200
    with suppress(reasons.CreditsExceeded):
        submit(own_world, principal)
    (found,) = own_world.outbox(caller=user)
    outcomes = [(each["kind"], each["outcome"]) for each in found["recipients"]]
    assert (found["disposition"], outcomes, parsed(own_world, caller=user).get_content().strip()) == becomes


def test_sendgrids_instructions_are_for_sendgrids_calls(own_world: World) -> None:
    elsewhere = {"header": "X-SMTPAPI", "value": '{"to": ["two@example.com"]}'}
    key = "api-" + fresh("k").replace("-", "").ljust(32, "0")
    seed = {"username": own_world.name, "password": PASSWORD, "keys": [{"key": key}]}
    own_world.admin("POST", "seed", {"version": 1, "accounts": [seed]})
    mail = {"sender": "shop@example.com", "to": ["ada@example.com"], "subject": "s", "text_body": "t"}
    body = json.dumps(mail | {"custom_headers": [elsewhere], "api_key": key})
    reply = own_world.service.send("POST", f"{own_world.prefix}/v3/email/send", body)
    assert reply.json["data"]["succeeded"] == 1
    assert [each["address"] for each in own_world.message()["recipients"]] == ["ada@example.com"]


BOMBS: dict[str, dict[str, Any]] = {
    "section": {"to": [f"r{n}@example.com" for n in range(60)], "section": {"-s-": "x" * 500_000}},
    "unique_args": {"to": [f"r{n}@example.com" for n in range(700)], "unique_args": {"a": "x" * 200_000}},
    "recipients": {"to": ["r@example.com"] * 10_001},
    "values": {"to": ["r@example.com"] * 300, "section": {f"-{n}-": "x" for n in range(3000)}},
}


@pytest.mark.waits
@pytest.mark.parametrize("bomb", BOMBS)
def test_what_would_be_too_much_is_refused(own_world: World, bomb: str) -> None:
    reply = own_world.mail(text="-s-" * 20, **{"x-smtpapi": json.dumps(BOMBS[bomb])})
    assert (reply.status, reply.json["message"]) == (400, "error")
    assert own_world.outbox() == []


def test_what_counts_no_more_is_forgotten(own_world: World) -> None:
    limit = {"custom_ratelimit": True, "custom_ratelimit_value": 2, "custom_ratelimit_period": "1 hour"}
    entry = {"name": fresh("limited"), "kind": SMTP2GO, "password": SECRET, "settings": limit}
    seed = {"username": own_world.name, "password": PASSWORD, "credentials": [entry]}
    own_world.admin("POST", "seed", {"version": 1, "accounts": [seed]})
    rows = []
    for hour in range(3):
        own_world.admin("PUT", "clock", {"frozen": f"2014-01-31T1{2 * hour}:00:00Z"})
        send(own_world, entry["name"])
        with own_world.service.grid.store.reading():
            rows.append(Sent.select().where(Sent.account == own_world.account).count())
    assert rows == [1, 1, 1]


def test_the_clock_set_back_counts_what_lies_behind_alone(own_world: World) -> None:
    limit = {"custom_ratelimit": True, "custom_ratelimit_value": 1, "custom_ratelimit_period": "1 hour"}
    entry = {"name": fresh("limited"), "kind": SMTP2GO, "password": SECRET, "settings": limit}
    seed = {"username": own_world.name, "password": PASSWORD, "credentials": [entry]}
    own_world.admin("POST", "seed", {"version": 1, "accounts": [seed]})
    for moment in ("2014-01-31T12:00:00Z", "2013-01-31T12:00:00Z"):
        own_world.admin("PUT", "clock", {"frozen": moment})
        send(own_world, entry["name"])
    assert [each["disposition"] for each in own_world.outbox()] == ["delivered", "delivered"]


def send(world: World, name: str) -> None:
    """A mail of that login, as SMTP hands it over."""
    submit(world, find_principal(world, name, SECRET))


def find_principal(world: World, name: str, secret: str) -> Principal:
    attempt = world.service.grid.attempt(world.prefix[2:], "")
    return authentication.authenticate(Pair(name, secret), attempt)


def submit(world: World, principal: Principal) -> None:
    mail = IncomingMail("shop@example.com", ("to@example.com",), TEXT.removesuffix(END), "smtp", "smtp")
    Submission(world.service.grid, principal, "http://localhost/").accept(mail)
