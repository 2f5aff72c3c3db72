"""Composes a mail of the parameters of a call: RFC 5322, with the parts that mail programs expect.

The fields and the tree are written here, not by `email.message.EmailMessage`: a mail may name
10,000 recipients, which that takes seconds to parse, its boundaries are random, and it folds long
words of a header into encoded ones. All is 7-bit, so that every server takes it.
"""

import hashlib
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

from legacygrid.mail.mime import headers, sentences, transfer
from legacygrid.mail.mime.headers import Address as Address
from legacygrid.mail.mime.headers import UnwritableValue as UnwritableValue

#: Headers that are made of other parameters; a client may not give them itself.
RESERVED = frozenset(
    [
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
    ]
)
MAX_FILENAME = 255
_BYTES = "application/octet-stream"

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
    """A file. With a `content_id` it belongs to the HTML, which refers to it by `cid:`."""

    filename: str
    content: bytes = field(repr=False)
    content_type: str = ""
    content_id: str = ""


@dataclass(frozen=True)
class Draft:
    """A mail as the parameters of a call describe it.

    :param bcc: for the envelope alone: no header names them.
    :param date: with its time zone; by default the moment at which the mail is composed.
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

    :param at: the date of a draft without one, in seconds since 1970.
    :param message_id: without angle brackets.
    :raises UnwritableValue: a value holds a line end, is no address, or cannot be encoded.
    """
    entity = _content(draft, _boundaries(message_id))
    return b"".join(_fields(draft, at, message_id)) + b"MIME-Version: 1.0\r\n" + entity.whole


def recipients(draft: Draft) -> tuple[str, ...]:
    """The recipients of the envelope, each once: to, cc and bcc.

    :raises UnwritableValue: one is no address.
    """
    written = []
    for name, mailboxes in (("to", draft.to), ("cc", draft.cc), ("bcc", draft.bcc)):
        written += [headers.write_address(name, each.address) for each in mailboxes]
    return tuple(dict.fromkeys(written))


def _fields(draft: Draft, at: float, message_id: str) -> Iterator[bytes]:
    own = _own(draft.headers)
    yield headers.write_field("Message-ID", f"<{message_id}>")
    if "date" not in own:
        yield headers.write_field("Date", _date(draft.date, at))
    yield headers.write_addresses("From", [Address(draft.sender, draft.sender_name)])
    for name, addresses in (("To", draft.to), ("Cc", draft.cc)):
        if addresses:
            yield headers.write_addresses(name, addresses)
    headers.write_addresses("Bcc", draft.bcc)
    if draft.reply_to:
        own.pop("reply-to", None)
        yield headers.write_addresses("Reply-To", [Address(draft.reply_to)])
    yield headers.write_field("Subject", draft.subject)
    yield from own.values()


def _own(given: Mapping[str, str]) -> dict[str, bytes]:
    """The client's own headers by their names in lower case.

    :raises UnwritableValue: one is not the client's to give.
    """
    written = {}
    for name, value in given.items():
        if name.lower() in RESERVED or name.lower().startswith("content-"):
            raise UnwritableValue(name, sentences.RESERVED_HEADER)
        written[name.lower()] = headers.write_field(name, value)
    return written


def _date(date: datetime | None, at: float) -> str:
    if date is not None and date.utcoffset() is None:
        raise UnwritableValue("date", sentences.NO_ZONE)
    return format_datetime(date or datetime.fromtimestamp(at, UTC))


def _boundaries(message_id: str) -> Iterator[str]:
    """Boundaries that no text holds by chance; `=_` is in no base64 and no quoted-printable."""
    number = 0
    while True:
        yield "=_" + hashlib.sha256(f"{number} {message_id}".encode()).hexdigest()[:32]
        number += 1


def _content(draft: Draft, boundaries: Iterator[str]) -> _Entity:
    """mixed(alternative(text, related(html, its images)), files), each level only where it is
    needed.
    """
    inline = [each for each in draft.attachments if each.content_id and draft.html]
    alternatives = []
    if draft.text or not draft.html:
        alternatives.append(_text("text", "plain", draft.text))
    if draft.html:
        pictures = [_file(each, is_inline=True) for each in inline]
        html = _text("html", "html", draft.html)
        alternatives.append(_multipart("related", [html, *pictures], boundaries))
    files = [_file(each) for each in draft.attachments if each not in inline]
    text = _multipart("alternative", alternatives, boundaries)
    return _multipart("mixed", [text, *files], boundaries)


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


def _text(field: str, kind: str, text: str) -> _Entity:
    data = _LINE.sub("\r\n", headers.check_text(field, text)).encode()
    encoding, body = transfer.choose(data if data.endswith(b"\n") else data + b"\r\n")
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return _Entity(head.encode("ascii"), body)


def _file(attachment: Attachment, is_inline: bool = False) -> _Entity:
    name = headers.check_line("files", attachment.filename)
    if len(name) > MAX_FILENAME:
        why = sentences.LONG_FILENAME.fill(most=MAX_FILENAME)
        raise UnwritableValue("files", why)
    disposition = "inline" if is_inline else "attachment"
    lines = [
        f"Content-Type: {_type(attachment)}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {disposition}{_parameter('filename', name)}",
    ]
    if attachment.content_id:
        lines.append(f"Content-ID: <{_content_id(attachment.content_id)}>")
    head = "".join(f"{each}\r\n" for each in lines).encode("ascii")
    return _Entity(head, transfer.encode_base64(attachment.content))


def _type(attachment: Attachment) -> str:
    """The type of a file, by its name if none is attachment. A mail or a multipart is sent as plain
    bytes: base64 is not allowed for their own types.

    :raises UnwritableValue: it is no type.
    """
    kind = headers.check_line(
        "files", attachment.content_type.strip() or _guess_type(attachment.filename)
    )
    if not _TYPE.fullmatch(kind) or len(kind) > MAX_FILENAME or not kind.isascii():
        raise UnwritableValue("files", sentences.NO_TYPE)
    return _BYTES if kind.lower().startswith(("multipart/", "message/")) else kind


def _guess_type(filename: str) -> str:
    kind, packed = _GUESSES.guess_type(filename)
    return kind if kind and not packed else _BYTES


def _content_id(content_id: str) -> str:
    bare = content_id.strip().removeprefix("<").removesuffix(">")
    if not _CONTENT_ID.fullmatch(bare):
        raise UnwritableValue("content", sentences.NO_CONTENT_ID)
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
