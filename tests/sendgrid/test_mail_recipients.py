"""Who gets a mail of mail.send, however a client spells several recipients."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from emulator import FORM, NEW, PASSWORD, Reply, World, fresh, parsed

Pairs = list[tuple[str, str]]
Send = Callable[[World, Pairs], Reply]
#: A mail but for its recipients.
REST = [("from", "acme@example.com"), ("subject", "Hello"), ("text", "hello")]
BOUNDARY = "frontier"


def target(world: World, name: str = "api/mail.send") -> str:
    return f"{world.prefix}/{name}.json"


def signed(world: World, pairs: Pairs) -> Pairs:
    return [("api_user", world.name), ("api_key", PASSWORD), *pairs]


def by_form(world: World, pairs: Pairs) -> Reply:
    body = urlencode(signed(world, pairs)).encode()
    return world.service.send("POST", target(world), body, {"Content-Type": FORM})


def by_query(world: World, pairs: Pairs) -> Reply:
    return world.service.send("GET", f"{target(world)}?{urlencode(signed(world, pairs))}")


def by_parts(world: World, pairs: Pairs) -> Reply:
    part = '--{}\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = "".join(part.format(BOUNDARY, name, value) for name, value in signed(world, pairs))
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return world.service.send("POST", target(world), f"{body}--{BOUNDARY}--\r\n".encode(), headers)


def recipients(world: World) -> list[tuple[str, str]]:
    return [(each["address"], each["kind"]) for each in world.message()["recipients"]]


ADA, BOB, CAROL = "ada@example.com", "bob@example.com", "carol@example.com"
BOTH = f"Ada <{ADA}>, Bob <{BOB}>"

#: By what is sent: the header To.
SPELLINGS: dict[str, tuple[Pairs, str]] = {
    "plain": ([("to", ADA), ("to", BOB)], f"{ADA}, {BOB}"),
    "plain with names": ([("to", ADA), ("toname", "Ada"), ("to", BOB), ("toname", "Bob")], BOTH),
    "plain, the first without a name": (
        [("to", ADA), ("to", BOB), ("toname", ""), ("toname", "Bob")],
        f"{ADA}, Bob <{BOB}>",
    ),
    "the same twice": ([("to", ADA), ("to", ADA)], ADA),
    "the same, plain and with a name": (
        [("to", ADA), ("to[]", ADA), ("to[]", BOB), ("toname[]", "Ada"), ("toname[]", "Bob")],
        BOTH,
    ),
    "three": ([("to", ADA), ("to", BOB), ("to", CAROL)], f"{ADA}, {BOB}, {CAROL}"),
    "brackets": ([("to[]", ADA), ("to[]", BOB)], f"{ADA}, {BOB}"),
    "numbers": ([("to[0]", ADA), ("to[1]", BOB)], f"{ADA}, {BOB}"),
    "numbers, as PHP leaves an empty name out": (
        [("to[0]", ADA), ("to[1]", BOB), ("toname[1]", "Bob")],
        f"{ADA}, Bob <{BOB}>",
    ),
    "numbers, names without": (
        [("to[3]", ADA), ("to[4]", BOB), ("toname[]", "Ada"), ("toname[]", "Bob")],
        BOTH,
    ),
    "plain and brackets": ([("to", ADA), ("to[]", BOB)], f"{ADA}, {BOB}"),
    "brackets and plain": ([("to[]", ADA), ("to", BOB)], f"{ADA}, {BOB}"),
    "plain and the number 0": ([("to", ADA), ("to[0]", BOB)], f"{ADA}, {BOB}"),
    "the number 0 twice": ([("to[0]", ADA), ("to[0]", BOB)], f"{ADA}, {BOB}"),
    "a word twice": ([("to[x]", ADA), ("to[x]", BOB)], f"{ADA}, {BOB}"),
    "nested": ([("to[0][]", ADA), ("to[0][]", BOB)], f"{ADA}, {BOB}"),
    "nested beside plain": ([("to", ADA), ("to[0][email]", BOB)], f"{ADA}, {BOB}"),
    "an empty one in front": (
        [("to", ""), ("to", BOB), ("toname", "Nobody"), ("toname", "Bob")],
        f"Bob <{BOB}>",
    ),
    "a bracket that does not close": ([("to[", ADA), ("to", BOB)], f"{ADA}, {BOB}"),
}


@pytest.mark.parametrize("send", [by_form, by_query, by_parts])
@pytest.mark.parametrize(("pairs", "header"), SPELLINGS.values(), ids=SPELLINGS)
def test_all_recipients_get_it(own_world: World, pairs: Pairs, header: str, send: Send) -> None:
    reply = send(own_world, [*pairs, *REST])
    assert (reply.status, reply.text) == (200, '{"message":"success"}')
    assert str(parsed(own_world)["To"]) == header
    wanted = [address for address in (ADA, BOB, CAROL) if address in header]
    assert recipients(own_world) == [(address, "to") for address in wanted]


def test_copies_repeat_as_well(own_world: World) -> None:
    copies = [(kind, f"{kind}{number}@example.com") for kind in ("cc", "bcc") for number in (1, 2)]
    names = [("ccname", "One"), ("ccname", "Two"), ("bccname", "Three")]
    assert by_form(own_world, [("to", ADA), *copies, *names, *REST]).status == 200
    assert recipients(own_world) == [(ADA, "to"), *((address, kind) for kind, address in copies)]
    assert str(parsed(own_world)["Cc"]) == "One <cc1@example.com>, Two <cc2@example.com>"


def test_query_and_body_both_have_recipients(own_world: World) -> None:
    body = urlencode([("to", BOB), *REST, ("subject", "The body's")]).encode()
    query = urlencode(signed(own_world, [("to", ADA), ("subject", "The query's")]))
    reply = own_world.service.send("POST", f"{target(own_world)}?{query}", body, {"Content-Type": FORM})
    assert reply.status == 200
    assert (recipients(own_world), own_world.message()["subject"]) == ([(ADA, "to"), (BOB, "to")], "The body's")


@pytest.mark.parametrize("send", [by_form, by_query, by_parts])
def test_of_what_is_no_array_the_last_counts(own_world: World, send: Send) -> None:
    twice = [("from", "first@example.com"), ("subject", "First"), ("html", "<p>first</p>"), ("replyto", ADA)]
    reply = send(own_world, [("to", ADA), *twice, *REST, ("html", "<p>last</p>"), ("replyto", BOB)])
    assert reply.status == 200
    found = own_world.message()
    assert [found[name] for name in ("from", "subject", "text")] == ["acme@example.com", "Hello", "hello\r\n"]
    assert (found["html"].strip(), parsed(own_world)["Reply-To"]) == ("<p>last</p>", BOB)


def test_elsewhere_the_last_counts(own_world: World) -> None:
    name = fresh("sub")
    pairs = [("email", "first@example.com"), ("username", name), *NEW.items(), ("email", "last@example.com")]
    body = urlencode(signed(own_world, pairs)).encode()
    reply = own_world.service.send("POST", target(own_world, "apiv2/customer.add"), body, {"Content-Type": FORM})
    assert reply.text == '{"message":"success"}'
    assert own_world.row(name)["email"] == "last@example.com"


def test_the_journal_shows_all_of_them(own_world: World) -> None:
    by_form(own_world, [("to", ADA), ("to", BOB), *REST])
    by_form(own_world, [("to", ADA), *REST])
    assert [row["params"]["to"] for row in own_world.journal(operation="mail.send")] == [[ADA, BOB], ADA]
