"""HTML of a mail, changed at single places: where its links lie, and where its body ends.

The standard library's HTMLParser takes the square of the time for broken HTML (60 KB of `<a ` keep
it for a minute), raises on `<![x`, and knows where a tag starts but not an attribute. This is the
tokenizer of the HTML standard as far as it takes to tell tags from text, comments and scripts; it
reads each character once.
"""

import re
from collections.abc import Callable, Collection, Iterator
from html import escape, unescape
from html.entities import html5
from typing import NamedTuple

#: A tag ends at the first > that is not within a quoted value; without one the rest is no text.
_TAG = re.compile(
    r"<(?:(/?+)([a-zA-Z][^\s/>]*+)"
    r"""((?:[\s/]++|[^\s/>=][^\s/>=]*+"""
    r"""(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|(?!["'])[^\s>]*+))?+|=)*+)(>?+)|[/!?])"""
)
_ATTRIBUTE = re.compile(
    r"""([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|(?!["'])[^\s>]++))?+|[\s/=]++""",
)
#: Browsers do not see these in an address.
_BREAKS = re.compile(r"[\t\r\n]")
#: An address with broken bytes is left as it is: nobody could write it down.
_WEB = re.compile(r"https?://[^\0-\x1f\ud800-\udfff]*", re.IGNORECASE)
_REFERENCE = re.compile(
    r"&(?:#[0-9]{1,4000}+;?|#[xX][0-9a-fA-F]++;?|[a-zA-Z][a-zA-Z0-9]{0,40}+;?)=?"
)
#: Between these tags there is no markup.
_RAW = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}


class Attribute(NamedTuple):
    """An attribute of a tag: its name in lower case, its value as written, with its quotes, and
    where that lies.
    """

    name: str
    written: str
    start: int
    end: int

    @property
    def value(self) -> str:
        """Its text, with character references decoded as the standard has it for attributes."""
        text = self.written[1:-1] if self.written[:1] in ("'", '"') else self.written
        return _REFERENCE.sub(_decode_reference, text)


class Tag(NamedTuple):
    """A start tag or an end tag: its name in lower case, where it lies, and where its attributes
    begin.
    """

    html: str
    name: str
    closing: bool
    start: int
    attributes_at: int
    end: int

    def attributes(self) -> Iterator[Attribute]:
        """Its attributes that have a value, in their order."""
        for match in _ATTRIBUTE.finditer(self.html, self.attributes_at, self.end - 1):
            if match[2] is not None:
                yield Attribute(match[1].lower(), match[2], match.start(2), match.end(2))


class Cut(NamedTuple):
    """Where the HTML stops being text: at its end, or at the start of a tag, comment or script that
    never ends.
    """

    start: int


def tokens(html: str, names: Collection[str]) -> Iterator[Tag | Cut]:
    """The tags of these names in their order, and where the text of the HTML ends."""
    at = 0
    while match := _TAG.search(html, at):
        closing, name, _, end = match.groups()
        name = name and name.lower()
        if end is None:
            at = _end_of_comment(html, match.start())
        elif end:
            at = match.end()
        else:
            at = -1
        if name in _RAW_END and end and not closing:
            at = _start_of_end_tag(html, name, at)
        if at < 0:
            yield Cut(match.start())
            return
        if name in names:
            yield Tag(html, name, bool(closing), match.start(), match.start(3), match.end())
    yield Cut(len(html))


def insert_before_body_end(html: str, addition: str) -> str:
    """The HTML with an addition at the end of its body, where a mail program shows it."""
    ends: dict[str, int] = {}
    cut = 0
    for token in tokens(html, ("body", "html")):
        cut = token.start
        if isinstance(token, Tag) and token.closing:
            ends[token.name] = token.start
    at = ends.get("body", ends.get("html", cut))
    return html[:at] + addition + html[at:]


def links(html: str) -> Iterator[tuple[str, Attribute]]:
    """The targets of its links to the web, with where each is written. One with `clicktracking=off`
    is not among them.

    That attribute was SendGrid's way to leave a single link alone.
    """
    for token in tokens(html, ("a", "area")):
        if isinstance(token, Tag) and not token.closing:
            target, attribute = _target(token)
            if attribute and _WEB.fullmatch(target):
                yield target, attribute


def _target(tag: Tag) -> tuple[str, Attribute | None]:
    """The target of a link, and where it is written; none if it shall not be tracked."""
    first: dict[str, Attribute] = {}
    for attribute in tag.attributes():
        first.setdefault(attribute.name, attribute)
    href, tracking = first.get("href"), first.get("clicktracking")
    if href is None or (tracking and tracking.value.lower() == "off"):
        return "", None
    return _BREAKS.sub("", href.value.strip()), href


def replace_links(html: str, click: Callable[[str], str]) -> str:
    """The HTML with its links' targets changed, and nothing else."""
    pieces, at = [], 0
    for target, place in links(html):
        pieces += [html[at : place.start], f'"{escape(click(target))}"']
        at = place.end
    return "".join([*pieces, html[at:]])


def _start_of_end_tag(html: str, name: str, start: int) -> int:
    """Where the end tag of a script begins; negative if nowhere."""
    end = _RAW_END[name].search(html, start)
    return end.start() if end else -1


def _end_of_comment(html: str, start: int) -> int:
    """Where a comment ends, or what browsers take for one; negative if nowhere."""
    if html.startswith(("<!-->", "<!--->"), start):
        return html.index(">", start) + 1
    end = "-->" if html.startswith("<!--", start) else ">"
    found = html.find(end, start + 2)
    return found + len(end) if found >= 0 else -1


def _decode_reference(match: re.Match[str]) -> str:
    """A character reference; names without ; count only where no = and no further letter follows:
    `?a=1&copy=2`.
    """
    text = match[0]
    if text.startswith("&#"):
        return unescape(text)
    return unescape(text) if text[1:] in html5 else text
