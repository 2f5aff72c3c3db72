"""What providers did to a mail on its way out: an invisible image, tracked links, a footer, links
to unsubscribe.

Changed parts are spliced into the bytes as they came: headers, other parts and boundaries stay,
byte for byte. A mail that nothing happens to is the same bytes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from legacygrid.mail.mime import bodies as texts
from legacygrid.mail.mime import headers, hypertext, parser

#: What stands for a link in the text: SendGrid's subscriptiontrack, `<% a linked text %>` or `<%
#: %>`.
_SUBSCRIPTION = re.compile(r"<%((?:(?!<%|%>).)*+)%>", re.DOTALL)
_HREF_BEFORE = re.compile(r"""href\s*=\s*["']?\s*\Z""", re.IGNORECASE)
_URL = re.compile(
    r"""(?<!\w)https?://[^\s<>"\0-\x1f\ud800-\udfff]+(?<!['.,;:!?)\]}])""", re.IGNORECASE
)
#: SMTP2GO's.
UNSUBSCRIBE = "%%UNSUBSCRIBE%%"
EMAIL = "%%EMAIL%%"


@dataclass(frozen=True)
class Effects:
    """What happens to a mail for one recipient; what is not given does not happen.

    `click` maps the target of a link to the address that tracks it. `click_text` has it done to
    addresses in text too (SendGrid's `enable_text`). `unsubscribe_url` fills `%%UNSUBSCRIBE%%` and
    `<% %>`, `recipient` fills `%%EMAIL%%`, in the mail and in the footer.
    """

    open_pixel_url: str | None = None
    click: Callable[[str], str] | None = None
    click_text: bool = False
    footer_html: str = ""
    footer_text: str = ""
    unsubscribe_url: str | None = None
    recipient: str | None = None


def apply(raw: bytes, effects: Effects) -> bytes:
    """The mail as it leaves. Files, signed and encrypted parts and what cannot be read stay as they
    are.
    """
    if effects == Effects():
        return raw
    return texts.edited(raw, lambda part, text: _changed(part, text, effects))


def bodies(raw: bytes) -> tuple[str, str]:
    """The mail's text and its HTML, to be shown; empty where it has none."""
    return texts.bodies(raw)


def links(raw: bytes) -> tuple[str, ...]:
    """The addresses on the web that the mail links to, each once: those of its HTML, then those of
    its text.
    """
    return links_within(*bodies(raw))


def links_within(plain: str, html: str) -> tuple[str, ...]:
    """The same of a text and of HTML, as `bodies` tells them."""
    found = [target for target, _ in hypertext.links(html)]
    return tuple(dict.fromkeys([*found, *_URL.findall(plain)]))


def strip_header(raw: bytes, *names: str) -> bytes:
    """The mail without its header fields of those names: X-SMTPAPI and Bcc must not leave."""
    return parser.spliced(
        raw, [(each.start, each.end, b"") for each in parser.whole(raw).named(*names)]
    )


def add_header(raw: bytes, name: str, value: str) -> bytes:
    """The mail with a further header field, above all others as each hop adds its own.

    :raises headers.Unwritable: the name is none, or the value holds a line end.
    """
    mail = parser.whole(raw)
    gap = b"" if mail.header > mail.start or mail.separated else mail.newline
    return headers.line(name, value).replace(b"\r\n", mail.newline) + gap + raw


def _changed(part: parser.Part, text: str, effects: Effects) -> str:
    if part.type == "text/html":
        return _html(text, effects)
    return _text(
        text, effects, "\n" if "\n" in text and "\r\n" not in text else part.newline.decode()
    )


def _html(html: str, effects: Effects) -> str:
    end = effects.footer_html
    if effects.open_pixel_url:
        end += (
            f'<img src="{escape(effects.open_pixel_url)}" alt="" width="1" height="1" border="0">'
        )
    if end:
        html = hypertext.before_body_end(html, end)
    if effects.recipient is not None:
        html = html.replace(EMAIL, escape(effects.recipient))
    if effects.click:
        html = hypertext.relinked(html, effects.click)
    if effects.unsubscribe_url is None:
        return html
    return _linked(
        html.replace(UNSUBSCRIBE, escape(effects.unsubscribe_url)), escape(effects.unsubscribe_url)
    )


def _linked(html: str, url: str) -> str:
    """The HTML with a link for each `<% %>`; within an href it is the address alone."""

    def link(match: re.Match[str]) -> str:
        if _HREF_BEFORE.search(html, max(0, match.start() - 20), match.start()):
            return url
        return f'<a href="{url}">{match[1].strip() or url}</a>'

    return _SUBSCRIPTION.sub(link, html)


def _text(text: str, effects: Effects, newline: str) -> str:
    if effects.footer_text:
        text += ("" if text.endswith("\n") or not text else newline) + effects.footer_text + newline
    if effects.recipient is not None:
        text = text.replace(EMAIL, effects.recipient)
    if effects.click and effects.click_text:
        click = effects.click
        text = _URL.sub(lambda match: click(match[0]), text)
    if effects.unsubscribe_url is None:
        return text
    url = effects.unsubscribe_url
    said = _SUBSCRIPTION.sub(lambda match: f"{match[1].strip()} {url}".strip(), text)
    return said.replace(UNSUBSCRIBE, url)
