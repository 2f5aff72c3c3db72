"""Composes a mail of the parameters of a call: RFC 5322, with the parts that mail programs expect.

The fields and the tree are written here, not by `email.message.EmailMessage`: a mail may name
10,000 recipients, which that takes seconds to parse, its boundaries are random, and it folds long
words of a header into encoded ones. All is 7-bit, so that every server takes it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple

from legacygrid.mail.mime import headers, sentences, transfer
from legacygrid.mail.mime.attachments import INLINE, write_head
from legacygrid.mail.mime.attachments import Attachment as Attachment
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
#: Headers that no client may replace: the mail would be another, or none that can be read.
BUILT = frozenset(
    [
        "from",
        "subject",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
    ]
)


#: HTML of a kind that some programs show instead of the HTML.
AMP = "text/x-amp-html"
_LINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Draft:
    """A mail as the parameters of a call describe it.

    :param bcc: for the envelope alone: no header names them.
    :param alternatives: further forms of the same, after the HTML, but for that of AMP, which is
        before it: the type and the text of each.
    :param date: with its time zone; by default the moment at which the mail is composed.
    :param headers: further ones, of names that the mail does not have by itself.
    :param overrides: further ones of any name, which stand in the place of the mail's own but for
        what the other parameters say, and for how the mail is built.
    """

    sender: str
    sender_name: str = ""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    alternatives: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    date: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


class _Entity(NamedTuple):
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
    own = {**_own(draft.headers), **_overriding(draft)}
    if "message-id" not in own:
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
        yield headers.write_addresses("Reply-To", draft.reply_to)
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


def _overriding(draft: Draft) -> dict[str, bytes]:
    """The headers that override the mail's own, by their names in lower case."""
    said = {"to": draft.to, "cc": draft.cc, "reply-to": draft.reply_to, "date": draft.date}
    left_out = BUILT.union(name for name, value in said.items() if value)
    given = {name.lower(): (name, value) for name, value in draft.overrides.items()}
    # An empty Message-ID is none, and every mail has one.
    left_out |= {"message-id"} & {key for key, (_, value) in given.items() if not value.strip()}
    return {
        key: headers.write_field(name, value)
        for key, (name, value) in given.items()
        if key not in left_out
    }


def _date(date: datetime | None, at: float) -> str:
    if date is not None and date.utcoffset() is None:
        raise UnwritableValue("date", sentences.NO_ZONE)
    return format_datetime(date) if date else headers.write_date(at)


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
    inline = [each for each in draft.attachments if each.belongs_to_html and draft.html]
    alternatives = []
    if draft.text or not (draft.html or draft.alternatives):
        alternatives.append(_text("text", "text/plain", draft.text))
    if draft.html:
        pictures = [_file(each, is_inline=True) for each in inline]
        html = _text("html", "text/html", draft.html)
        alternatives.append(_multipart("related", [html, *pictures], boundaries))
    further = [(kind, _text("alternatives", kind, text)) for kind, text in draft.alternatives]
    # Programs show the last form that they know: those that know no AMP would show nothing.
    place = len(alternatives) - bool(draft.html)
    alternatives[place:place] = [entity for kind, entity in further if kind == AMP]
    alternatives += [entity for kind, entity in further if kind != AMP]
    others = [each for each in draft.attachments if each not in inline]
    files = [_file(each, is_inline=each.disposition == INLINE) for each in others]
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
    head = f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return _Entity(head.encode("ascii"), body)


def _file(attachment: Attachment, is_inline: bool) -> _Entity:
    return _Entity(write_head(attachment, is_inline), transfer.encode_base64(attachment.content))
