"""What the lists of suppressed addresses do to SendGrid's mail, and what puts addresses on them."""

import json
from typing import Any

import pytest

from cmc import api_user
from emulator import PASSWORD, World, fresh
from legacygrid.models import apps
from posting import Talk

ADA = "ada@example.com"


def outcome(world: World, to: str = ADA, **params: Any) -> tuple[str, str]:
    """What becomes of a new mail at its recipient, and why."""
    subject = fresh("mail")
    assert world.mail(to=to, subject=subject, **params).text == '{"message":"success"}'
    (recipient,) = world.message(subject=subject)["recipients"]
    return recipient["outcome"], recipient["reason"]


def befall(world: World, event: str, to: str = ADA, **how: Any) -> None:
    """Let something befall a new mail."""
    subject = fresh("mail")
    world.mail(to=to, subject=subject)
    number = world.outbox(subject=subject)[0]["id"]
    reply = world.admin("POST", f"messages/{number}/events", {"event": event, **how})
    assert reply.status == 200, reply.text


def counted(world: World, counter: str) -> int:
    """How often that was counted today."""
    (today,) = world.call("stats.get.json").json
    number: int = today[counter]
    return number


# A bounce comes back: by each event, the list, its entry, and what keeps later mail back

EVENTS: list[tuple[str, dict[str, Any], str, dict[str, str], str, str]] = [
    ("bounce", {"reason": "550 no such user"}, "bounces",
     {"status": "5.1.1", "reason": "550 no such user", "email": ADA}, "Bounced Address", "repeat_bounces"),
    ("bounce", {"reason": "mailbox full", "status": "4.2.2"}, "bounces",
     {"status": "4.2.2", "reason": "mailbox full", "email": ADA}, "Bounced Address", "repeat_bounces"),
    ("spamreport", {}, "spamreports", {"ip": "127.0.0.1", "email": ADA}, "Spam Reporting Address", "repeat_spamreports"),
    ("unsubscribe", {}, "unsubscribes", {"email": ADA}, "Unsubscribed Address", "repeat_unsubscribes"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "how", "name", "entry", "reason", "counter"), EVENTS)
def test_a_listed_address_gets_nothing_until_it_is_taken_off(
    own_world: World, event: str, how: dict[str, Any], name: str, entry: dict[str, str], reason: str, counter: str
) -> None:
    befall(own_world, event, **how)
    assert own_world.call(f"{name}.get.json").json == [entry]
    assert outcome(own_world) == ("dropped", reason)
    assert outcome(own_world, to=ADA.upper()) == ("dropped", reason)
    assert outcome(own_world, to="bob@example.com") == ("delivered", "")
    assert counted(own_world, counter) == 2
    assert own_world.call(f"{name}.delete.json", email=ADA).json == {"message": "success"}
    assert outcome(own_world) == ("delivered", "")


def test_a_block_is_listed_and_keeps_nothing_back(own_world: World) -> None:
    befall(own_world, "block", reason="451 greylisted", status="4.7.1")
    assert own_world.call("blocks.get.json").json == [{"status": "4.7.1", "reason": "451 greylisted", "email": ADA}]
    assert own_world.call("blocks.count.json", type="soft").json == {"count": 1}
    assert outcome(own_world) == ("delivered", "")


def test_lists_are_those_of_the_account_that_sends(own_world: World) -> None:
    sub = own_world.add()
    who = {"api_user": sub, "api_key": "somepass1"}
    own_world.call("user.unsubscribes.json", task="add", user=sub, email=ADA)
    assert outcome(own_world) == ("delivered", "")
    assert outcome(own_world, **who) == ("dropped", "Unsubscribed Address")
    own_world.call("user.unsubscribes.json", task="delete", user=sub, email=ADA)
    assert outcome(own_world, **who) == ("delivered", "")


def test_mail_by_smtp_is_kept_back_as_well(sender: World, talk: Talk) -> None:
    sender.call("unsubscribes.add.json", email=ADA)
    subject = fresh("mail")
    mail = f"Subject: {subject}\r\n\r\nHello.\r\n.\r\n".encode()
    said = talk.enter(sender.name, PASSWORD).post(mail, ADA, "bob@example.com", "carol@example.invalid")
    assert said.startswith("250 ")
    (found,) = sender.outbox(subject=subject)
    told = [(each["outcome"], each["reason"]) for each in found["recipients"]]
    assert told == [("dropped", "Unsubscribed Address"), ("delivered", ""), ("dropped", "Invalid")]


# What lifts a list

BYPASS = {"bypass_list_management": {"settings": {"enable": 1}}}


@pytest.mark.parametrize(
    ("filters", "lifted"),
    [
        (BYPASS, True),
        ({"bypass_list_management": {"settings": {"enable": "1"}}}, True),
        ({"bypass_list_management": {"settings": {"enable": 0}}}, False),
        ({"bypass_list_management": {}}, False),
        ({"footer": {"settings": {"enable": 1, "text/plain": "bye"}}}, False),
    ],
)
@pytest.mark.parametrize("name", ["bounce", "spamreport", "unsubscribe", "invalid"])
def test_a_mail_may_bypass_the_lists(own_world: World, filters: dict[str, Any], lifted: bool, name: str) -> None:
    document = {"account": own_world.name, "kind": name, "address": ADA}
    assert own_world.admin("POST", "suppressions", document).status == 201
    told, _ = outcome(own_world, **{"x-smtpapi": json.dumps({"filters": filters})})
    assert (told == "delivered") is lifted
    # It is on its list all the same.
    assert outcome(own_world)[0] == "dropped"


