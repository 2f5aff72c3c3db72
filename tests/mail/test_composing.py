"""A mail as it is composed, read back by the standard library's parser."""

import time
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legacygrid.mail.mime import parser
from legacygrid.mail.mime.composing import Address, Attachment, Draft, UnwritableValue, compose, recipients
from legacygrid.mail.mime.headers import decode_words, replace_forbidden

AT = 1_400_000_000.0
FILE = Attachment("a.pdf", b"%PDF-\x00\xff")
PICTURE = Attachment("p.png", b"\x89PNG", content_id="p1")


def draft(**given: Any) -> Draft:
    return Draft(**{"sender": "me@example.com", "to": (Address("you@example.com"),), "text": "Hi"} | given)


def read(**given: Any) -> EmailMessage:
    raw = compose(draft(**given), AT, "id1@example.com")
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


def tree(message: Any) -> str:
    inner = ",".join(map(tree, message.iter_parts())) if message.is_multipart() else ""
    return message.get_content_subtype() + (f"({inner})" if inner else "")


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        ({}, "plain"),
        ({"text": ""}, "plain"),
        ({"text": "", "html": "<p>"}, "html"),
        ({"html": "<p>"}, "alternative(plain,html)"),
        ({"html": "<p>", "attachments": (PICTURE,)}, "alternative(plain,related(html,png))"),
        ({"text": "", "html": "<p>", "attachments": (PICTURE,)}, "related(html,png)"),
        ({"attachments": (FILE,)}, "mixed(plain,pdf)"),
        ({"attachments": (PICTURE,)}, "mixed(plain,png)"),
        ({"html": "<p>", "attachments": (FILE, PICTURE)}, "mixed(alternative(plain,related(html,png)),pdf)"),
        ({"html": "<p>", "attachments": (FILE, FILE)}, "mixed(alternative(plain,html),pdf,pdf)"),
    ],
)
def test_its_parts_are_as_mail_programs_expect(given: dict[str, Any], shape: str) -> None:
    assert tree(read(**given)) == shape


def test_its_headers() -> None:
    to = (Address("a@example.com", "Ada"), Address("b@example.com", 'Byron, "B" \\'))
    raw = compose(draft(to=to, cc=(Address("c@example.com"),), sender_name="Zoë", subject="S"), AT, "id1@example.com")
    assert raw == (
        b"Message-ID: <id1@example.com>\r\n"
        b"Date: Tue, 13 May 2014 16:53:20 +0000\r\n"
        b"From: =?utf-8?b?Wm/Dqw==?= <me@example.com>\r\n"
        b'To: Ada <a@example.com>, "Byron, \\"B\\" \\\\" <b@example.com>\r\n'
        b"Cc: c@example.com\r\n"
        b"Subject: S\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Hi\r\n"
    )


def test_the_same_draft_is_the_same_mail() -> None:
    given = draft(html="<p>", attachments=(FILE, PICTURE))
    assert compose(given, AT, "x@y") == compose(given, AT, "x@y")


def test_nobody_sees_bcc() -> None:
    given = draft(bcc=(Address("hidden@example.com", "Hidden"),), cc=(Address("you@example.com"),))
    assert b"idden" not in compose(given, AT, "x@y")
    assert recipients(given) == ("you@example.com", "hidden@example.com")


@pytest.mark.parametrize(
    "subject", ["", "plain", "Grüße " * 60, "word " * 90, "日本語" * 90, "x" * 1200, " a  b ", "=?", "😀" * 40]
)
def test_a_subject_arrives(subject: str) -> None:
    assert read(subject=subject)["subject"].strip() == subject.strip()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_any_subject_and_any_name_arrive(text: str) -> None:
    raw = compose(draft(subject=text, sender_name=text), AT, "x@y")
    fields = {each.name: each.value for each in parser.parse(raw).fields}
    assert list(fields) == [
        "Message-ID",
        "Date",
        "From",
        "To",
        "Subject",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ]
    assert decode_words(parser.unfold(fields["Subject"])) == (text.strip(" ") if text.isascii() else text)
    assert parseaddr(parser.unfold(fields["From"]))[1] == "me@example.com"
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("word", ["=?utf-7?q?+2AA-?=", "=?UTF-7?b?KzJBQS0=?=", "=?utf-8?q?=ED=A0=80?="])
def test_half_a_character_of_a_word_is_replaced(word: str) -> None:
    assert set(decode_words(f"a {word} b")) == set("a \ufffdb")


