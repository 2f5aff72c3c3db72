"""X-SMTPAPI: what is read of it, what is refused, and the mail that each recipient gets."""

import json
import time
from contextlib import suppress
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generated import budget
from legacygrid.mail.mime.composing import Address, Attachment, Draft, compose
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.mail.mime.smtpapi import BadInstructions, Instructions, UnreadableInstructions, parse
from legacygrid.mail.mime.substitution import Tags, personalize
from mails import personal

GIVEN = {
    "to": ["Ada <ada@example.com>", "bob@example.com"],
    "sub": {"-name-": ["Ada", "Bób"], "-n-": [1, 2.5], "-part-": ["-first-", "-second-"]},
    "section": {"-first-": "Dear -name-", "-second-": "Hi, -name-"},
    "category": "news",
    "unique_args": {"job": 7},
    "filters": {"opentrack": {"settings": {"enable": 1}}, "footer": {"settings": {"enable": "0", "text/plain": "F"}}},
    "send_at": 1400000000,
    "ip_pool": "main",
}


def test_what_is_read() -> None:
    found = parse(json.dumps(GIVEN))
    assert found == Instructions(
        to=("Ada <ada@example.com>", "bob@example.com"),
        sub={"-name-": ("Ada", "Bób"), "-n-": ("1", "2.5"), "-part-": ("-first-", "-second-")},
        section=GIVEN["section"],
        category=("news",),
        unique_args={"job": "7"},
        filters={"opentrack": {"enable": "1"}, "footer": {"enable": "0", "text/plain": "F"}},
        send_at=1400000000,
    )
    assert list(found.mailboxes) == [Address("ada@example.com", "Ada"), Address("bob@example.com")]
    assert [found.enabled(app) for app in ("opentrack", "footer", "dkim")] == [True, False, None]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", Instructions()),
        ('{"sub": [], "section": [], "unique_args": [], "filters": [], "to": [], "category": []}', Instructions()),
        ('{"to": "a@b"}', Instructions(to=("a@b",))),
        ('{"category":\r\n ["a",\r\n\t"b"]}', Instructions(category=("a", "b"))),
        ('{"category": "a\r\n b"}', Instructions(category=("a b",))),
        ('{"category":\r\n\t"a\r\n\tb"}', Instructions(category=("a\tb",))),
        ('{"sub": {"-a\n-": ["1\n2", "\x013"]}}', Instructions(sub={"-a\n-": ("1\n2", "\x013")})),
        ('{"sub": {"-a-": ["1", "2"]}}', Instructions(sub={"-a-": ("1", "2")})),
        ('{"send_at": "1400000000"}', Instructions(send_at=1400000000)),
        ('{"filters": {"dkim": {"settings": {"enable": true}}}}', Instructions(filters={"dkim": {"enable": "1"}})),
        ('{"filters": {"dkim": []}}', Instructions(filters={"dkim": {}})),
        ('{"to": 5}', Instructions(to=("5",))),
        ('{"to": null, "sub": null, "section": null, "filters": null, "send_at": null}', Instructions()),
        ('{"to": NaN}', Instructions(to=("NaN",))),
        ('{"to": [["a@b"], {"email": "a@b"}]}', Instructions(to=('["a@b"]', '{"email": "a@b"}'))),
        ('{"to": {"1": "a@b", "4": "c@d"}}', Instructions(to=("a@b", "c@d"))),
        ('{"sub": ["a"], "section": 1, "unique_args": "x", "filters": true}', Instructions()),
        ('{"sub": {"-a-": "x", "-b-": 1}}', Instructions(sub={"-a-": ("x",), "-b-": ("1",)})),
        ('{"sub": {"-a-": [null, true, {"a": []}, 1e5]}}', Instructions(sub={"-a-": ("", "true", '{"a": []}', "1e5")})),
        ('{"section": {"-a-": ["x"], "-b-": null}}', Instructions(section={"-a-": '["x"]', "-b-": ""})),
        (
            '{"section": {"-a-": "\\ud800", "\\udfff": "\\ud83d\\ude42"}}',
            Instructions(section={"-a-": "\ufffd", "\ufffd": "🙂"}),
        ),
        ('{"category": [true, 7, "a"]}', Instructions(category=("true", "7", "a"))),
        (
            '{"unique_args": {"a": {}, "b": 12345678901234567890, "c": null}}',
            Instructions(unique_args={"a": "{}", "b": "12345678901234567890", "c": ""}),
        ),
        ('{"unique_args": {"a": %s}}' % ("9" * 5000), Instructions(unique_args={"a": "9" * 5000})),
        ('{"filters": {"footer": 1, "dkim": {"settings": "on"}}}', Instructions(filters={"footer": {}, "dkim": {}})),
        ('{"send_at": "soon"}', Instructions()),
        ('{"send_at": true}', Instructions()),
        ('{"send_at": 14e8}', Instructions()),
        ('\ufeff {"unknown": {"a": [1]}, "to": ["a@b"]}\r\n', Instructions(to=("a@b",))),
    ],
)
def test_lenient_forms(text: str, found: Instructions) -> None:
    assert parse(text) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "X-SMTPAPI is not valid JSON"),
        ("{'a': 1}", "X-SMTPAPI is not valid JSON"),
        ("[" * 100_000, "X-SMTPAPI is not valid JSON"),
        ("9" * 10_000, "X-SMTPAPI must be an object"),
        ('"to"', "X-SMTPAPI must be an object"),
        ('{"to": ["a@b"]', "X-SMTPAPI is not valid JSON"),
        ('{"to": ["a@b"],}', "X-SMTPAPI is not valid JSON"),
        ('{"to": ["a@b"]} {}', "X-SMTPAPI is not valid JSON"),
        ("[]", "X-SMTPAPI must be an object"),
        ("null", "X-SMTPAPI must be an object"),
    ],
)
def test_what_cannot_be_read(text: str, why: str) -> None:
    with pytest.raises(UnreadableInstructions) as caught:
        parse(text)
    assert str(caught.value) == why


