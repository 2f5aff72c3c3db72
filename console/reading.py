"""What a page shows of a message: its contents, up to sizes that anybody reads."""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from legacygrid.mail.mime import effects, headers, parser
from legacygrid.mail.mime.files import MailFile
from legacygrid.mail.mime.parsed_mail import ParsedMail

#: Characters of the text, and of the HTML, that are shown and that links are looked for in.
MAX_TEXT = 256 * 1024
MAX_HTML = 1024 * 1024
#: Links and files that are listed.
MAX_LINKS, MAX_FILES = 200, 200
#: Bytes of pictures in the HTML; each may be there more than once.
MAX_PICTURES = 8 * 1024 * 1024
#: Characters of a header that are shown.
MAX_HEADER = 2000
HEADERS = ("From", "To", "Cc", "Reply-To", "Date", "Message-ID")
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")
_CID = re.compile(r"\bcid:([^\s\"'<>()]{1,300})", re.IGNORECASE)
#: No policy keeps a browser from connecting, without a word, to where these point: a tag of another
#: name does.
_CONNECTING = re.compile(
    r"<(?=(?:link|iframe|frame|fencedframe|object|embed|portal)[\s/>])", re.IGNORECASE
)
#: The same goes for a link that somebody follows. What is put behind its attribute's name makes
#: that another one, and nobody sees it where it is a word of the text; selectors of styles get it,
#: too.
_HREF = re.compile(r"\bhref\b", re.IGNORECASE)
_JOINER = "\u2060"
#: Links look like links, unless the mail has it otherwise.
_LOOK = f"<style>:where(a[href{_JOINER}]) {{ color: LinkText; text-decoration: underline }}</style>"


@dataclass(frozen=True)
class MessageContent:
    """The contents of a message, as a page shows them.

    :param headers: those that a reader shows, with their names; `all_headers` has every field.
    :param links: to the web, each once.
    :param source: its beginning, as it would leave.
    """

    headers: tuple[tuple[str, str], ...]
    all_headers: tuple[tuple[str, str], ...]
    source: str
    is_source_cut: bool
    text: str
    is_text_cut: bool
    has_html: bool
    is_html_cut: bool
    links: tuple[str, ...]
    files: tuple[MailFile, ...]
    more_files: int


def read_message(raw: bytes) -> MessageContent:
    """The contents of a message, whatever its bytes are."""
    mail = ParsedMail.parse(raw)
    text, html = mail.bodies
    links = effects.find_links_in(text[:MAX_TEXT], html[:MAX_TEXT])
    attached = mail.files
    return MessageContent(
        headers=tuple(_headers(mail)),
        all_headers=tuple((name, text[:MAX_HEADER]) for name, text in mail.headers),
        source=headers.replace_forbidden(raw[:MAX_TEXT].decode("utf-8", "replace")),
        is_source_cut=len(raw) > MAX_TEXT,
        text=headers.replace_forbidden(text[:MAX_TEXT]),
        is_text_cut=len(text) > MAX_TEXT,
        has_html=bool(html.strip()),
        is_html_cut=len(html) > MAX_HTML,
        links=tuple(link[:MAX_HEADER] for link in links[:MAX_LINKS]),
        files=tuple(attached[:MAX_FILES]),
        more_files=max(0, len(attached) - MAX_FILES),
    )


def _headers(mail: ParsedMail) -> Iterable[tuple[str, str]]:
    for name in HEADERS:
        if field := mail.root.field(name):
            text = headers.decode_words(parser.unfold(field.value[: 2 * MAX_HEADER]))
            yield name, headers.replace_forbidden(text)[:MAX_HEADER]


def frame_html(raw: bytes) -> str:
    """The HTML of a message for a frame of its own, with the pictures that it names (`cid:`).

    Its links look like links and lead nowhere. The frame's policy allows it no network.
    """
    mail = ParsedMail.parse(raw)
    _, html = mail.bodies
    quiet = _HREF.sub(rf"\g<0>{_JOINER}", _CONNECTING.sub("<no-", html[:MAX_HTML]))
    return _embed_pictures(quiet, mail) + _LOOK


def _embed_pictures(html: str, mail: ParsedMail) -> str:
    if not _CID.search(html):
        return html
    pictures = {each.content_id: each for each in mail.files if each.type in _PICTURES}
    urls: dict[str, str] = {}
    left = MAX_PICTURES

    def replace(match: re.Match[str]) -> str:
        nonlocal left
        name = unquote(match[1])
        if name not in pictures or left <= 0:
            return match[0]
        if name not in urls:
            file = pictures[name]
            urls[name] = f"data:{file.type};base64,{b64encode(file.content).decode('ascii')}"
        left -= len(urls[name])
        return urls[name]

    return _CID.sub(replace, html)