@pytest.mark.parametrize(
    ("text", "told"),
    [("=?utf-8?q?a=00b=01c?=", "a\ufffdb\ufffdc"), ("a\ud800\uffff", "a\ufffd\ufffd"), ("é\t😀", "é\t😀")],
)
def test_what_is_shown_has_no_character_that_xml_forbids(text: str, told: str) -> None:
    assert replace_forbidden(decode_words(text)) == told


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nb\r\n", "a\rb", "Zoë\n" * 3, "日本語", "x" * 2000, ".\n..\n", "a \nb=\n", "\0"]
)
def test_a_text_arrives(text: str) -> None:
    content = read(text=text, html=text).get_body(("plain",)).get_content()
    assert content.splitlines() == text.splitlines()
    assert read(text=text, html=text).get_body(("html",)).get_content() == content


@pytest.mark.parametrize(
    ("file", "kind", "name"),
    [
        (Attachment("a.pdf", b"x"), "application/pdf", "a.pdf"),
        (Attachment("a.tar.gz", b"x"), "application/octet-stream", "a.tar.gz"),
        (Attachment("nothing", b""), "application/octet-stream", "nothing"),
        (Attachment('q"\\.txt', b"x\ny"), "text/plain", 'q"\\.txt'),
        (Attachment("Grüße.png", b"\0" * 200), "image/png", "Grüße.png"),
        (Attachment("語" * 200 + ".csv", b"x"), "text/csv", "語" * 200 + ".csv"),
        (Attachment("x", b"x", "text/calendar; method=REQUEST"), "text/calendar", "x"),
        (Attachment("m.eml", b"Subject: x\r\n\r\n", "message/rfc822"), "application/octet-stream", "m.eml"),
        (Attachment("", b"x", "image/gif"), "image/gif", None),
    ],
)
def test_a_file_arrives(file: Attachment, kind: str, name: str | None) -> None:
    (part,) = read(attachments=(file,)).iter_attachments()
    assert (part.get_content_type(), part.get_filename(), part.get_payload(decode=True)) == (kind, name, file.content)
    assert part.get_content_disposition() == "attachment"


def test_a_picture_is_named_by_its_html() -> None:
    part = list(read(html='<img src="cid:p1">', attachments=(PICTURE,)).walk())[-1]
    assert (part["content-id"], part.get_content_disposition()) == ("<p1>", "inline")


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"headers": {"X-Job": "7", "List-Unsubscribe": "<https://e.com/" + "u" * 300 + ">"}}, "x-job", "7"),
        ({"headers": {"X-Job": "Zoë"}}, "x-job", "Zoë"),
        ({"headers": {"Date": "Mon, 01 Jan 2001 00:00:00 +0000"}}, "date", "Mon, 01 Jan 2001 00:00:00 +0000"),
        ({"headers": {"Reply-To": "r@e.com"}}, "reply-to", "r@e.com"),
        ({"headers": {"Reply-To": "r@e.com"}, "reply_to": (Address("s@e.com"),)}, "reply-to", "s@e.com"),
        ({"date": datetime(2010, 1, 2, tzinfo=UTC)}, "date", "Sat, 02 Jan 2010 00:00:00 +0000"),
        ({"sender": "me@bücher.example"}, "from", "me@xn--bcher-kva.example"),
        ({"sender": '"a b"@example.com'}, "from", '"a b"@example.com'),
        ({"sender": "a..b@localhost"}, "from", "a..b@localhost"),
    ],
)
def test_what_is_given_is_written(given: dict[str, Any], name: str, value: str) -> None:
    raw = compose(draft(**given), AT, "x@y")
    message = message_from_bytes(raw, policy=policy.default)
    assert [str(each) for each in message.get_all(name)] == [value]


