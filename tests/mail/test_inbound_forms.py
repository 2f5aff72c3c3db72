"""What is made of mail that comes in: the posts of the Parse Webhook, read as a receiver reads them."""

import json
from typing import Any

import pytest

import mail_corpus_languages
import mail_corpus_oddities
from inbound_forms import Form, read_form
from legacygrid.mail.mime import spam
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.serializers.sendgrid import inbound_form
from legacygrid.serializers.sendgrid.inbound_form import Findings, InboundEnvelope
from legacygrid.serializers.sendgrid.multipart import PostPart, write_form
from mail_corpus import GIF, Mail, joined, mail, part, picture

MAILS = mail_corpus_languages.MAILS + mail_corpus_oddities.MAILS
ENVELOPE = InboundEnvelope("test@example.com", ("inbound@inbound.example.com",))


def posted(raw: bytes, **more: Any) -> Form:
    more = {"envelope": ENVELOPE, "findings": Findings()} | more
    return read_form(*write_form(inbound_form.list_parts(ParsedMail.parse(raw), **more)))


HEADERS = (
    "From: Example User <test@example.com>",
    "Subject: Testing non-raw",
    "To: inbound@inbound.example.com",
)
SIMPLE = mail(*HEADERS) + joined(
    "alternative", part("Hello SendGrid!\r\n"), part("<b>Hello</b>\r\n", "text/html; charset=UTF-8")
)

#: As the vendor's own sample has it, but for the mail.
BYTES = """--xYzZY
Content-Disposition: form-data; name="headers"

From: Example User <test@example.com>\n\
Subject: Testing non-raw\n\
To: inbound@inbound.example.com\n\
Content-Type: multipart/alternative; boundary="=_B"\n\

--xYzZY
Content-Disposition: form-data; name="dkim"

none
--xYzZY
Content-Disposition: form-data; name="to"

inbound@inbound.example.com
--xYzZY
Content-Disposition: form-data; name="html"

<b>Hello</b>\n\

--xYzZY
Content-Disposition: form-data; name="from"

Example User <test@example.com>
--xYzZY
Content-Disposition: form-data; name="text"

Hello SendGrid!\n\

--xYzZY
Content-Disposition: form-data; name="sender_ip"

127.0.0.1
--xYzZY
Content-Disposition: form-data; name="envelope"

{"to":["inbound@inbound.example.com"],"from":"test@example.com"}
--xYzZY
Content-Disposition: form-data; name="attachments"

0
--xYzZY
Content-Disposition: form-data; name="subject"

Testing non-raw
--xYzZY
Content-Disposition: form-data; name="charsets"

{"to":"UTF-8","subject":"UTF-8","from":"UTF-8","html":"UTF-8","text":"utf-8"}
--xYzZY
Content-Disposition: form-data; name="SPF"

pass
--xYzZY--
"""


def test_the_bytes_of_a_post() -> None:
    content_type, body = write_form(inbound_form.list_parts(ParsedMail.parse(SIMPLE), ENVELOPE, Findings()))
    assert content_type == "multipart/form-data; boundary=xYzZY"
    # What is in the mail ends its lines by LF; what is around it, by CRLF.
    assert body.replace(b"\r\n", b"\n").decode() == BYTES
    assert body.count(b"\r\n") == BYTES.count("\n") - 6


def test_the_order_of_all_of_them() -> None:
    raw = mail("Cc: c@example.com", *HEADERS) + joined(
        "mixed",
        part("Hi"),
        part("<img src=cid:dot>", "text/html"),
        mail('Content-Type: image/gif; name="dot.gif"', "Content-ID: <dot>", "") + GIF,
    )
    form = posted(raw, spam_check=True)
    assert form.names == [
        "headers", "dkim", "content-ids", "to", "cc", "html", "from", "text", "sender_ip", "spam_report",
        "envelope", "attachments", "subject", "spam_score", "attachment-info", "charsets", "SPF", "attachment1",
    ]  # fmt: skip
    assert form.json("content-ids") == {"dot": "attachment1"}
    told = {"filename": "dot.gif", "name": "dot.gif", "type": "image/gif", "content-id": "dot"}
    assert form.json("attachment-info") == {"attachment1": told}
    assert form.json("charsets").keys() == {"to", "cc", "subject", "from", "html", "text"}


def as_read(text: str) -> str:
    return "\n".join(text.splitlines()).strip("\n")


