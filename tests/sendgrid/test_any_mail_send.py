"""mail.send takes anything: it never fails, loses no recipient, and lets nothing be smuggled into a header."""

import email
import json
from email import policy
from typing import Any
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from emulator import FORM, PASSWORD, World
from generated import budget

ODD = [
    "",
    " ",
    "\r\n",
    "\r\nInjected: x",
    "\nInjected: x\n\nbody",
    "\0",
    "\x0b",
    "\u202e",
    "=?utf-8?q?=0AInjected:_x?=",
    '"',
    "<",
    ">",
    "(",
    ",",
    "-t-",
    "Zoë",
    "🙂",
    "\ufffd",
    "x" * 300,
]
words = st.lists(st.sampled_from(ODD) | st.text(max_size=6), max_size=3).map("".join)
valid = st.integers(0, 6).map("r{}@example.com".format)
addresses = valid | valid.map("Ada, L <{}>".format) | words | words.map("{}@example.com".format)
spelling = st.sampled_from(["to", "to[]", "to[0]", "to[1]", "to[x]", "to[0][]", "to[", "cc", "cc[]", "bcc", "bcc[a]"])
key = st.sampled_from(["a.txt", "a[1].txt", "", "0", "x]y", "[", "dir/a"]) | words
leaf = st.none() | st.booleans() | st.integers() | st.floats() | words | valid
anything = st.recursive(
    leaf, lambda each: st.lists(each, max_size=3) | st.dictionaries(words, each, max_size=3), max_leaves=8
)
instructions = st.fixed_dictionaries(
    {},
    optional={
        "to": st.lists(addresses, max_size=4) | anything,
        "sub": st.dictionaries(st.just("-t-") | words, st.lists(words, max_size=4) | anything, max_size=2) | anything,
        "section": anything,
        "filters": st.dictionaries(
            st.sampled_from(["bcc", "footer", "clicktrack", "opentrack", "subscriptiontrack", "none"]),
            st.fixed_dictionaries({"settings": st.dictionaries(st.sampled_from(["enable", "email", "text/plain", "text/html"]), anything)}) | anything,
            max_size=3,
        ),
        "category": anything,
        "unique_args": anything,
        "send_at": anything,
    },
)  # fmt: skip
headers = st.dictionaries(
    st.sampled_from(["Message-ID", "To", "From", "Content-Type", "X-A", "Bcc", "Reply-To", "MIME-Version"]) | words,
    words,
    max_size=4,
)
others = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["toname", "toname[]", "toname[1]", "ccname", "fromname", "replyto", "subject"]), words
        ),
        st.tuples(key.map("files[{}]".format), words),
        st.tuples(key.map("content[{}]".format), words),
        st.tuples(st.just("headers"), headers.map(json.dumps) | words),
        st.tuples(st.just("html"), words),
    ),
    max_size=5,
)


def send(world: World, pairs: list[tuple[str, str]], in_query: int) -> Any:
    pairs = [("api_user", world.name), ("api_key", PASSWORD), *pairs]
    query, body = urlencode(pairs[:in_query]), urlencode(pairs[in_query:])
    return world.service.send("POST", f"{world.prefix}/api/mail.send.json?{query}", body, {"Content-Type": FORM})


def heads(world: World) -> list[Any]:
    """The messages of the outbox as a mail program reads them."""
    sources = [
        world.service.send("GET", f"{world.prefix}/__admin/messages/{each['id']}/raw").body for each in world.outbox()
    ]
    return [email.message_from_bytes(each, policy=policy.compat32) for each in sources]


def check_no_header_was_smuggled(world: World) -> None:
    for mail in heads(world):
        assert mail["Injected"] is None
        assert all(len(mail.get_all(name)) == 1 for name in ("From", "Subject", "MIME-Version", "Content-Type", "Date"))
        assert not mail.defects


@budget(40)
@given(to=st.lists(st.tuples(spelling, addresses), min_size=1, max_size=5), more=others, in_query=st.integers(0, 4))
def test_no_recipient_is_lost(
    own_world: World, to: list[tuple[str, str]], more: list[tuple[str, str]], in_query: int
) -> None:
    own_world.admin("DELETE", "messages")
    reply = send(own_world, [("from", "a@example.com"), ("subject", "s"), ("text", "t"), *to, *more], in_query)
    assert reply.status in (200, 400), reply.text
    if reply.status == 400:
        assert reply.json["message"] == "error"
        assert own_world.outbox() == []
        return
    got = {each["address"]: each["outcome"] for found in own_world.outbox() for each in found["recipients"]}
    wanted = {
        text.removeprefix("Ada, L <").removesuffix(">")
        for _, text in to
        if text.endswith(("@example.com", "@example.com>"))
    }
    assert {address for address in wanted if address[:1] == "r" and len(address) == 14} <= set(got)
    assert all(text.strip() in got or text[:320] in got or "<" in text or not text.strip(" \t\r\n,;") for _, text in to)
    check_no_header_was_smuggled(own_world)


@budget(40)
@given(found=instructions)
def test_any_instructions_are_followed_as_far_as_can_be(own_world: World, found: dict[str, Any]) -> None:
    own_world.admin("DELETE", "messages")
    pairs = [
        ("to", "ada@example.com"),
        ("from", "a@example.com"),
        ("subject", "Hello -t-"),
        ("text", "-t-"),
        ("html", "<p>-t-</p>"),
    ]
    reply = send(own_world, [*pairs, ("x-smtpapi", json.dumps(found))], 0)
    assert (reply.status, reply.text) == (200, '{"message":"success"}')
    outcomes = [each["outcome"] for message in own_world.outbox() for each in message["recipients"]]
    assert set(outcomes) <= {"delivered", "dropped"}
    assert outcomes
    check_no_header_was_smuggled(own_world)
