"""Whatever bytes a mail has: nothing raises, nothing is lost, and no size takes the square of its time."""

import time
from email import message_from_bytes, policy
from email.utils import getaddresses
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generated import budget
from legacygrid.mail.mime import effects, hypertext
from legacygrid.mail.mime.effects import Effects
from legacygrid.mail.mime.headers import Address, parse_addresses
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.models import search
from mail_effects import ALL, CTE, FOOT, HTML, OPEN
from mails import add_header, apply, bodies, links, strip_header


class Oracle(HTMLParser):
    """The links by the standard library, which reads whole HTML well."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, value) for name, value in attrs if name == "href"]


WHOLE = ['<a href="http://e/?a=1&amp;b">', "<A HREF='http://e/'>", "<area class=x href=http://e/ >", "text", "</a>", "<!-- <a href='x'> -->", "<script>'<a href=\"x\">'</script>", "<p title='<a href=x>'>", "<br/>", "\n", "é", "<b href='http://f/'>", "1 < 2", "<a  \n id href = 'http://g/'  >"]  # fmt: skip


@given(st.lists(st.sampled_from(WHOLE)).map("".join))
def test_tags_are_found_as_the_standard_library_finds_them(html: str) -> None:
    expected = [(tag, value) for tag, value in Oracle(html).found if tag in ("a", "area")]
    assert [target for target, _ in hypertext.links(html)] == [value for _, value in expected]


PIECES = [b"Content-Type: ", b"text/html", b"multipart/mixed", b"; boundary=B", b"; charset=", b"utf-7", b"utf-16", b"iso-2022-jp", b"ascii", b"\n", b"\r\n", b"\n\n", b"--B\n", b"--B--\n", CTE, b"base64\n", b"quoted-printable\n", b"<a href=", b"http://e", b'"', b"'", b">", b"</body>", b"<!--", b"<script>", b"<% %>", b"\xff", b"+2AA-", b"\0", b"\r", b"=", b"%%EMAIL%%"]  # fmt: skip


@given(st.binary(max_size=300) | st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))
@example(b"\nhttp://\x80")
@example(b"\xef\xbb\xbf")
@example(b"\xef\xbb\xbfHi")
@example(b"\xef\xbb\xbfa: b")
@example(HTML + b"<a href='http://\x80'>")
def test_any_bytes_are_taken(raw: bytes) -> None:
    after = apply(raw, ALL)
    assert isinstance(after, bytes)
    for text in (*bodies(raw), *bodies(after), *links(raw), *links(after)):
        text.encode()
    assert strip_header(add_header(raw, "X-New", "1"), "X-New").endswith(raw)
    message_from_bytes(after, policy=policy.compat32)


@given(st.sampled_from([b"\n", HTML]), st.lists(st.sampled_from(PIECES[17:]), max_size=40).map(b"".join))
def test_no_text_is_lost(head: bytes, body: bytes) -> None:
    """A footer adds itself and a line end, and nothing else."""
    before = bodies(head + body)
    after = bodies(apply(head + body, Effects(footer_html="~~", footer_text="~~")))
    assert after[1].replace("~~", "") == before[1]
    assert after[0].replace("~~", "").rstrip("\r\n") == before[0].rstrip("\r\n")
    assert "~~" in "".join(after)


CHARSETS = [
    "utf-8",
    "us-ascii",
    "iso-8859-1",
    "windows-31j",
    "cp50220",
    "gb2312",
    "ks_c_5601-1987",
    "koi8-r",
    "iso-8859-8-i",
    "utf-16",
    "utf-7",
    "hz",
    "",
    "no-such",
    "punycode",
    "utf8mb4",
]
TYPES = [
    "text/plain",
    "text/html",
    "",
    "text",
    "multipart/mixed",
    "multipart/signed; boundary=nowhere",
    "text/plain; name=a.txt",
]
ENCODINGS = ["7bit", "8bit", "base64", "quoted-printable", "quoted-printable;", "7-bit", "UTF-8", "x-uuencode", ""]
LINES = st.lists(
    st.sampled_from(
        [
            b"Hi",
            b"Hi =C3=AB",
            b"SGkgdGhlcmU",
            b"\xc3\xab",
            b"\xe9\x93",
            b"\x93\xfa\x96\x7b",
            b"\x1b$B$3\x1b(B",
            b"~{Da~}",
            b"<p>x",
            b"=",
            b"--B--x",
            b" ",
        ]
    ),
    min_size=1,
    max_size=6,
)
PARTS = st.builds(
    lambda kind, charset, encoding, name, lines: (
        f'Content-Type: {kind}; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n{name}\r\n'.encode() + b"\r\n".join(lines)
    ),
    st.sampled_from(TYPES), st.sampled_from(CHARSETS), st.sampled_from(ENCODINGS),
    st.sampled_from(["", "Content-Disposition: inline; filename*=x''%E9\r\n"]), LINES,
)  # fmt: skip
MAILS = PARTS | st.builds(
    lambda kind, parts, end: f"Content-Type: multipart/{kind}; boundary=B\r\n\r\n".encode() + b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + end,
    st.sampled_from(["mixed", "alternative", "related", "signed", "digest"]), st.lists(PARTS, min_size=1, max_size=4), st.sampled_from([b"--B--\r\n", b""]),
)  # fmt: skip


@given(
    MAILS,
    st.sampled_from([b"", b"\xef\xbb\xbf", b"From me Mon\r\n"]),
    st.sampled_from([b"", b"Subject: =?utf-8?b?w6k?=\r\n"]),
)
@example(b'Content-Type: text/plain; charset="utf-16"\r\n\r\nHi\r\nHi\r\nHi\r\n\xc3\xab', b"", b"")
def test_any_mail_is_read(raw: bytes, before: bytes, subject: bytes) -> None:
    """Each text that has bytes is read or is a file, and an edit keeps all that it does not change."""
    raw = before + subject + raw
    mail = ParsedMail.parse(raw)
    assert mail.raw is raw
    assert mail.header("subject") == ("é" if subject else "")
    for part in mail.leaves:
        shown = [each for each in mail.texts if each.part is part] or [each for each in mail.files if each.part is part]
        assert shown or part.type == "message/rfc822"
    if any(part.content.strip() for part in mail.leaves):
        assert "".join(mail.bodies) or mail.files
    after = ParsedMail.parse(apply(raw, Effects(footer_html="~~", footer_text="~~")))
    assert [each.content for each in after.files] == [each.content for each in mail.files]
    assert after.header("subject") == mail.header("subject")
    assert [value for name, value in after.headers if name == "Subject"] == [
        value for name, value in mail.headers if name == "Subject"
    ]
    for old, new in zip(mail.bodies, after.bodies, strict=True):
        assert new.replace("~~", "").split() == old.split()


BROKEN = [
    "<a ",
    "<!--",
    "<![if ",
    "<a b='",
    "</a ",
    "<",
    "<script>",
    "<a href=http://e/>",
    "<% ",
    "&amp;",
    "<a href='http://e/'>x</a>\n",
    "<p>x</p>",
    "http://.",
    "<a a a=",
    "é",
    "</body>",
]


@pytest.mark.parametrize("unit", BROKEN)
def test_large_html_is_quick(unit: str) -> None:
    body = (unit * (1_000_000 // len(unit))).encode()
    before = time.process_time()
    apply(HTML + body, OPEN)
    apply(HTML + body, Effects(click=lambda target: target, unsubscribe_url="u"))
    apply(b"\n" + body, Effects(click=lambda target: target, click_text=True, unsubscribe_url="u"))
    assert time.process_time() - before < 3


@pytest.mark.parametrize(
    "raw",
    [
        b"a:\n",
        b"a",
        b"\n",
        b" ",
        b"\r",
        b"--B\n",
        b"--B\n\n",
        b"=",
        b'Content-Type: multipart/mixed; boundary="B"\n\n--B\n',
        b"Content-Type: x;" * 5,
    ],
)
def test_large_mails_are_quick(raw: bytes) -> None:
    body = raw * (1_000_000 // len(raw))
    before = time.process_time()
    for head in (b"", b"Content-Type: multipart/mixed; boundary=B\n\n", b"Content-Type: "):
        apply(head + body, FOOT)
    assert time.process_time() - before < 5


MAILBOXES = ["a", "b.c", "@", "e.example", "a@b.example", " ", "  ", ", ", ",", "<", ">", "Ada L <a@b.example>", "=?utf-8?b?YQ==?=", "{", "\t", "..", '"q, r"', "(c)", ";", ":", "\\", "é"]  # fmt: skip


@budget(300)
@given(st.lists(st.sampled_from(MAILBOXES), min_size=1, max_size=6).map("".join))
def test_mailboxes_are_read_as_the_standard_library_reads_them(value: str) -> None:
    assert parse_addresses(value) == [Address(address, name) for name, address in getaddresses([value])]


HUGE = {
    "header-lines": b"a: b\r\n" * 200_000 + b"\r\nHi",
    "one-folded-field": b"Subject: s\r\n" + b" b\r\n" * 200_000 + b"\r\nHi",
    "nested": b"".join(b"Content-Type: multipart/mixed; boundary=B%d\r\n\r\n--B%d\r\n" % (at, at) for at in range(5_000)),
    "parts": b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\nContent-Type: text/html\r\n\r\nHi\r\n" * 10_000,
    "words": b"Subject: " + b"=?utf-8?b?w6k?= =?latin1?q?x?= " * 5_000 + b"\r\n\r\nHi",
    "broken-letters": b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n" + b"\x81\xff" * 50_000,
    "broken-utf-8": b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + b"\xe3\x81 " * 50_000,
    "parameters": b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + (b"--B\r\nContent-Disposition: inline; " + b"a=b; " * 1600 + b"\r\n\r\n") * 100,
}  # fmt: skip


@pytest.mark.parametrize("name", HUGE)
def test_huge_mails_are_quick(name: str) -> None:
    """By each reader: bodies, files, header fields, links, effects and search."""
    raw = HUGE[name]
    before = time.process_time()
    mail = ParsedMail.parse(raw)
    assert [mail.bodies, [(each.name, each.size) for each in mail.files], mail.headers, mail.header("subject")]
    effects.find_links(mail)
    apply(raw, FOOT)
    search.says(raw, "", "nobody has this")
    assert time.process_time() - before < 3
