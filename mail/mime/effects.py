"""What providers do to a mail on its way out: an invisible image, tracked links, a footer, links to
unsubscribe.

Changed parts are spliced into the bytes as they came: headers, other parts and boundaries stay,
byte for byte. A mail without effects stays the same bytes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape

from legacygrid.mail.mime import campaigns, hypertext
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.mail.mime.parser import Part

#: Stands for a link in the text: SendGrid's subscriptiontrack, `<% a linked text %>` or `<% %>`.
_SUBSCRIPTION = re.compile(r"<%((?:(?!<%|%>).)*+)%>", re.DOTALL)
#: Where the HTML of a mail stands in a template.
_BODY = re.compile(r"<%\s*+body\s*+%>", re.IGNORECASE)
_HREF_BEFORE = re.compile(r"""href\s*=\s*["']?\s*\Z""", re.IGNORECASE)
_URL = re.compile(
    r"""(?<!\w)https?://[^\s<>"\0-\x1f\ud800-\udfff]+(?<!['.,;:!?)\]}])""", re.IGNORECASE
)
#: SMTP2GO's.
UNSUBSCRIBE = "%%UNSUBSCRIBE%%"
EMAIL = "%%EMAIL%%"


@dataclass(frozen=True)
class Effects:
    """What is done to a mail for one recipient; what is not given is not done.

    :param open_pixel_url: the address of an invisible image at the end of the HTML, or in the place
        of `open_tag`, if that is in it.
    :param click: maps the target of a link to the address that tracks it.
    :param click_text: addresses in the text are tracked too (SendGrid's `enable_text`).
    :param footer_html: what is added to the HTML, and `footer_text` to the text.
    :param unsubscribe_url: fills `%%UNSUBSCRIBE%%` and `<% %>`, and `recipient` fills `%%EMAIL%%`,
        in the mail and in the footer.
    :param unsubscribe_tag: is filled by that address, too.
    :param template: HTML around that of the mail, which stands in the place of `<% body %>`.
    :param campaign: parameters that all links get, but for those that they have already.
    """

    open_pixel_url: str | None = None
    click: Callable[[str], str] | None = None
    click_text: bool = False
    footer_html: str = ""
    footer_text: str = ""
    unsubscribe_url: str | None = None
    recipient: str | None = None
    unsubscribe_tag: str = ""
    template: str = ""
    campaign: Mapping[str, str] = field(default_factory=dict)
    open_tag: str = ""

    def lead(self, target: str, tracked: bool) -> str:
        """Where a link leads instead.

        :param tracked: whether clicks on it are tracked, if any are.
        """
        target = campaigns.tag(target, self.campaign)
        return self.click(target) if tracked and self.click else target


_NONE = Effects()


def apply(mail: ParsedMail, effects: Effects) -> ParsedMail:
    """The mail as it leaves. Files, signed and encrypted parts and what cannot be read stay as they
    are.
    """
    if effects == _NONE:
        return mail
    return mail.with_texts(lambda part, text: _change(part, text, effects))


def find_links(mail: ParsedMail) -> tuple[str, ...]:
    """The addresses on the web that the mail links to, each once: those of its HTML, then those of
    its text.
    """
    return find_links_in(*mail.bodies)


def find_links_in(plain: str, html: str) -> tuple[str, ...]:
    """The same, of a text and of HTML."""
    targets = [target for target, _ in hypertext.links(html)]
    return tuple(dict.fromkeys([*targets, *_URL.findall(plain)]))


def _change(part: Part, text: str, effects: Effects) -> str:
    if part.type == "text/html":
        return _change_html(text, effects)
    is_bare = "\n" in text and "\r\n" not in text
    return _change_text(text, effects, "\n" if is_bare else part.newline.decode())


def _change_html(html: str, effects: Effects) -> str:
    if effects.template and _BODY.search(effects.template):
        body = html
        html = _BODY.sub(lambda match: body, effects.template)
    end = effects.footer_html
    if effects.open_pixel_url:
        url = escape(effects.open_pixel_url)
        pixel = f'<img src="{url}" alt="" width="1" height="1" border="0">'
        if effects.open_tag and effects.open_tag in html:
            html = html.replace(effects.open_tag, pixel)
        else:
            end += pixel
    if end:
        html = hypertext.insert_before_body_end(html, end)
    if effects.recipient is not None:
        html = html.replace(EMAIL, escape(effects.recipient))
    if effects.click or effects.campaign:
        html = hypertext.replace_links(html, partial(effects.lead, tracked=True))
    if effects.unsubscribe_url is None:
        return html
    url = escape(effects.unsubscribe_url)
    for tag in _tags(effects):
        html = html.replace(tag, url)
    return _link_subscriptions(html, url)


def _tags(effects: Effects) -> Iterator[str]:
    """What the address to unsubscribe at stands in the place of."""
    yield UNSUBSCRIBE
    if effects.unsubscribe_tag:
        yield effects.unsubscribe_tag


def _link_subscriptions(html: str, url: str) -> str:
    """The HTML with a link for each `<% %>`; within an href it is the address alone."""

    def link(match: re.Match[str]) -> str:
        if _HREF_BEFORE.search(html, max(0, match.start() - 20), match.start()):
            return url
        return f'<a href="{url}">{match[1].strip() or url}</a>'

    return _SUBSCRIPTION.sub(link, html)


def _change_text(text: str, effects: Effects, newline: str) -> str:
    if effects.footer_text:
        if text and not text.endswith("\n"):
            text += newline
        text += effects.footer_text + newline
    if effects.recipient is not None:
        text = text.replace(EMAIL, effects.recipient)
    if effects.campaign or (effects.click and effects.click_text):
        text = _URL.sub(lambda match: effects.lead(match[0], effects.click_text), text)
    if effects.unsubscribe_url is None:
        return text
    url = effects.unsubscribe_url
    text = _SUBSCRIPTION.sub(lambda match: f"{match[1].strip()} {url}".strip(), text)
    for tag in _tags(effects):
        text = text.replace(tag, url)
    return text