BAD_LINES = ["a\r\nBcc: x@y", "a\nb", "a\rb", "a\0", "\ud800"]


@pytest.mark.parametrize("bad", BAD_LINES)
@pytest.mark.parametrize(
    ("field", "give"),
    [
        ("Subject", lambda bad: {"subject": bad}),
        ("From", lambda bad: {"sender": f"me@example.com{bad}"}),
        ("From", lambda bad: {"sender_name": bad}),
        ("To", lambda bad: {"to": (Address("you@example.com", bad),)}),
        ("Cc", lambda bad: {"cc": (Address(f"{bad}@example.com"),)}),
        ("Bcc", lambda bad: {"bcc": (Address(f"{bad}@example.com"),)}),
        ("Reply-To", lambda bad: {"reply_to": (Address(f"{bad}@example.com"),)}),
        ("X-A", lambda bad: {"headers": {"X-A": bad}}),
        ("files", lambda bad: {"attachments": (Attachment(bad, b""),)}),
        ("files", lambda bad: {"attachments": (Attachment("a", b"", f"text/plain; a={bad}"),)}),
        ("content", lambda bad: {"html": "<p>", "attachments": (Attachment("a", b"", "", bad),)}),
    ],
)
def test_no_header_is_smuggled_in(field: str, give: Any, bad: str) -> None:
    with pytest.raises(UnwritableValue) as caught:
        compose(draft(**give(bad)), AT, "x@y")
    assert caught.value.field == field
    assert caught.value.why
    assert bad not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"sender": ""}, "From", "not a valid e-mail address"),
        ({"sender": "@example.com"}, "From", "not a valid e-mail address"),
        ({"sender": "a@"}, "From", "not a valid e-mail address"),
        ({"sender": "a b@c"}, "From", "not a valid e-mail address"),
        ({"sender": "A <a@b>"}, "From", "not a valid e-mail address"),
        ({"sender": "a@b@c"}, "From", "not a valid e-mail address"),
        ({"sender": "a" * 320 + "@c"}, "From", "not a valid e-mail address"),
        ({"sender": "zoë@example.com"}, "From", "before the @"),
        ({"sender": "a@ü..de"}, "From", "no written form"),
        ({"headers": {"bcc": "x@y"}}, "bcc", "made of the other parameters"),
        ({"headers": {"Content-Type": "x"}}, "Content-Type", "made of the other parameters"),
        ({"headers": {"a b": "x"}}, "a b", "no name of a header"),
        ({"headers": {"": "x"}}, "", "no name of a header"),
        ({"date": datetime(2010, 1, 2)}, "date", "time zone"),
        ({"attachments": (Attachment("a" * 256, b""),)}, "files", "255"),
        ({"attachments": (Attachment("a", b"", "png"),)}, "files", "content type"),
        ({"html": "x", "attachments": (Attachment("a", b"", "", "a b"),)}, "content", "content id"),
        ({"text": "\udc00"}, "text", "Unicode"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(given: dict[str, Any], field: str, why: str) -> None:
    with pytest.raises(UnwritableValue, match=why) as caught:
        compose(draft(**given), AT, "x@y")
    assert caught.value.field == field


def test_a_large_mail_is_quick() -> None:
    to = tuple(Address(f"a{number}@example.com", f"Zoë {number}") for number in range(10_000))
    before = time.process_time()
    raw = compose(draft(to=to, text="Zoë\n" * 250_000, attachments=(Attachment("a.bin", bytes(7_000_000)),)), AT, "x@y")
    assert time.process_time() - before < 3
    assert len(raw) > 10_000_000