@pytest.mark.parametrize("case", MAILS, ids=[each.name for each in MAILS])
def test_it_says_what_the_mail_says(case: Mail) -> None:
    form = posted(case.raw)
    bodies = {name: as_read(form.text(name)) for name in ("text", "html") if name in form.fields}
    assert bodies.get("text", "") == case.text
    assert bodies.get("html", "") == case.html
    assert form.text("subject") == case.subject
    assert tuple(form.files.values()) == case.files
    assert form.fields["attachments"] == str(len(case.files)).encode()
    form.fields["headers"].decode()


def test_a_mail_as_it_came() -> None:
    form = posted(SIMPLE, send_raw=True, spam_check=True)
    assert form.names == [
        "dkim", "email", "to", "from", "sender_ip", "spam_report", "envelope", "subject", "spam_score", "charsets", "SPF",
    ]  # fmt: skip
    assert form.fields["email"] == SIMPLE
    assert form.fields["charsets"] == b'{"to":"UTF-8","subject":"UTF-8","from":"UTF-8"}'


LONG = "x" * 100_000
ATTACHED = mail('Content-Disposition: attachment; filename="a.txt"', "", "a")
#: Mail that is none, or much of it: what is told of its text, of its HTML, and how many files there are.
ODD: dict[str, tuple[bytes, str | None, str | None, int]] = {
    "nothing": (b"", "", None, 0),
    "no body": (mail(*HEADERS), "", None, 0),
    "a body alone": (b"\r\nbody", "body", None, 0),
    "no header but a body": (b"just a line\r\nand another", "just a line\nand another", None, 0),
    "files alone": (joined("mixed", picture(), ATTACHED), None, None, 2),
    "HTML alone": (part("<p>Hi", "text/html"), None, "<p>Hi", 0),
    "texts one after the other": (joined("mixed", part("a"), picture(), part("b")), "a\nb", None, 1),
    "texts of two charsets": (joined("mixed", part("a\xe9".encode("latin-1"), "text/plain; charset=latin-1"), part("日")), "aé\n日", None, 0),
    "multiparts in multiparts": (joined("mixed", joined("related", joined("alternative", part("a"), part("<b>", "text/html"), boundary="=_3"), picture(), boundary="=_2"), ATTACHED), "a", "<b>", 2),
    "deeper than anybody looks": (b"".join(mail(f'Content-Type: multipart/mixed; boundary="b{n}"', "", f"--b{n}") for n in range(100)) + b"\r\nx", ..., None, 0),  # type: ignore[dict-item]
    "a multipart that never ends": (mail('Content-Type: multipart/mixed; boundary="b"', "", "--b", "", "a", "--b"), "a\n", None, 0),
    "1,000 files": (joined("mixed", *[ATTACHED] * 1000), None, None, 1000),
    "10,000 files": (joined("mixed", *[ATTACHED] * 10_000), None, None, 1000),
    "a charset that nobody knows": (part("Gr\xfc\xdfe".encode("latin-1"), "text/plain; charset=klingon"), "Grüße", None, 0),
    "broken UTF-8": (part(b"Zo\xc3 \xffx", "text/plain; charset=utf-8"), "Zo\ufffd \ufffdx", None, 0),
    "UTF-16": (mail("Content-Type: text/plain; charset=utf-16le", "Content-Transfer-Encoding: base64", "", "SABpAA=="), "Hi", None, 0),
    "NUL": (part(b"a\0b"), "a\0b", None, 0),
    "a long line": (part(LONG), LONG, None, 0),
    "the boundary": (part("--xYzZY\r\nContent-Disposition: form-data; name=\"SPF\"\r\n\r\nfail\r\n--xYzZY--"), '--xYzZY\nContent-Disposition: form-data; name="SPF"\n\nfail\n--xYzZY--', None, 0),
    "a mail in a mail": (mail("Content-Type: message/rfc822", "") + part("inner"), "inner", None, 1),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "text", "html", "files"), ODD.values(), ids=ODD)
def test_odd_mail(raw: bytes, text: str | None, html: str | None, files: int) -> None:
    form = posted(raw)
    if text is not ...:  # type: ignore[comparison-overlap]
        assert (form.text("text") if "text" in form.fields else None) == text
    assert (form.text("html") if "html" in form.fields else None) == html
    assert len(form.files) == files == int(form.fields["attachments"])
    assert ("attachment-info" in form.fields) == bool(files)
    assert form.fields["SPF"] == b"pass"
    assert {"headers", "to", "from", "subject", "envelope", "charsets"} <= form.fields.keys()
    assert posted(raw, send_raw=True).fields["email"] == raw