@budget(50)
@given(
    st.text()
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda each: st.dictionaries(st.sampled_from(sorted(GIVEN)) | st.text(), each) | st.lists(each),
    ).map(json.dumps)
)
def test_any_header_is_read_or_refused(text: str) -> None:
    with suppress(BadInstructions):
        assert isinstance(parse(text), Instructions)


DRAFT = Draft(
    sender="me@example.com",
    sender_name="To -name-",
    to=(Address("list@example.com"),),
    subject="For -name-",
    text="-part-, n=-n-",
    html="<p>-part-</p>",
    headers={"X-Who": "-name-"},
    attachments=(Attachment("a.txt", b"-name-"),),
)


@pytest.mark.parametrize(
    ("n", "to", "name", "text"),
    [
        (0, "Ada <ada@example.com>", "Ada", "Dear Ada, n=1"),
        (1, "bob@example.com", "Bób", "Hi, Bób, n=2.5"),
        (2, "list@example.com", "", ", n="),
    ],
)
def test_each_recipient_gets_a_mail_of_its_own(n: int, to: str, name: str, text: str) -> None:
    raw = personal(compose(DRAFT, 0, "x@y"), parse(json.dumps(GIVEN)), n)
    message: Any = message_from_bytes(raw, policy=policy.default)
    assert [str(message[each]) for each in ("to", "subject", "x-who")] == [to, f"For {name}", name]
    assert message["from"].addresses[0].display_name == f"To {name}".strip()
    assert message.get_body(("plain",)).get_content().strip() == text
    assert message.get_body(("html",)).get_content().strip() == f"<p>{text.partition(', n')[0]}</p>"
    assert next(message.iter_attachments()).get_payload(decode=True) == b"-name-"
    assert not [defect for part in message.walk() for defect in part.defects]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Subject: =?utf-8?q?Z=C3=B6_-a-?=\n =?iso-8859-1?q?=E9?=\n\nx", b"Subject: =?utf-8?b?WsO2IFjDqQ==?=\n\nx"),
        (b"Subject: -a-\nX-SMTPAPI: -a-\n\n-a-", b"Subject: X\nX-SMTPAPI: -a-\n\nX"),
        (b"Reply-To: -a- <-a-@y>\r\n\r\n", b"Reply-To: X <X@y>\r\n\r\n"),
        (b"From: -a-" + b"(" * 9000 + b"\n\n", b"From: -a-" + b"(" * 9000 + b"\n\n"),
        (b"From: -a- <\r\n\r\n-a-", b"From: -a- <\r\n\r\nX"),
        (b"A: -b-\n\n", b"A: 1 Bcc: x\n\n"),
        (b"A: -ab-\n\n-ab- -a-", b"A: long\n\nlong X"),
        (b"A: b\n\nnothing", b"A: b\n\nnothing"),
        (b"A: b\nContent-Transfer-Encoding: base64\n\nLWEt\n", b"A: b\nContent-Transfer-Encoding: base64\n\nWA==\n"),
    ],
)
def test_tags_of_a_mail(raw: bytes, expected: bytes) -> None:
    instructions = Instructions(sub={"-a-": ("X",), "-b-": ("1\r\nBcc: x",), "-ab-": ("long",), "": ("no",)})
    assert personal(raw, instructions, 0) == expected


