"""A mail of which parts are changed: their encodings, and that every other byte stays."""

import tracemalloc

import pytest

from legacygrid.mail.mime import parser
from legacygrid.mail.mime.effects import Effects
from legacygrid.mail.mime.headers import UnwritableValue
from mail_effects import ALL, ASCII_FOOT, CLICK, CTE, FOOT, HTML, tracked
from mails import add_header, apply, bodies, strip_header

UTF8 = b"; charset=utf-8\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # The charset stays where it can bear the text.
        (b"Content-Type: text/plain; charset=latin1\n" + CTE + b"8bit\n\n\xe4\n", b"Content-Type: text/plain; charset=latin1\n" + CTE + b"8bit\n\n\xe4\n\xe9\n"),
        (b"Content-Type: text/plain; charset=utf-8\n" + CTE + b"8bit\n\n\xff\n", b"Content-Type: text/plain; charset=utf-8\n" + CTE + b"8bit\n\n\xff\n\xc3\xa9\n"),
        (b"Content-Type: text/plain; charset=utf-8\n" + CTE + b"quoted-printable\n\n=C3=\n=A4=\n\n", b"Content-Type: text/plain; charset=utf-8\n" + CTE + b"quoted-printable\n\n=C3=A4\n=C3=A9\n"),
        (b"Content-Type: text/plain; charset=utf-8\n" + CTE + b"base64\n\nw6QK\n", b"Content-Type: text/plain; charset=utf-8\n" + CTE + b"base64\n\nw6QKw6kK\n"),
        # It changes where it cannot, and the transfer encoding with it.
        (b'A: b\nContent-Type: text/plain; x=y;\n charset="iso-8859-5"\n' + CTE + b"7bit\nC: d\n\nHi\n", b"MIME-Version: 1.0\nA: b\nContent-Type: text/plain; x=y" + UTF8 + CTE + b"quoted-printable\nC: d\n\nHi\n=C3=A9\n"),
        (b"MIME-Version: 1.0\nContent-Type: text/plain\n\nHi\n", CTE + b"quoted-printable\nMIME-Version: 1.0\nContent-Type: text/plain" + UTF8 + b"\nHi\n=C3=A9\n"),
        (b"A: b\n\n", b"MIME-Version: 1.0\nContent-Type: text/plain" + UTF8 + CTE + b"base64\nA: b\n\nw6kK\n"),
        (b"no headers\n", b"MIME-Version: 1.0\nContent-Type: text/plain" + UTF8 + CTE + b"quoted-printable\n\nno headers\n=C3=A9\n"),
        (b"A: b\n\n\xc3\xa4\n", b"MIME-Version: 1.0\nContent-Type: text/plain" + UTF8 + b"A: b\n\n\xc3\xa4\n\xc3\xa9\n"),
    ],
)  # fmt: skip
def test_encodings(before: bytes, after: bytes) -> None:
    assert apply(before, FOOT) == after
    assert bodies(after)[0].endswith("é\n")


def test_a_line_that_became_too_long_is_broken() -> None:
    raw = apply(b"Content-Type: text/html\r\n\r\n" + b'<a href="http://e/">x</a>' * 39, CLICK)
    assert max(map(len, raw.split(b"\r\n"))) < 999
    assert raw.count(b"\n") == raw.count(b"\r\n") > 10
    assert bodies(raw)[1] == f'<a href="{tracked("http://e/").replace("&", "&amp;")}">x</a>' * 39


def many(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    inner = b"".join(b"--B\r\n" + part + b"\r\n" for part in parts)
    return b'Subject: s\r\nContent-Type: multipart/%b; boundary="B"\r\n\r\npreamble\r\n%b--B--\r\nepilogue\r\n' % (
        kind,
        inner,
    )


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: text/html\r\nContent-Disposition: attachment\r\n\r\n<p>",
        b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nHi",
        b"Content-Type: application/pkcs7-mime\r\n\r\nHi",
        b"Content-Type: text/calendar\r\n\r\nHi",
        b"Content-Type: text/plain\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n",
        b"Content-Type: multipart/signed; boundary=C\r\n\r\n--C\r\n\r\nHi\r\n--C--",
        b"Content-Type: multipart/encrypted; boundary=C\r\n\r\n--C\r\n\r\nHi\r\n--C--",
        b"Content-Type: multipart/mixed\r\n\r\n--C\r\n\r\nHi\r\n--C--",
        b"Content-Type: multipart/mixed; boundary=C\r\n\r\nno part",
    ],
)
def test_what_is_nobodys_to_change_stays(part: bytes) -> None:
    assert apply(many(part), ALL) == many(part)
    text = b"Content-Type: text/plain\r\n\r\nHi"
    assert apply(many(text, part, text), ASCII_FOOT) == many(text + b"\r\nfoot\r\n", part, text + b"\r\nfoot\r\n")


@pytest.mark.parametrize(
    "kind", [b"text/html; name=x.html", b"text/plain\r\nContent-Disposition: inline; filename*=utf-8''x"]
)
def test_what_has_a_name_is_changed_where_it_is_the_body_alone(kind: bytes) -> None:
    named = b"Content-Type: " + kind + b"\r\n\r\nHi"
    text = b"Content-Type: text/plain\r\n\r\nHi"
    assert b"foot" in apply(many(named), ASCII_FOOT)
    assert apply(many(text, named), ASCII_FOOT) == many(text + b"\r\nfoot\r\n", named)