#: Header fields, and what is told of them.
FIELDS: dict[str, tuple[bytes, str, str]] = {
    "plain": (b"Subject: Hi there", "subject", "Hi there"),
    "encoded": (b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=", "subject", "Grüße"),
    "in Latin-1": ("Subject: Grüße".encode("latin-1"), "subject", "Grüße"),
    "folded": (b"Subject: a\r\n b\r\n\tc", "subject", "a b\tc"),
    "none": (b"X: y", "subject", ""),
    "a name": (b'From: "Lovelace, Ada" <ada@example.com>', "from", '"Lovelace, Ada" <ada@example.com>'),
    "an encoded name": (b"From: =?iso-8859-1?q?Zo=EB?= <zoe@example.com>", "from", "Zoë <zoe@example.com>"),
    "several": (b"To: a@example.com, b@example.com", "to", "a@example.com, b@example.com"),
    "a line end that is encoded": (b"Subject: =?utf-8?q?a=0D=0Ab?=", "subject", "a b"),
    "a NUL that is encoded": (b"Subject: =?utf-8?q?a=00b?=", "subject", "a\ufffdb"),
    "without a signature": (b"X: y", "dkim", "none"),
    "a signature": (b"DKIM-Signature: v=1; a=rsa-sha256; d=Example.com;\r\n s=s1; h=From; bh=x; b=y", "dkim", "{@example.com : pass}"),
    "two signatures": (b"DKIM-Signature: d=a.example; b=y\r\nDKIM-Signature: d=b.example; b=y", "dkim", "{@a.example : pass, @b.example : pass}"),
    "a signature of nobody": (b"DKIM-Signature: v=1", "dkim", "none"),
}  # fmt: skip


@pytest.mark.parametrize(("header", "name", "value"), FIELDS.values(), ids=FIELDS)
def test_header_fields(header: bytes, name: str, value: str) -> None:
    assert posted(header + b"\r\n\r\nbody").text(name) == value


def test_what_was_found_out() -> None:
    found = Findings("192.0.2.9", "softfail", "{@a.example : fail}", "7.1", "a report\nof two lines")
    form = posted(SIMPLE, findings=found, spam_check=True)
    told = {name: form.text(name) for name in ("sender_ip", "SPF", "dkim", "spam_score", "spam_report")}
    assert tuple(told.values()) == found
    assert "spam_score" not in posted(SIMPLE, findings=found).fields


@pytest.mark.parametrize(("body", "score"), [(b"Hi", "0.0"), (spam.GTUBE.encode(), "1000.0")])
def test_spam(body: bytes, score: str) -> None:
    form = posted(part(body), spam_check=True)
    assert form.text("spam_score") == score
    assert f"({score} points, 5.0 required)" in form.text("spam_report")
    assert ("GTUBE" in form.text("spam_report")) == (score != "0.0")


def test_no_mail_forges_a_field() -> None:
    """Not even by the boundary that comes next."""
    evil = b"\r\n--xYzZY\r\nx\r\n--xYzZY1\r\n--xYzZY2--\r\n"
    content_type, body = write_form([PostPart("text", evil), PostPart("a", b"1"), PostPart("f", evil, "f.bin", "x/y")])
    assert content_type == "multipart/form-data; boundary=xYzZY3"
    form = read_form(content_type, body)
    assert form.names == ["text", "a", "f"]
    assert (form.fields["text"], form.files["f"]) == (evil, ("f.bin", "x/y", evil))


@pytest.mark.parametrize("name", ['a"b.txt', "a\\b.txt", "Maße ✓.txt", "../x", "a\r\nb", "x" * 500])
def test_names_of_files(name: str) -> None:
    from email.message import EmailMessage

    message = EmailMessage()
    message.set_content("Hi")
    message.add_attachment(b"1", "application", "pdf")
    raw = message.as_bytes().replace(
        b"Content-Disposition: attachment", b"Content-Disposition: attachment; filename*=utf-8''" + _percent(name)
    )
    form = posted(raw)
    ((filename, kind, data),) = form.files.values()
    assert (kind, data) == ("application/pdf", b"1")
    assert json.loads(form.fields["attachment-info"])["attachment1"]["filename"] == filename
    assert not set(filename) & set('"\\/\r\n')


def _percent(name: str) -> bytes:
    return "".join(f"%{byte:02X}" for byte in name.encode()).encode()
