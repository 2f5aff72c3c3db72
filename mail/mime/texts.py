"""The texts of a mail: which of its parts a person reads, what they say, and how a changed one is
written.

Only what was changed is written anew.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from legacygrid.mail.mime import decoding, multiparts, parser, transfer
from legacygrid.mail.mime.charsets import ASCII, UTF_8, MailCharset
from legacygrid.mail.mime.decoding import Decoded
from legacygrid.mail.mime.parser import Edit, Part

PLAIN, HTML = "text/plain", "text/html"
#: Mails within mails that are opened where there is nothing else to read.
_MAX_NESTED = 3
_CHARSET = re.compile(
    rb"""(?:;\s*|\s)charset(?:\*[0-9*]*)?\s*=\s*(?:"[^"]*+"|[^\s;"]*)""", re.IGNORECASE
)
#: A change would break the signature, or what is encrypted.
_PGP = "-----BEGIN PGP "


class ReadableText(NamedTuple):
    """A part that a person reads.

    :param kind: `text/plain` or `text/html`, as it is shown.
    :param is_editable: a change can be written into its place.
    """

    part: Part
    kind: str
    decoded: Decoded
    is_editable: bool

    @property
    def text(self) -> str:
        """What it says; broken bytes are lone surrogates."""
        return self.decoded.text


def read_texts(leaves: Iterable[Part], depth: int = _MAX_NESTED) -> list[ReadableText]:
    """The texts among the parts of a mail, in their order. What is attached is none of them.

    Where no part is text or HTML, what else is there is read as far as it can be: text of another
    type, or a mail within the mail.
    """
    leaves = list(leaves)
    texts: list[ReadableText] = []
    for part in leaves:
        kind = _kind(part)
        if kind and not _is_file(part, kind, texts):
            texts.append(_read(part, kind))
    return texts or _read_others(leaves, depth)


def _kind(part: Part) -> str:
    """As what a part is shown; empty if it is no text. The source of a multipart that cannot be
    opened is one.
    """
    if part.type.startswith("multipart/"):
        return PLAIN
    return part.type if part.type in (PLAIN, HTML) else ""


def _is_file(part: Part, kind: str, texts: list[ReadableText]) -> bool:
    """Whether a text is a file: it says so, or it has a name and follows on what is the body.

    The first text is the body even with a name, and so is each kind of one multipart/alternative.
    """
    if part.disposition == "attachment":
        return True
    if not texts or not part.filename:
        return False
    kinds = {each.kind for each in texts if each.part.alternative == part.alternative >= 0}
    return not kinds or kind in kinds


def _read(part: Part, kind: str) -> ReadableText:
    data = decode_transfer(part)
    decoded = decoding.decode(data, part.parameters.get("charset", ""), kind == HTML)
    is_editable = decoded.is_reversible and kind == part.type and not part.is_sealed
    return ReadableText(part, kind, decoded, is_editable)


def _read_others(leaves: list[Part], depth: int) -> list[ReadableText]:
    for part in leaves:
        if part.disposition == "attachment":
            continue
        kind, _, subtype = part.type.partition("/")
        if kind == "text" or subtype == "xhtml+xml":
            return [_read(part, HTML if "html" in subtype else PLAIN)]
        if part.type in ("message/rfc822", "message/global") and depth:
            mail = parser.parse(decode_transfer(part))
            return [
                ReadableText(each.part, each.kind, each.decoded, is_editable=False)
                for each in read_texts(multiparts.find_leaves(mail), depth - 1)
            ]
    return []


def write_text(before: ReadableText, changed: str) -> Iterator[Edit]:
    """The edits that put a changed text in the place of what a part held, and declare its encodings
    in the part's headers; none if the text is signed, encrypted, unchanged or cannot be written.
    """
    part, text = before.part, before.text
    if not before.is_editable or changed == text or _PGP in text:
        return
    encoded = decoding.encode(before.decoded, changed)
    if encoded is None:
        return
    data, charset = encoded
    encoding, body = _encode_transfer(part, data, charset)
    changes = []
    if not _is_declared(before.decoded, data, charset):
        changes.append(_charset_edit(part, charset))
    if encoding != _encoding(part):
        changes.append(_encoding_edit(part, encoding))
    if changes and part.is_mail and not part.field("mime-version"):
        changes.insert(0, (part.start, part.start, b"MIME-Version: 1.0" + part.newline))
    yield from sorted(changes, key=lambda edit: edit[:2])
    # A text without headers gets the blank line with its first ones.
    gap = part.newline if changes and not part.separated else b""
    yield part.body, part.end, gap + body


def decode_transfer(part: Part) -> bytes:
    """What a part holds, its transfer encoding decoded; as it is written, if it is not of that
    encoding.
    """
    return transfer.decode(part.content, _encoding(part))


def _encoding(part: Part) -> str:
    return transfer.encoding_of(part.value("content-transfer-encoding"))


def _is_declared(before: Decoded, data: bytes, charset: MailCharset) -> bool:
    """Whether the headers say in what charset a text is written now."""
    if data.isascii() and charset in (ASCII, UTF_8):
        return True
    return charset == before.charset and not before.is_guessed


def _encode_transfer(part: Part, data: bytes, charset: MailCharset) -> tuple[str, bytes]:
    """The bytes in the part's own transfer encoding, or in one that can bear them."""
    encoding = _encoding(part)
    if encoding == "base64" or charset.is_wide:
        # What ends lines in UTF-16 is no line end of a mail.
        return "base64", transfer.encode_base64(data, part.newline)
    if encoding == "quoted-printable":
        return encoding, transfer.encode_quoted_printable(data, part.newline)
    before = part.content
    is_unbearable = not data.isascii() and (before.isascii() or encoding == "7bit")
    is_longer = transfer.has_long_lines(data) and not transfer.has_long_lines(before)
    if is_unbearable or is_longer or encoding == "uuencode":
        return transfer.choose(data, part.newline)
    return encoding, data


def _charset_edit(part: Part, charset: MailCharset) -> Edit:
    declared = part.field("content-type")
    parameter = b"; charset=" + charset.label.encode() + part.newline
    if declared is None:
        return part.start, part.start, b"Content-Type: text/plain" + parameter
    field = part.raw[declared.start : declared.end].rstrip()
    if not part.declared_type:
        # What is no type would hide the charset from other readers.
        field = b"Content-Type: text/plain"
    return declared.start, declared.end, _CHARSET.sub(b"", field).rstrip(b"; \t") + parameter


def _encoding_edit(part: Part, encoding: str) -> Edit:
    declared = part.field("content-transfer-encoding")
    at = (declared.start, declared.end) if declared else (part.start, part.start)
    return *at, b"Content-Transfer-Encoding: " + encoding.encode() + part.newline