@pytest.mark.parametrize(
    ("head", "after"),
    [
        # What nobody knows is read, so it is changed; and says what it is where it is not ASCII.
        (b"Content-Type: nonsense\n\nHi\n", b"MIME-Version: 1.0\n" + CTE + b"quoted-printable\nContent-Type: text/plain" + UTF8 + b"\nHi\n=C3=A9\n"),
        (b"Content-Type: text/plain; charset=unheard-of\n" + CTE + b"8bit\n\nH\xe4\n", b"MIME-Version: 1.0\nContent-Type: text/plain; charset=windows-1252\n" + CTE + b"8bit\n\nH\xe4\n\xe9\n"),
        (b"Content-Type: text/plain; charset=utf8mb4\n" + CTE + b"8bit\n\nH\xc3\xa4\n", b"Content-Type: text/plain; charset=utf8mb4\n" + CTE + b"8bit\n\nH\xc3\xa4\n\xc3\xa9\n"),
        (b"Content-Type: text/plain; charset=windows-31j\n" + CTE + b"8-bit\n\n\x87\x40\n", b"MIME-Version: 1.0\nContent-Type: text/plain" + UTF8 + CTE + b"8-bit\n\n\xe2\x91\xa0\n\xc3\xa9\n"),
        (b"Content-Type: text/plain; charset=iso-8859-1\n" + CTE + b"8bit\n\n\x93a\x94\n", b"Content-Type: text/plain; charset=iso-8859-1\n" + CTE + b"8bit\n\n\x93a\x94\n\xe9\n"),
        (b"\xef\xbb\xbfA: b\nContent-Type: text/plain; charset=utf-8\n" + CTE + b"8bit\n\n\xef\xbb\xbfHi\n", b"\xef\xbb\xbfA: b\nContent-Type: text/plain; charset=utf-8\n" + CTE + b"8bit\n\n\xef\xbb\xbfHi\n\xc3\xa9\n"),
        (CTE + b"base64\n\nw6k\n", b"MIME-Version: 1.0\nContent-Type: text/plain" + UTF8 + CTE + b"base64\n\nw6kKw6kK\n"),
    ],
)  # fmt: skip
def test_what_is_odd_is_changed_all_the_same(head: bytes, after: bytes) -> None:
    assert apply(head, FOOT) == after
    assert bodies(after)[0].endswith("é\n")


def test_every_level_is_reached() -> None:
    inner = b"Content-Type: multipart/alternative; boundary=BB\r\n\r\n--BB\r\n\r\n%b\r\n--BB\r\nContent-Type: text/html\r\n\r\n%b\r\n--BB--"
    assert apply(many(inner % (b"Hi", b"<p>Hi</p>")), ASCII_FOOT) == many(
        inner % (b"Hi\r\nfoot\r\n", b"<p>Hi</p><p>foot</p>")
    )


def test_no_effect_is_the_same_bytes() -> None:
    raw = many(HTML + b"<p>Hi</p>")
    assert apply(raw, Effects()) is raw
    assert apply(raw, Effects(click=tracked, click_text=True, unsubscribe_url="http://u", recipient="a@b")) is raw


@pytest.mark.parametrize(
    ("raw", "name", "after"),
    [
        (b"A: 1\r\nBcc: x,\r\n y\r\nB: 2\r\nbcc : z\r\n\r\nBcc: x", "Bcc", b"A: 1\r\nB: 2\r\n\r\nBcc: x"),
        (b"X-SMTPAPI:\n\t{}\n\nx", "x-smtpapi", b"\nx"),
        (b"A: 1\n\nx", "B", b"A: 1\n\nx"),
        (b"Bcc: x", "bcc", b""),
    ],
)
def test_a_header_is_taken_away(raw: bytes, name: str, after: bytes) -> None:
    assert strip_header(raw, name) == after


@pytest.mark.parametrize(
    ("raw", "value", "after"),
    [
        (b"A: 1\r\n\r\nx", "1", b"X-Id: 1\r\nA: 1\r\n\r\nx"),
        (b"A: 1\n\nx", "é", b"X-Id: =?utf-8?b?w6k=?=\nA: 1\n\nx"),
        (b"\n\nx", "1", b"X-Id: 1\n\n\nx"),
        (b" x", "1", b"X-Id: 1\r\n\r\n x"),
    ],
)
def test_a_header_is_added(raw: bytes, value: str, after: bytes) -> None:
    assert add_header(raw, "X-Id", value) == after
    for bad in ("a\r\nBcc: x", "a\n b"):
        with pytest.raises(UnwritableValue):
            add_header(raw, "X-Id", bad)


def test_a_mail_of_header_lines_alone_costs_no_more_than_its_bytes() -> None:
    raw = b"a:\n" * 100_000 + b"Bcc: x\n" + b"a:\n"
    tracemalloc.start()
    try:
        assert bodies(raw) == ("", "")
        assert parser.parse(raw).field("bcc") is not None
        assert strip_header(raw, "BCC", "x") == b"a:\n" * 100_001
        assert tracemalloc.get_traced_memory()[1] < 5 * len(raw)
    finally:
        tracemalloc.stop()


def test_a_field_that_is_cut_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "MAX_HEADER", 12)
    for raw, names in (
        (b"a: 1\nb: 23\nc: 4\n\nx", "ab"),
        (b"a: 1\nb: 2\n 3\nc: 4\n\nx", "a"),
        (b"a: 1\n 2\n 3\n 4\n\nx", ""),
    ):
        mail = parser.parse(raw)
        assert "".join(name for name in "abc" if mail.field(name)) == names
        assert [each.name for each in mail.fields] == [chr(byte) for byte in raw if chr(byte) in "abc"]
        assert raw[mail.body :] == b"x"