@pytest.mark.waits
@pytest.mark.parametrize("copies", [1, 100])
def test_many_tags_in_much_text(copies: int) -> None:
    """150 s of work for one call, otherwise."""
    tags = {f"-{n}-": ("x",) * copies for n in range(190_000 // copies)}
    instructions = Instructions(to=("ada@example.com",) * copies, sub=tags)
    with pytest.raises(BadInstructions, match="too many tags for so large a message"):
        personalize(ParsedMail.parse(b"\n" + b"-a- " * 500_000), instructions, 0, copies)
    small = ParsedMail.parse(b"\n-0- -1-")
    assert personalize(small, instructions, 0, copies).bodies[0] == "x x"


def test_nothing_grows_without_bound() -> None:
    instructions = Instructions(sub={"a": ("a" * 1_000_000,)})
    with pytest.raises(BadInstructions, match="larger than 30 MB"):
        Tags(instructions, 0).replace("a" * 1_000_000)
    assert len(Tags(instructions, 0).replace("a")) == 1_000_000


@given(
    st.binary(max_size=500)
    | st.lists(
        st.sampled_from(
            [
                b"To: ",
                b"From:",
                b"-a-",
                b"\n",
                b"\r\n",
                b"\n\n",
                b"<",
                b"@b",
                b"=?utf-8?q?",
                b"?=",
                b"Content-Type: text/html",
                b"; charset=",
                b"utf-7",
                b"\xff",
                b"(",
            ]
        )
    ).map(b"".join)
)
def test_any_mail_is_made_personal(raw: bytes) -> None:
    assert isinstance(personal(raw, Instructions(to=("a@b",), sub={"-a-": ("\xe9\n",)}), 0), bytes)


@pytest.mark.parametrize(
    "unit",
    [
        b"Subject: -a-\n",
        b"From: -a-" + b"(" * 15_000 + b"\n",
        b'From: -a-"<@,' + b"<" * 15_000 + b"\n",
        b"A: -a-" + b"=?a?q?" * 2500 + b"\n",
        b"\n-a-",
    ],
)
def test_large_mails_are_quick(unit: bytes) -> None:
    before = time.process_time()
    personal(unit * (2_000_000 // len(unit)), Instructions(sub={"-a-": ("X",)}), 0)
    assert time.process_time() - before < 5
