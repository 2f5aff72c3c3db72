"""X-SMTPAPI as clients send it, by mail.send and by SMTP: who gets what, and what of it is odd."""

import json
import smtplib
from typing import Any

import pytest

from emulator import PASSWORD, Service, World

ADA, BOB, CAROL = "ada@example.com", "bob@example.com", "carol@example.com"
#: Address, kind, outcome and reason of a recipient; what the message says there.
Row = tuple[str, str, str, str, str]


def rows(world: World) -> list[Row]:
    """One row for each recipient of all messages, in their order."""
    found = []
    for each in sorted(world.outbox(caller=world.name), key=lambda message: int(message["id"])):
        whole = world.admin("GET", f"messages/{each['id']}").json
        for recipient in whole["recipients"]:
            names = ("address", "kind", "outcome", "reason")
            found.append((*(recipient[name] for name in names), whole["text"].strip()))
    return found


def texts(world: World) -> dict[str, str]:
    """What each recipient reads."""
    return {address: text for address, _, _, _, text in rows(world)}


def send(world: World, instructions: Any, **params: Any) -> None:
    smtpapi = instructions if isinstance(instructions, str) else json.dumps(instructions)
    reply = world.mail(**{"text": "<-n->", "x-smtpapi": smtpapi} | params)
    assert (reply.status, reply.text) == (200, '{"message":"success"}')


#: By what `sub` holds for `-n-`: what Ada and Bob read.
VALUES: dict[str, tuple[Any, str, str]] = {
    "one too few": (["1"], "<1>", "<>"),
    "none": ([], "<>", "<>"),
    "one too many": (["1", "2", "3"], "<1>", "<2>"),
    "as many": (["1", "2"], "<1>", "<2>"),
    "numbers": ([1, 2.5], "<1>", "<2.5>"),
    "large numbers": ([12345678901234567890, 1e300], "<12345678901234567890>", "<1e+300>"),
    "null and a flag": ([None, True], "<>", "<true>"),
    "a text": ("1", "<1>", "<>"),
    "an object, as PHP writes a list with gaps": ({"1": "1", "5": "2"}, "<1>", "<2>"),
    "lists": ([["a"], {"b": 1}], '<["a"]>', '<{"b": "1"}>'),
    "empty and letters": (["", "Zoë 🙂"], "<>", "<Zoë 🙂>"),
}


@pytest.mark.parametrize(("values", "ada", "bob"), VALUES.values(), ids=VALUES)
def test_values_go_by_index(own_world: World, values: Any, ada: str, bob: str) -> None:
    send(own_world, {"to": [ADA, BOB], "sub": {"-n-": values}})
    assert texts(own_world) == {ADA: ada, BOB: bob}


@pytest.mark.parametrize(("values", "ada", "bob"), VALUES.values(), ids=VALUES)
def test_so_they_do_without_to(own_world: World, values: Any, ada: str, bob: str) -> None:
    send(own_world, {"sub": {"-n-": values}}, **{"to": "", "to[]": [ADA, BOB]})
    assert texts(own_world) == {ADA: ada, BOB: bob}


#: By what is sent beside four values: what each recipient reads.
PLACES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "to, cc, bcc": ({"to": ADA, "bcc": CAROL, "cc": BOB}, {ADA: "<1>", BOB: "<2>", CAROL: "<3>"}),
    "an invalid one has its place": ({"to[]": ["nikhil", ADA], "cc": BOB}, {"nikhil": "<2>", ADA: "<2>", BOB: "<3>"}),
    "one twice has two": ({"to[]": [ADA, ADA], "cc": BOB}, {ADA: "<1>", BOB: "<3>"}),
    "an empty one has none": ({"to[]": ["", ADA], "cc": BOB}, {ADA: "<1>", BOB: "<2>"}),
    "plain ones": ({"to": [BOB, ADA]}, {BOB: "<1>", ADA: "<2>"}),
    "past the end": (
        {"to[]": [f"r{n}@example.com" for n in range(6)]},
        {f"r{n}@example.com": f"<{n + 1}>" if n < 4 else "<>" for n in range(6)},
    ),
}


@pytest.mark.parametrize(("sent", "found"), PLACES.values(), ids=PLACES)
def test_the_order_is_to_cc_bcc(own_world: World, sent: dict[str, Any], found: dict[str, str]) -> None:
    send(own_world, {"sub": {"-n-": ["1", "2", "3", "4"]}}, **{"to": ""} | sent)
    assert texts(own_world) == found
    kinds = {address: kind for address, kind, *_ in rows(own_world)}
    if CAROL in found:
        assert kinds == {ADA: "to", BOB: "cc", CAROL: "bcc"}


