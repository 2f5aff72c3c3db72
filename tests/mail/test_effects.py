"""What happens to a mail on its way out, byte for byte; and that nothing happens to the rest of it."""

from email import message_from_bytes, policy
from typing import Any

import pytest

from legacygrid.mail import transformation
from legacygrid.mail.envelope import IncomingMail
from legacygrid.mail.mime.composing import Address, Attachment, Draft, compose
from legacygrid.mail.mime.effects import Effects
from legacygrid.mail.wishes import Wishes
from mail_effects import ALL, ASCII_FOOT, CLICK, HTML, OPEN, tracked
from mails import apply, bodies, links

PIXEL = '<img src="http://t/o?a&amp;b" alt="" width="1" height="1" border="0">'
LEAVE = Effects(unsubscribe_url="http://u/?a&b", recipient="a&b@x.org")


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
        ("?&#233;&#xe9;&#99999999999;", "?éé\ufffd"),
        ("/a\r\n\t/b ", "/a/b"),
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


def test_a_mail_of_a_draft() -> None:
    picture = Attachment("p.png", bytes(range(256)), content_id="p")
    page = '<body>Grüße <a href="http://e.com/">x</a><img src="cid:p"></body>'
    given = Draft("a@b.de", to=(Address("c@d"),), text="Hi", html=page, attachments=(picture,))
    raw = apply(compose(given, 0, "x@y"), ALL)
    message: Any = message_from_bytes(raw, policy=policy.default)
    assert not [defect for part in message.walk() for defect in part.defects]
    assert message.get_body(("plain",)).get_content() == "Hi\r\né Leave: http://u/\r\n"
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


def test_a_sender_may_wish_for_header_fields() -> None:
    raw = b"From: a@example.com\r\nReply-To: b@example.com\r\nreply-to: c@example.com\r\nDate: x\r\nMessage-ID: <1@x>\r\n\r\nhi"
    incoming = IncomingMail("a@example.com", ("d@example.com",), raw, "smtp", "smtp")
    (message,) = transformation.transform(incoming, Wishes(headers={"Reply-To": "e@example.com"}), 0)
    assert (
        message.mail.raw == b"Reply-To: e@example.com\r\nFrom: a@example.com\r\nDate: x\r\nMessage-ID: <1@x>\r\n\r\nhi"
    )
