"""Whatever bytes a mail has: nothing raises, nothing is lost, and no size takes the square of its time."""

import time
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from legacygrid.mail.mime import hypertext
from legacygrid.mail.mime.effects import Effects
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