def test_who_has_the_same_values_shares_a_message(own_world: World) -> None:
    everybody = [f"r{n}@example.com" for n in range(1000)]
    send(own_world, {"sub": {"-n-": ["1"]}}, **{"to": "", "to[]": everybody})
    assert [len(each["recipients"]) for each in own_world.outbox()] == [1, 999]


def test_each_unsubscribes_by_a_link_of_their_own(own_world: World) -> None:
    app = {"settings": {"enable": 1, "text/plain": "<% %>"}}
    send(
        own_world,
        {"sub": {"-n-": ["1", "2"]}, "filters": {"subscriptiontrack": app}},
        **{"to": "", "to[]": [ADA, BOB, "x"]},
    )
    found = rows(own_world)
    assert [(each[0], each[2], each[4].partition("\n")[0].strip()) for each in found] == [
        (ADA, "delivered", "<1>"),
        ("x", "dropped", "<1>"),
        (BOB, "delivered", "<2>"),
    ]
    assert found[0][4] != found[2][4]


#: By what `to` holds: who gets it, and who is dropped as Invalid.
INVALID: dict[str, tuple[Any, list[str], list[str]]] = {
    "a word": ([CAROL, "nikhil"], [CAROL], ["nikhil"]),
    "several, in front": (["", "@", "a b@example.com", CAROL], [CAROL], ["", "@", "a b@example.com"]),
    "no texts": ([1, None, [ADA], {"email": ADA}, CAROL], [CAROL], ["1", "", f'["{ADA}"]', f'{{"email": "{ADA}"}}']),
    "two in one": ([f"{ADA}, {BOB}", CAROL], [CAROL], [f"{ADA}, {BOB}"]),
    "none is valid": (["nikhil", "x"], [], ["nikhil", "x"]),
    "a number": (1, [], ["1"]),
    "a text": (CAROL, [CAROL], []),
    "a name with a comma": ([f"Lovelace, Ada <{ADA}>"], [ADA], []),
    "an object": ({"0": CAROL, "2": ADA}, [CAROL, ADA], []),
    "nothing": ([], [ADA], []),
    "null": (None, [ADA], []),
    "one twice": ([BOB, BOB], [BOB, BOB], []),
}


@pytest.mark.parametrize(("to", "got", "dropped"), INVALID.values(), ids=INVALID)
def test_what_is_no_address_is_dropped(own_world: World, to: Any, got: list[str], dropped: list[str]) -> None:
    send(own_world, {"to": to})
    found = rows(own_world)
    assert [each[0] for each in found if each[2:4] == ("delivered", "")] == got
    assert [each[0] for each in found if each[2:4] == ("dropped", "Invalid")] == dropped
    assert len(found) == len(got) + len(dropped)
    assert len(own_world.outbox(disposition="delivered")) == len(got)
    assert len(own_world.outbox(disposition="dropped")) == len(dropped)


def test_what_is_dropped_goes_nowhere(own_world: World) -> None:
    send(own_world, {"to": ["nikhil", "x"]})
    found = own_world.outbox(disposition="dropped")
    assert [each["reason"] for each in found] == ["Invalid", "Invalid"]
    reply = own_world.admin("POST", f"messages/{found[0]['id']}/events", {"event": "deliver"})
    assert reply.status == 400


#: What is odd, and leaves the rest of the mail as it is.
ODD: dict[str, dict[str, Any]] = {
    "sub is a list": {"sub": ["a"]},
    "sub is a text": {"sub": "a"},
    "section is a list": {"section": [1]},
    "section holds lists": {"section": {"-s-": [1]}},
    "filters is a text": {"filters": "footer"},
    "filters holds a text": {"filters": {"footer": "on"}},
    "settings is a list": {"filters": {"footer": {"settings": ["enable"]}}},
    "a setting is an object": {"filters": {"clicktrack": {"settings": {"enable": {}}}}},
    "bcc to nobody": {"filters": {"bcc": {"settings": {"enable": 1, "email": "not an address"}}}},
    "bcc without an address": {"filters": {"bcc": {"settings": {"enable": 1}}}},
    "footer without texts": {"filters": {"footer": {"settings": {"enable": 1}}}},
    "an unknown app": {"filters": {"nothing": {"settings": {"enable": 1}}}},
    "category is an object": {"category": {"a": {"b": None}}},
    "category is a flag": {"category": True},
    "unique_args is a list": {"unique_args": ["a", 1]},
    "unique_args nested": {"unique_args": {"a": {"b": [1, None]}}},
    "unique_args with a number of 5,000 digits": {"unique_args": {"a": 10**4000}},
    "send_at is a word": {"send_at": "soon"},
    "send_at is a flag": {"send_at": True},
    "unknown members": {"asm_group_id": "x", "": [], "ip_pool": None},
    "half a character": {"sub": {"\ud800": ["\udfff"]}, "category": "\ud83d", "unique_args": {"\ud800": "\ud800"}},
    "control characters": {"sub": {"-n-": ["a\0\r\n\x07b"]}, "category": "a\0", "to": []},
}


