"""What happens to a mail on its way out, byte for byte; and that nothing happens to the rest of it."""

import time
from email import message_from_bytes, policy
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legacygrid.mailing import hypertext
from legacygrid.mailing.composing import Address, Attachment, Draft, compose
from legacygrid.mailing.effects import Effects, add_header, apply, bodies, links, strip_header
from legacygrid.mailing.headers import Unwritable


def tracked(target: str) -> str:
    return f"http://t/{quote(target, safe='')}?a&b"


PIXEL = '<img src="http://t/o?a&amp;b" alt="" width="1" height="1" border="0">'
OPEN = Effects(open_pixel_url="http://t/o?a&b")
CLICK = Effects(click=tracked)
FOOT = Effects(footer_html="<p>é</p>", footer_text="é")
ASCII_FOOT = Effects(footer_html="<p>foot</p>", footer_text="foot")
LEAVE = Effects(unsubscribe_url="http://u/?a&b", recipient="a&b@x.org")
ALL = Effects("http://t/o", tracked, True, "<p>é %%EMAIL%%</p>", "é <% Leave: %>", "http://u/", "a@b")
HTML = b"Content-Type: text/html\r\n\r\n"


def html(body: str, effects: Effects) -> str:
    """The HTML after the effects; its headers are as before."""
    raw = apply(HTML + body.encode("ascii"), effects)
    assert raw.startswith(HTML)
    return raw.removeprefix(HTML).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "{}"),
        ("<p>Hi", "<p>Hi{}"),
        ("<BODY>Hi</Body ></html>\r\n", "<BODY>Hi{}</Body ></html>\r\n"),
        ("<p>Hi</html>", "<p>Hi{}</html>"),
        ("<body>a</body><body>b</body>", "<body>a</body><body>b{}</body>"),
        ("<!-- </body> --><p>Hi</p>", "<!-- </body> --><p>Hi</p>{}"),
        ("<body><script>'</body>'</script>x</body>", "<body><script>'</body>'</script>x{}</body>"),
        ("<body><p title='</body>'>x</body>", "<body><p title='</body>'>x{}</body>"),
        ("<body>x</body><!-- </body>", "<body>x{}</body><!-- </body>"),
        ("<p>cut <a href='x", "<p>cut {}<a href='x"),
        ("<p>cut <!-- x", "<p>cut {}<!-- x"),
        ("<p>cut <style>x", "<p>cut {}<style>x"),
        ("1 < 2 <3 </> <> x", "1 < 2 <3 </> <> x{}"),
    ],
)
def test_the_image_is_the_last_of_the_body(before: str, after: str) -> None:
    assert html(before, OPEN) == after.replace("{}", PIXEL)
    assert html(before, ASCII_FOOT) == after.replace("{}", "<p>foot</p>")


@pytest.mark.parametrize(
    ("before", "target"),
    [
        ('<a href="{}">x</a>', "http://e.com/?a=1&amp;b=2"),
        ("<A\n class=x HREF = '{}' id=y>x</A>", "https://e.com/"),
        ("<area href={}>", "HTTP://e.com/x"),
        ("<a href={} >x", "http://e.com/a/"),
        ('<a title="<a href=\'http://no/\'>" href="{}">', "http://e.com/"),
        ('<a data-href="http://no/" href="{}" href="http://no/">', "http://e.com/"),
        ('<p><b<a href="{}">', "http://e.com/"),
    ],
)
def test_a_link_is_tracked(before: str, target: str) -> None:
    given = before.replace("{}", target)
    if "<b<a" in before:
        assert html(given, CLICK) == given
        return
    written = f'"{tracked(target.replace("&amp;", "&")).replace("&", "&amp;")}"'
    bare = before.replace('"{}"', "{}").replace("'{}'", "{}")
    assert html(given, CLICK) == bare.replace("{}", written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("?a=1&amp;b=2", "?a=1&b=2"),
        ("?a=1&b=2", "?a=1&b=2"),
        ("?a=1&copy=2&reg;", "?a=1&copy=2®"),
        ("?a&copyx&amp", "?a&copyx&"),
        ("?&#233;&#xe9;&#99999999999;", "?éé&#99999999999;"),
        ("?&quot;&nonsense;", '?"&nonsense;'),
    ],
)
def test_a_target_is_read_as_browsers_read_it(written: str, meant: str) -> None:
    assert links(HTML + f'<a href="http://e{written}">'.encode()) == (f"http://e{meant}",)


