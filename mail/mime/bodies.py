"""The text of a mail's parts: read through its charset and transfer encoding, and put back after a
change.

Only what was changed is written anew; see `mime`.
"""

import binascii
import codecs
import re
from base64 import b64decode
from collections.abc import Callable, Iterator

from legacygrid.mail.mime import parser
from legacygrid.mail.mime.headers import LONGEST, NO_CHARSETS
from legacygrid.mail.mime.parser import Edit, Part

#: A part that is text/plain or text/html, and its text; the answer is the text as it shall be.
Change = Callable[[Part, str], str]

READABLE = ("text/plain", "text/html")
_BROKEN = re.compile("[\ud800-\udfff]")
_BARE_CR = re.compile(rb"\r(?!\n)")
_NEWLINE = re.compile(rb"\r?\n")
_CHARSET = re.compile(rb""";\s*charset\s*=\s*(?:"[^"]*+"|[^\s;"]*)""", re.IGNORECASE)
#: A change would break the signature, or what is encrypted.
_PGP = "-----BEGIN PGP "


def readable(raw: bytes) -> Iterator[tuple[Part, str, str]]:
    """The text and HTML of a mail that are no files: each part, its text, and the charset it was
    read by.
    """
    for part in parser.leaves(raw):
        if part.type in READABLE and not part.attached and (read := _read(part)):
            yield part, *read


def bodies(raw: bytes) -> tuple[str, str]:
    """The mail's text and its HTML as a reader shows them; empty where it has none. Broken bytes
    show as U+FFFD.
    """
    found: dict[str, list[str]] = {kind: [] for kind in READABLE}
    for part, text, _ in readable(raw):
        found[part.type].append(_BROKEN.sub("\ufffd", text))
    plain, html = ("\n".join(texts) for texts in found.values())
    return plain, html


def edited(raw: bytes, change: Change) -> bytes:
    """The mail with its texts changed. A part that cannot be read, is signed or encrypted stays as
    it is.
    """
    edits: list[Edit] = []
    for part, text, charset in readable(raw):
        changed = change(part, text)
        if changed != text and _PGP not in text and (written := _written(changed, charset)):
            edits += _replaced(part, *written)
    return parser.spliced(raw, edits)


def transfer(data: bytes, newline: bytes = b"\r\n") -> tuple[str, bytes]:
    """The transfer encoding that suits the bytes, and the bytes in it: 7bit, quoted-printable or
    base64.
    """
    if data.isascii() and b"\0" not in data and not _long_lines(data) and not _BARE_CR.search(data):
        return "7bit", data
    # Quoted-printable costs three for one; where a third is not ASCII, base64 is the shorter.
    if len(data.translate(None, bytes(range(32, 127)) + b"\r\n\t")) * 3 > len(data):
        return "base64", base64_lines(data, newline)
    return "quoted-printable", quoted_printable(data, newline)


def base64_lines(data: bytes, newline: bytes = b"\r\n") -> bytes:
    """The bytes as base64, 76 characters a line."""
    return b"".join(
        binascii.b2a_base64(data[at : at + 57], newline=False) + newline
        for at in range(0, len(data), 57)
    )


def quoted_printable(data: bytes, newline: bytes = b"\r\n") -> bytes:
    """The text as quoted-printable; line ends stay line ends, those of the mail."""
    return _NEWLINE.sub(newline, _BARE_CR.sub(b"=0D", binascii.b2a_qp(data, istext=True)))


def _read(part: Part) -> tuple[str, str] | None:
    data = decoded(part)
    if data is None:
        return None
    charset = _charset(part, data)
    for errors in ("strict", "surrogateescape"):
        try:
            text = data.decode(charset, errors)
            # Broken bytes must come back as they were, or the part is left alone.
            if errors == "strict" or text.encode(charset, errors) == data:
                return text, charset
        except (UnicodeError, LookupError):
            continue
    return None


def decoded(part: Part) -> bytes | None:
    """What a part's transfer encoding stands for; none if it is unknown or broken."""
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
    given = part.field("content-transfer-encoding")
    return parser.unfolded(given.value).lower() if given else ""


def _charset(part: Part, data: bytes) -> str:
    """The declared charset; UTF-8 where none is declared, or ASCII by somebody who wrote more."""
    name = part.parameters.get("charset", "us-ascii")[:40]
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return "undefined"
    if codec in NO_CHARSETS:
        return "undefined"
    return "utf-8" if codec == "ascii" and not data.isascii() else codec


def _written(text: str, charset: str) -> tuple[bytes, str] | None:
    for each in (charset, "utf-8"):
        try:
            return text.encode(each, "surrogateescape"), each
        except UnicodeError:
            continue
    return None


def _replaced(part: Part, data: bytes, charset: str) -> Iterator[Edit]:
    """The edits that put the bytes in the place of a part's body, and tell of their encodings in
    its headers.
    """
    encoding, body = _again(part, data)
    changes = []
    if charset != _charset(part, b"") and not (data.isascii() and charset == "utf-8"):
        changes.append(_charset_edit(part, charset))
    if encoding != _encoding(part):
        changes.append(_encoding_edit(part, encoding))
    if changes and not part.start and not part.field("mime-version"):
        changes.insert(0, (0, 0, b"MIME-Version: 1.0" + part.newline))
    yield from sorted(changes, key=lambda edit: edit[:2])
    # A text without headers gets the blank line with its first ones.
    yield part.body, part.end, part.newline + body if changes and not part.separated else body


def _again(part: Part, data: bytes) -> tuple[str, bytes]:
    """The bytes in the part's own transfer encoding, or in one that can bear them."""
    encoding = _encoding(part)
    if encoding == "base64":
        return encoding, base64_lines(data, part.newline)
    if encoding == "quoted-printable":
        return encoding, quoted_printable(data, part.newline)
    before = part.raw[part.body : part.end]
    unbearable = not data.isascii() and (before.isascii() or encoding == "7bit")
    if unbearable or (_long_lines(data) and not _long_lines(before)):
        return transfer(data, part.newline)
    return encoding, data


def _charset_edit(part: Part, charset: str) -> Edit:
    given = part.field("content-type")
    if given is None:
        return (
            part.start,
            part.start,
            b"Content-Type: %b; charset=%b" % (b"text/plain", charset.encode()) + part.newline,
        )
    value = _CHARSET.sub(b"", part.raw[given.start : given.end].rstrip()).rstrip(b"; \t")
    return given.start, given.end, b"%b; charset=%b" % (value, charset.encode()) + part.newline


def _encoding_edit(part: Part, encoding: str) -> Edit:
    given = part.field("content-transfer-encoding")
    at = (given.start, given.end) if given else (part.start, part.start)
    return *at, b"Content-Transfer-Encoding: " + encoding.encode() + part.newline


def _long_lines(data: bytes) -> bool:
    return any(len(each) > LONGEST + 1 for each in data.split(b"\n"))