@pytest.mark.parametrize("instructions", ODD.values(), ids=ODD)
def test_a_mail_is_not_lost_over_a_part(own_world: World, instructions: dict[str, Any]) -> None:
    send(own_world, instructions)
    assert [each[:4] for each in rows(own_world)] == [(ADA, "to", "delivered", "")]


UNREADABLE = {
    "quotes of Python": "{'to': 1}",
    "cut short": '{"to": ["a@example.com"',
    "a comma too many": '{"to": ["a@example.com"],}',
    "a list": "[]",
    "a text": '"to"',
    "null": "null",
    "no JSON": "category=a",
    "too deep": "[" * 3000,
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_a_mail_with_json_that_cannot_be_read_is_dropped(own_world: World, text: str) -> None:
    send(own_world, text, **{"to": "", "to[]": [ADA, "nikhil"], "bcc": BOB, "text": "hello"})
    assert rows(own_world) == [
        (ADA, "to", "dropped", "Invalid SMTPAPI header", "hello"),
        (BOB, "bcc", "dropped", "Invalid SMTPAPI header", "hello"),
        ("nikhil", "to", "dropped", "Invalid", "hello"),
    ]
    (found,) = own_world.outbox()
    assert (found["disposition"], found["reason"]) == ("dropped", "Invalid SMTPAPI header")


@pytest.mark.parametrize("text", ["", " ", "\r\n"])
def test_no_instructions_are_none(own_world: World, text: str) -> None:
    send(own_world, text)
    assert [each[:4] for each in rows(own_world)] == [(ADA, "to", "delivered", "")]


# The same by SMTP


def post(posted: tuple[Service, int], world: World, smtpapi: str, *to: str, mail_from: str = "me@example.com") -> None:
    """Send a mail with that header; it is accepted."""
    source = f"X-SMTPAPI: {smtpapi}\r\nSubject: s\r\nTo: {ADA}\r\nCc: {BOB}\r\n\r\n<-n->\r\n"
    with smtplib.SMTP("127.0.0.1", posted[1]) as client:
        client.login(world.name, PASSWORD)
        assert client.sendmail(mail_from, to, source) == {}


def test_values_by_smtp_go_to_cc_bcc(posted: tuple[Service, int], sender: World) -> None:
    post(posted, sender, '{"sub": {"-n-": ["1", "2"]}}', CAROL, BOB, ADA)
    assert texts(sender) == {ADA: "<1>", BOB: "<2>", CAROL: "<>"}
    assert {each[0]: each[1] for each in rows(sender)} == {ADA: "to", BOB: "cc", CAROL: "bcc"}


def test_too_few_values_by_smtp(posted: tuple[Service, int], sender: World) -> None:
    post(posted, sender, json.dumps({"to": [CAROL, BOB, "nikhil"], "sub": {"-n-": ["1"]}}), ADA)
    assert [(each[0], each[2], each[4]) for each in rows(sender)] == [
        (CAROL, "delivered", "<1>"),
        (BOB, "delivered", "<>"),
        ("nikhil", "dropped", "<-n->"),
    ]


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_a_broken_header_by_smtp_comes_back(posted: tuple[Service, int], sender: World, text: str) -> None:
    post(posted, sender, text, ADA, CAROL)
    mail, notice = rows(sender)[:-1], rows(sender)[-1]
    reason = "Invalid SMTPAPI header"
    assert mail == [(ADA, "to", "dropped", reason, "<-n->"), (CAROL, "bcc", "dropped", reason, "<-n->")]
    assert notice[:4] == ("me@example.com", "to", "delivered", "")
    assert "error in decoding the SMTP API header" in notice[4]
    found = sender.message(to="me@example.com", caller=sender.name)
    assert (found["mail_from"], found["via"], found["operation"]) == ("", "bounce", "notice")
    source = sender.service.send("GET", f"{sender.prefix}/__admin/messages/{found['id']}/raw").body
    assert b"text/rfc822-headers" in source


def test_no_notice_comes_to_nobody(posted: tuple[Service, int], sender: World) -> None:
    post(posted, sender, "{", ADA, mail_from="")
    assert [each[0] for each in rows(sender)] == [ADA]