@pytest.mark.parametrize(
    "given",
    [
        '<a href="mailto:a@b">', '<a href="#x">', '<a href="tel:1">', '<a href="ftp://x">', '<a href="/x">', '<a href="">', "<a href=>", "<a>",
        "<!-- <a href='http://x/'> -->", "<!--[if mso]><a href='http://x/'><![endif]-->", "<![x <a href='http://x/'",
        "<script><a href='http://x/'></script>", "<style><a href='http://x/'></style >", "<textarea><a href='http://x/'></textarea>",
        "<link href='http://x/'>", "<abbr href='http://x/'>", "</a href='http://x/'>", '<a href="http://x/" clicktracking=off>', "<a href='http://x/'",
        '<a href="%%UNSUBSCRIBE%%">', "http://x/", "<?a href='http://x/'?>",
    ],
)  # fmt: skip
def test_all_else_is_no_link(given: str) -> None:
    raw = HTML + given.encode()
    assert apply(raw, CLICK) is raw
    assert links(raw) == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("%%UNSUBSCRIBE%% %%EMAIL%%", "http://u/?a&amp;b a&amp;b@x.org"),
        ('<a href="%%UNSUBSCRIBE%%">no</a>', '<a href="http://u/?a&amp;b">no</a>'),
        ("<% Leave <b>us</b> %>", '<a href="http://u/?a&amp;b">Leave <b>us</b></a>'),
        ("<% %>", '<a href="http://u/?a&amp;b">http://u/?a&amp;b</a>'),
        ("<a href='<% %>'>x</a>", "<a href='http://u/?a&amp;b'>x</a>"),
        ("<% <% a %>", '<% <a href="http://u/?a&amp;b">a</a>'),
        ("<% never ends", "<% never ends"),
    ],
)
def test_links_to_unsubscribe(before: str, after: str) -> None:
    assert html(before, LEAVE) == after


@pytest.mark.parametrize(
    ("effects", "before", "after"),
    [
        (ASCII_FOOT, "Hi\r\n", "Hi\r\nfoot\r\n"),
        (ASCII_FOOT, "Hi\r\nyou", "Hi\r\nyou\r\nfoot\r\n"),
        (ASCII_FOOT, "Hi\nyou", "Hi\nyou\nfoot\n"),
        (LEAVE, "%%EMAIL%%: %%UNSUBSCRIBE%%", "a&b@x.org: http://u/?a&b"),
        (LEAVE, "<% %> <% Leave: %>", "http://u/?a&b Leave: http://u/?a&b"),
        (Effects(click=tracked), "http://e.com/", "http://e.com/"),
        (Effects(click=tracked, click_text=True), "(http://e.com/x).", f"({tracked('http://e.com/x')})."),
        (OPEN, "Hi", "Hi"),
    ],
)
def test_text(effects: Effects, before: str, after: str) -> None:
    assert apply(b"Subject: x\r\n\r\n" + before.encode(), effects) == b"Subject: x\r\n\r\n" + after.encode()


UTF8 = b"; charset=utf-8\n"
CTE = b"Content-Transfer-Encoding: "


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
        (b"MIME-Version: 1.0\nContent-Type: text/plain\n\nHi\n", b"MIME-Version: 1.0\n" + CTE + b"quoted-printable\nContent-Type: text/plain" + UTF8 + b"\nHi\n=C3=A9\n"),
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
        b"Content-Type: text/html; name=x.html\r\n\r\n<p>",
        b"Content-Type: text/html\r\nContent-Disposition: inline; filename*=utf-8''x\r\n\r\n<p>",
        b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nHi",
        b"Content-Type: application/pkcs7-mime\r\n\r\nHi",
        b"Content-Type: text/calendar\r\n\r\nHi",
        b"Content-Type: nonsense\r\n\r\nHi",
        b"Content-Type: text/plain; charset=unheard-of\r\n\r\nHi",
        b"Content-Type: text/plain; charset=punycode\r\n\r\nHi",
        b"Content-Type: text/plain; charset=hex\r\n\r\n00",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nA",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: uuencode\r\n\r\nA",
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


