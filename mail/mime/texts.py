"""The text of a part: decoded from its transfer encoding and charset, and encoded again after a
change.

Only what was changed is written anew.
"""

import binascii
import codecs
import re
from base64 import b64decode
from collections.abc import Iterator
from typing import NamedTuple

from legacygrid.mail.mime import parser
from legacygrid.mail.mime.headers import LONGEST, NO_CHARSETS
from legacygrid.mail.mime.parser import Edit, Part

#: Types of parts that hold text to read.
READABLE = ("text/plain", "text/html")
_BARE_CR = re.compile(rb"\r(?!\n)")
_NEWLINE = re.compile(rb"\r?\n")
_CHARSET = re.compile(rb""";\s*charset\s*=\s*(?:"[^"]*+"|[^\s;"]*)""", re.IGNORECASE)
#: A change would break the signature, or what is encrypted.
_PGP = "-----BEGIN PGP "


class ReadableText(NamedTuple):
    """A part that is text/plain or text/html and no file, its text, and the charset of that."""

    part: Part
    text: str
    charset: str


def read_text(part: Part) -> ReadableText | None:
    """The text of a part; none if it is a file, or cannot be read."""
    if part.type not in READABLE or part.attached:
        return None
    data = decode_transfer(part)
    if data is None:
        return None
    charset = _charset(part, data)
    for errors in ("strict", "surrogateescape"):
        try:
            text = data.decode(charset, errors)
            # Broken bytes must come back as they were, or the part is left alone.
            if errors == "strict" or text.encode(charset, errors) == data:
                return ReadableText(part, text, charset)
        except (UnicodeError, LookupError):
            continue
    return None


def write_text(before: ReadableText, changed: str) -> Iterator[Edit]:
    """The edits that put a changed text in the place of what a part held, and declare its encodings
    in the part's headers; none if the text is signed, encrypted, unchanged or cannot be written.
    """
    part, text, charset = before
    if changed == text or _PGP in text:
        return
    encoded = _encode(changed, charset)
    if encoded is None:
        return
    data, written_charset = encoded
    encoding, body = _encode_transfer(part, data)
    changes = []
    is_declared = data.isascii() and written_charset == "utf-8"
    if written_charset != _charset(part, b"") and not is_declared:
        changes.append(_charset_edit(part, written_charset))
    if encoding != _encoding(part):
        changes.append(_encoding_edit(part, encoding))
    if changes and not part.start and not part.field("mime-version"):
        changes.insert(0, (0, 0, b"MIME-Version: 1.0" + part.newline))
    yield from sorted(changes, key=lambda edit: edit[:2])
    # A text without headers gets the blank line with its first ones.
    gap = part.newline if changes and not part.separated else b""
    yield part.body, part.end, gap + body


def choose_transfer(data: bytes, newline: bytes = b"\r\n") -> tuple[str, bytes]:
    """The transfer encoding that suits the bytes, and the bytes in it: 7bit, quoted-printable or
    base64.
    """
    if data.isascii() and b"\0" not in data and not _long_lines(data) and not _BARE_CR.search(data):
        return "7bit", data
    # Quoted-printable costs three for one; where a third is not ASCII, base64 is the shorter.
    if len(data.translate(None, bytes(range(32, 127)) + b"\r\n\t")) * 3 > len(data):
        return "base64", encode_base64(data, newline)
    return "quoted-printable", encode_quoted_printable(data, newline)


def encode_base64(data: bytes, newline: bytes = b"\r\n") -> bytes:
    """The bytes as base64, 76 characters a line."""
    return b"".join(
        binascii.b2a_base64(data[at : at + 57], newline=False) + newline
        for at in range(0, len(data), 57)
    )


def encode_quoted_printable(data: bytes, newline: bytes = b"\r\n") -> bytes:
    """The text as quoted-printable; line ends stay line ends, those of the mail."""
    return _NEWLINE.sub(newline, _BARE_CR.sub(b"=0D", binascii.b2a_qp(data, istext=True)))


def decode_transfer(part: Part) -> bytes | None:
    """What a part holds, its transfer encoding decoded; none if that is unknown or broken."""
    data = part.raw[part.body : part.end]
    match _encoding(part):
        case "7bit" | "8bit" | "binary" | "":
            return data
        case "quoted-printable":
            return binascii.a2b_qp(data)
        case "base64":
            try:
                return b64decode(data)
            except ValueError:
                return None
    return None


def _encoding(part: Part) -> str:
    declared = part.field("content-transfer-encoding")
    return parser.unfold(declared.value).lower() if declared else ""


def _charset(part: Part, data: bytes) -> str:
    """The declared charset; UTF-8 if none is declared, or ASCII for bytes that are more."""
    name = part.parameters.get("charset", "us-ascii")[:40]
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return "undefined"
    if codec in NO_CHARSETS:
        return "undefined"
    return "utf-8" if codec == "ascii" and not data.isascii() else codec


def _encode(text: str, charset: str) -> tuple[bytes, str] | None:
    """The text in its charset, or in UTF-8 if that cannot bear it, and which of them it is; none if
    it holds half a character.
    """
    for each in (charset, "utf-8"):
        try:
            return text.encode(each, "surrogateescape"), each
        except UnicodeError:
            continue
    return None


def _encode_transfer(part: Part, data: bytes) -> tuple[str, bytes]:
    """The bytes in the part's own transfer encoding, or in one that can bear them."""
    encoding = _encoding(part)
    if encoding == "base64":
        return encoding, encode_base64(data, part.newline)
    if encoding == "quoted-printable":
        return encoding, encode_quoted_printable(data, part.newline)
    before = part.raw[part.body : part.end]
    is_unbearable = not data.isascii() and (before.isascii() or encoding == "7bit")
    if is_unbearable or (_long_lines(data) and not _long_lines(before)):
        return choose_transfer(data, part.newline)
    return encoding, data


def _charset_edit(part: Part, charset: str) -> Edit:
    declared = part.field("content-type")
    parameter = b"; charset=" + charset.encode() + part.newline
    if declared is None:
        return part.start, part.start, b"Content-Type: text/plain" + parameter
    field = part.raw[declared.start : declared.end].rstrip()
    return declared.start, declared.end, _CHARSET.sub(b"", field).rstrip(b"; \t") + parameter


def _encoding_edit(part: Part, encoding: str) -> Edit:
    declared = part.field("content-transfer-encoding")
    at = (declared.start, declared.end) if declared else (part.start, part.start)
    return *at, b"Content-Transfer-Encoding: " + encoding.encode() + part.newline


def _long_lines(data: bytes) -> bool:
    return any(len(each) > LONGEST + 1 for each in data.split(b"\n"))