@pytest.mark.parametrize(
    ("active", "settings", "lifted"),
    [
        (True, {"list": [ADA]}, True),
        (True, {"list": ["bob@example.com", "ADA@Example.com"]}, True),
        (True, {"list": ["example.com"]}, True),
        (True, {"list": ["@example.com"]}, True),
        (True, {"list": "bob@example.com, example.com"}, True),
        (True, {"list": ["sub.example.com", "xample.com", "com", ""]}, False),
        (True, {"list": []}, False),
        (True, {}, False),
        (False, {"list": [ADA]}, False),
    ],
)
def test_the_address_whitelist_spares_addresses_and_domains(
    own_world: World, active: bool, settings: dict[str, Any], lifted: bool
) -> None:
    own_world.call("unsubscribes.add.json", email=ADA)
    with own_world.service.grid.store.writing():
        apps.change(own_world.account.id, "addresswhitelist", active=active, settings_json=json.dumps(settings))
    assert (outcome(own_world)[0] == "delivered") is lifted


def test_a_whitelist_is_set_up_by_calls(own_world: World) -> None:
    sub = own_world.add()
    who = {"api_user": sub, "api_key": "somepass1"}
    own_world.call("user.unsubscribes.json", task="add", user=sub, email=ADA)
    setup = {"user": sub, "name": "addresswhitelist"}
    own_world.call("customer.apps.json", task="setup", **setup, **{"list[]": ["bob@example.com", "example.com"]})
    assert outcome(own_world, **who) == ("dropped", "Unsubscribed Address")
    own_world.call("customer.apps.json", task="activate", **setup)
    assert outcome(own_world, **who) == ("delivered", "")
    own_world.call("customer.apps.json", task="setup", **setup, **{"list[]": ""})
    assert outcome(own_world, **who) == ("dropped", "Unsubscribed Address")


# What is no address

UNKNOWN = "Mail domain mentioned in email address is unknown"


@pytest.mark.parametrize("to", ["ada@example.invalid", "ada@invalid", "ADA@Example.INVALID"])
def test_a_domain_that_is_none_is_unknown(own_world: World, to: str) -> None:
    assert outcome(own_world, to=to) == ("dropped", "Invalid")
    assert own_world.call("invalidemails.get.json").json == [{"reason": UNKNOWN, "email": to}]
    assert outcome(own_world, to=to) == ("dropped", "Invalid")
    assert len(own_world.call("invalidemails.get.json").json) == 1
    assert counted(own_world, "invalid_email") == 2
    assert outcome(own_world, to="ada@invalid.example.com") == ("delivered", "")


def test_bad_syntax_is_listed(own_world: World) -> None:
    own_world.mail(**{"to[]": [ADA, "no address", "No Address"], "to": ADA})
    instructions = json.dumps({"to": ["bob@example.com", "nobody", ""]})
    own_world.mail(**{"x-smtpapi": instructions})
    rows = own_world.call("invalidemails.get.json").json
    assert [(row["reason"], row["email"].lower()) for row in rows] == [
        ("Bad Syntax", "no address"),
        ("Bad Syntax", "nobody"),
    ]


def test_the_rules_are_those_of_sendgrids_mail(own_world: World) -> None:
    """Customers Mail Cloud keeps mail back from blocked and unsubscribed addresses alone, of the same account."""
    user = api_user(own_world)
    for kind in ("bounce", "spamreport", "invalid"):
        own_world.admin("POST", "suppressions", {"account": own_world.name, "kind": kind, "address": ADA})
    for to in (ADA, "ada@example.invalid"):
        number = user.sent(to=to)
        assert own_world.admin("GET", f"messages/{number}").json["recipients"][0]["outcome"] == "delivered"
    befall(own_world, "unsubscribe", to="bob@example.com")
    (recipient,) = own_world.admin("GET", f"messages/{user.sent(to='bob@example.com')}").json["recipients"]
    assert (recipient["outcome"], recipient["code"], recipient["reason"]) == ("blocked", 11, "")
    assert [row["email"] for row in user.rows("unsubscribes/list")] == ["bob@example.com"]
    assert user.rows("blocks/list") == []
    assert [row["email"] for row in own_world.call("invalidemails.get.json").json] == [ADA]


def test_an_address_that_was_taken_for_none_may_be_right(own_world: World) -> None:
    own_world.admin("POST", "suppressions", {"account": own_world.name, "kind": "invalid", "address": ADA})
    assert outcome(own_world) == ("dropped", "Invalid")
    own_world.call("invalidemails.delete.json", email=ADA)
    assert outcome(own_world) == ("delivered", "")
