"""A mail made of what a call gives: RFC 5322 with the parts that mail programs expect.

The fields and the tree are written here, not by `email.message.EmailMessage`: a mail may name
10,000 recipients, which that takes seconds to parse, its boundaries are of chance, and it folds
long words of a header into encoded ones. All is 7-bit, so that every server takes it.
"""

import hashlib
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

from legacygrid.mail.mime import headers
from legacygrid.mail.mime.bodies import base64_lines, transfer
from legacygrid.mail.mime.headers import Address as Address
from legacygrid.mail.mime.headers import Unwritable as Unwritable

#: Headers that say what the mail is or that its own parameters make; a client may not give them
#: another way.
RESERVED = frozenset(
    (
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "mime-version",
        "message-id",
        "received",
        "return-path",
        "sender",
    )
)
MAX_FILENAME = 255

_TYPE = re.compile(
    r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;\s*[\w-]+=(?:[^\s;\"]+|\"[^\"]*\"))*", re.ASCII
)
_CONTENT_ID = re.compile(r"[!-;=?-~]{1,200}")
_SECTION = re.compile(r"(?:%..|[^%]){1,60}")
_LINE = re.compile(r"\r\n|\r|\n")
#: The table that Python ships: what a machine has installed decides nothing.
_GUESSES = mimetypes.MimeTypes()


@dataclass(frozen=True)
class Attachment:
    """A file. With a `content_id` it is shown within the HTML, which names it by `cid:`."""

    filename: str
    content: bytes = field(repr=False)
    content_type: str = ""
    content_id: str = ""


@dataclass(frozen=True)
class Draft:
    """A mail as a call gives it. `bcc` is for the envelope: no header tells of it. No `date` is the
    moment given.
    """

    sender: str
    sender_name: str = ""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: str = ""
    subject: str = ""
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    date: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class _Entity:
    """A part with its own headers, which are its type first."""

    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        return self.head + b"\r\n" + self.body


def compose(draft: Draft, at: float, message_id: str) -> bytes:
    """The mail, with CRLF at the end of each line.

    `at` is the time (seconds since 1970) of a draft without date; `message_id` comes without angle
    brackets.

    :raises Unwritable: a value holds a line end, is no address, or cannot be written otherwise.
    """
    entity = _content(draft, _boundaries(message_id))
    return b"".join(_fields(draft, at, message_id)) + b"MIME-Version: 1.0\r\n" + entity.whole


def recipients(draft: Draft) -> tuple[str, ...]:
    """Whom the envelope names, each once: to, cc and bcc.

    :raises Unwritable: one is no address.
    """
    given = {"to": draft.to, "cc": draft.cc, "bcc": draft.bcc}
    written = [
        headers.written_address(name, each.address)
        for name, several in given.items()
        for each in several
    ]
    return tuple(dict.fromkeys(written))


def _fields(draft: Draft, at: float, message_id: str) -> Iterator[bytes]:
    own = _own(draft.headers)
    yield headers.line("Message-ID", f"<{message_id}>")
    if "date" not in own:
        yield headers.line("Date", _date(draft.date, at))
    yield headers.mailboxes("From", [Address(draft.sender, draft.sender_name)])
    for name, addresses in (("To", draft.to), ("Cc", draft.cc)):
        if addresses:
            yield headers.mailboxes(name, addresses)
    headers.mailboxes("Bcc", draft.bcc)
    if draft.reply_to:
        own.pop("reply-to", None)
        yield headers.mailboxes("Reply-To", [Address(draft.reply_to)])
    yield headers.line("Subject", draft.subject)
    yield from own.values()


def _own(given: Mapping[str, str]) -> dict[str, bytes]:
    """The client's own headers by their names in lower case.

    :raises Unwritable: one is not the client's to give.
    """
    written = {}
    for name, value in given.items():
        if name.lower() in RESERVED or name.lower().startswith("content-"):
            raise Unwritable(name, "this header is made of the other parameters")
        written[name.lower()] = headers.line(name, value)
    return written


def _date(given: datetime | None, at: float) -> str:
    if given is not None and given.utcoffset() is None:
        raise Unwritable("date", "must name its time zone")
    return format_datetime(given or datetime.fromtimestamp(at, UTC))


def _boundaries(message_id: str) -> Iterator[str]:
    """Boundaries that no text has by chance; `=_` is in no base64 and no quoted-printable."""
    number = 0
    while True:
        yield "=_" + hashlib.sha256(f"{number} {message_id}".encode()).hexdigest()[:32]
        number += 1


def _content(draft: Draft, boundaries: Iterator[str]) -> _Entity:
    """mixed(alternative(text, related(html, its images)), files), each level only where it is
    needed.
    """
    inline = [each for each in draft.attachments if each.content_id and draft.html]
    shown = []
    if draft.text or not draft.html:
        shown.append(_text("text", "plain", draft.text))
    if draft.html:
        pictures = [_file(each, inline=True) for each in inline]
        shown.append(
            _multipart("related", [_text("html", "html", draft.html), *pictures], boundaries)
        )
    files = [_file(each) for each in draft.attachments if each not in inline]
    return _multipart("mixed", [_multipart("alternative", shown, boundaries), *files], boundaries)


def _multipart(kind: str, parts: list[_Entity], boundaries: Iterator[str]) -> _Entity:
    if len(parts) == 1:
        return parts[0]
    boundary = next(boundaries)
    delimiter = f"--{boundary}".encode("ascii")
    body = b"".join(piece for part in parts for piece in (delimiter, b"\r\n", part.whole, b"\r\n"))
    # RFC 2387 asks for the type of what is related.
    root = '; type="text/html"' if kind == "related" else ""
    head = f'Content-Type: multipart/{kind}{root};\r\n boundary="{boundary}"\r\n'.encode("ascii")
    return _Entity(head, body + delimiter + b"--\r\n")


def _text(field: str, kind: str, given: str) -> _Entity:
    data = _LINE.sub("\r\n", headers.text(field, given)).encode()
    encoding, body = transfer(data if data.endswith(b"\n") else data + b"\r\n")
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return _Entity(head.encode("ascii"), body)


def _file(given: Attachment, inline: bool = False) -> _Entity:
    name = headers.checked("files", given.filename)
    if len(name) > MAX_FILENAME:
        raise Unwritable("files", f"the name of a file must not exceed {MAX_FILENAME} characters")
    lines = [
        f"Content-Type: {_type(given)}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {'inline' if inline else 'attachment'}{_parameter('filename', name)}",
    ]
    if given.content_id:
        lines.append(f"Content-ID: <{_content_id(given.content_id)}>")
    return _Entity(
        "".join(f"{each}\r\n" for each in lines).encode("ascii"), base64_lines(given.content)
    )


def _type(given: Attachment) -> str:
    """The type of a file, by its name if it has none. A mail or multipart within is plain bytes:
    base64 is not theirs.

    :raises Unwritable: it is no type.
    """
    guess, packed = _GUESSES.guess_type(given.filename)
    kind = given.content_type.strip() or (
        guess if guess and not packed else "application/octet-stream"
    )
    headers.checked("files", kind)
    if not _TYPE.fullmatch(kind) or len(kind) > MAX_FILENAME or not kind.isascii():
        raise Unwritable("files", "the content type of a file must look like image/png")
    return (
        "application/octet-stream" if kind.lower().startswith(("multipart/", "message/")) else kind
    )


def _content_id(given: str) -> str:
    bare = given.strip().removeprefix("<").removesuffix(">")
    if not _CONTENT_ID.fullmatch(bare):
        raise Unwritable("content", "a content id must be ASCII without spaces")
    return bare


def _parameter(name: str, value: str) -> str:
    """A parameter of a field, by RFC 2231 where it is not ASCII: in sections, each on its line."""
    if not value:
        return ""
    if value.isascii():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f';\r\n {name}="{escaped}"'
    sections = _SECTION.findall(quote(value, safe=""))
    if len(sections) == 1:
        return f";\r\n {name}*=utf-8''{sections[0]}"
    sections[0] = "utf-8''" + sections[0]
    return "".join(f";\r\n {name}*{number}*={each}" for number, each in enumerate(sections))