def test_every_level_is_reached() -> None:
    inner = b"Content-Type: multipart/alternative; boundary=BB\r\n\r\n--BB\r\n\r\n%b\r\n--BB\r\nContent-Type: text/html\r\n\r\n%b\r\n--BB--"
    assert apply(many(inner % (b"Hi", b"<p>Hi</p>")), ASCII_FOOT) == many(
        inner % (b"Hi\r\nfoot\r\n", b"<p>Hi</p><p>foot</p>")
    )


def test_a_mail_of_a_draft() -> None:
    picture = Attachment("p.png", bytes(range(256)), content_id="p")
    page = '<body>Grüße <a href="http://e.com/">x</a><img src="cid:p"></body>'
    given = Draft("a@b.de", to=(Address("c@d"),), text="Hi", html=page, attachments=(picture,))
    raw = apply(compose(given, 0, "x@y"), ALL)
    message: Any = message_from_bytes(raw, policy=policy.default)
    assert not [defect for part in message.walk() for defect in part.defects]
    assert message.get_body(("plain",)).get_content() == "Hi\né Leave: http://u/\n"
    link = tracked("http://e.com/").replace("&", "&amp;")
    end = '<p>é a@b</p><img src="http://t/o" alt="" width="1" height="1" border="0">'
    shown = f'<body>Grüße <a href="{link}">x</a><img src="cid:p">{end}</body>'
    assert message.get_body(("html",)).get_content().strip() == shown
    assert [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "image/png"] == [
        picture.content
    ]
    assert (bodies(raw)[0], bodies(raw)[1].strip(), links(raw)) == (
        "Hi\r\né Leave: http://u/\r\n",
        shown,
        (tracked("http://e.com/"), "http://u/"),
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
        with pytest.raises(Unwritable):
            add_header(raw, "X-Id", bad)


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
def test_any_bytes_are_taken(raw: bytes) -> None:
    after = apply(raw, ALL)
    assert isinstance(after, bytes)
    for text in (*bodies(raw), *bodies(after), *links(raw), *links(after)):
        text.encode()
    assert strip_header(add_header(raw, "X-New", "1"), "X-New").endswith(raw)
    message_from_bytes(after, policy=policy.compat32)


@given(
    st.sampled_from([b"", b"Content-Type: text/html\n\n"]),
    st.lists(st.sampled_from(PIECES[17:]), max_size=40).map(b"".join),
)
def test_no_text_is_lost(head: bytes, body: bytes) -> None:
    """A footer alone adds itself and nothing else."""
    raw = head + body
    foot = Effects(footer_html="~~", footer_text="~~")
    before, after = bodies(raw), bodies(apply(raw, foot))
    assert [text.replace("~~", "") for text in after] in (
        [*before],
        [before[0] + "\n", before[1]],
        [before[0] + "\n\n", before[1]],
        [before[0] + "\r\n", before[1]],
        [before[0] + "\r\n\r\n", before[1]],
    )


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
    body = (unit * (5_000_000 // len(unit))).encode()
    before = time.process_time()
    apply(HTML + body, OPEN)
    apply(HTML + body, Effects(click=lambda target: target, unsubscribe_url="u"))
    apply(b"\n" + body, Effects(click=lambda target: target, click_text=True, unsubscribe_url="u"))
    assert time.process_time() - before < 12


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
    body = raw * (5_000_000 // len(raw))
    before = time.process_time()
    for head in (b"", b"Content-Type: multipart/mixed; boundary=B\n\n", b"Content-Type: "):
        apply(head + body, FOOT)
    assert time.process_time() - before < 20
