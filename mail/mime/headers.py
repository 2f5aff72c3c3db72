"""Header fields of a mail, written and read: folded, encoded (RFC 2047), and never two where one
was meant.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, getaddresses
from functools import lru_cache
from math import floor
from typing import NamedTuple

from legacygrid.mail.mime import sentences
from legacygrid.mail.mime.encoded_words import decode_words as decode_words
from legacygrid.mail.mime.transfer import LONGEST
from legacygrid.registry.evidence import Sentence
from legacygrid.wsgi.values import FORBIDDEN

#: RFC 5322: characters of a line that should not be passed, without its end.
FOLD = 76
#: Octets of an address: 64, an @, and 255.
MAX_ADDRESS = 320

_NAME = re.compile(r"[!-9;-~]{1,200}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_LOCAL = re.compile(r'[^\s<>@,;:"()\[\]\\]+|"(?:[^"\\]|\\.)*"')
_DOMAIN = re.compile(r"[A-Za-z0-9._-]+|\[[A-Za-z0-9.:-]+\]")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++"
_PLAIN_ADDRESS = rf"{_ATOM}(?:\.{_ATOM})*+@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)*+"
_PLAIN = re.compile(_PLAIN_ADDRESS)
#: As nearly all mailboxes are written: an address, or words and an address in brackets.
_PLAIN_MAILBOX = re.compile(
    rf" *+(?:({_ATOM}(?: {_ATOM})*+) <({_PLAIN_ADDRESS})>|({_PLAIN_ADDRESS}))"
)


class UnwritableValue(ValueError):  # noqa: N818 - a reason, as those of `reasons`
    """A value that cannot be written into a mail.

    :param field: the field or parameter that it was given for.
    :param why: a sentence for the sender.
    """

    def __init__(self, field: str, why: Sentence) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class Address(NamedTuple):
    """A mailbox: an address, and the display name of its owner."""

    address: str
    name: str = ""


def write_date(at: float) -> str:
    """A moment as the header Date has it.

    :param at: seconds since 1970.
    """
    return _write_second(floor(at))


# Of all mail of one second, in which there may be hundreds.
@lru_cache(1)
def _write_second(at: int) -> str:
    return format_datetime(datetime.fromtimestamp(at, UTC))


def is_name(text: str) -> bool:
    """Whether a text can be the name of a field."""
    return _NAME.fullmatch(text) is not None


def write_field(name: str, value: str) -> bytes:
    """A field of free text, with its line end.

    :raises UnwritableValue: the name is none, or the value holds a line end or is no text.
    """
    if not is_name(name):
        raise UnwritableValue(name, sentences.NO_HEADER_NAME)
    check_line(name, value)
    if value.isascii():
        written = fold(name, value.split(" "))
        if len(written) <= LONGEST or max(map(len, written.split(b"\r\n"))) <= LONGEST:
            return written
    return fold(name, encode_words(value))


def write_addresses(name: str, addresses: Iterable[Address]) -> bytes:
    """A field of addresses, with its line end.

    :raises UnwritableValue: an address is none, or a name holds a line end.
    """
    return fold(name, ", ".join(write_mailbox(name, each) for each in addresses).split(" "))


def write_mailbox(field: str, mailbox: Address) -> str:
    """An address with its name as a field has it.

    :raises UnwritableValue: it is no address, or the name holds a line end.
    """
    address = write_address(field, mailbox.address)
    name = check_line(field, mailbox.name).strip()
    return f"{_write_phrase(name)} <{address}>" if name else address


def write_address(field: str, address: str) -> str:
    """An address in ASCII: a domain in other letters by IDNA. A local part in other letters would
    need SMTPUTF8.

    :raises UnwritableValue: it is no address, or needs SMTPUTF8.
    """
    if _PLAIN.fullmatch(address) and len(address) <= MAX_ADDRESS:
        return address
    local, _, domain = check_line(field, address).strip().rpartition("@")
    if not _LOCAL.fullmatch(local) or len(address) > MAX_ADDRESS:
        raise UnwritableValue(field, sentences.NO_ADDRESS)
    if not local.isascii():
        raise UnwritableValue(field, sentences.NOT_ASCII)
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise UnwritableValue(field, sentences.NO_DOMAIN) from None
    if not _DOMAIN.fullmatch(domain):
        raise UnwritableValue(field, sentences.NO_ADDRESS)
    return f"{local}@{domain}"


def check_line(field: str, value: str) -> str:
    """Check that a value fits on one line, and return it.

    :raises UnwritableValue: it holds a line end, another control character, or half a character.
    """
    # What is printable, as nearly all is, holds none of these.
    if value.isprintable():
        return value
    if _CONTROL.search(value):
        raise UnwritableValue(field, sentences.CONTROL)
    return check_text(field, value)


def check_text(field: str, value: str) -> str:
    """Check that a value can be encoded, and return it.

    :raises UnwritableValue: it holds half a character (a lone surrogate).
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        raise UnwritableValue(field, sentences.NOT_UNICODE) from None
    return value


def encode_words(value: str) -> Iterator[str]:
    """The text as words of RFC 2047, none longer than 75 characters or with half a character."""
    chunk = b""
    for character in value:
        octets = character.encode()
        if len(chunk) + len(octets) > 45:
            yield _encoded_word(chunk)
            chunk = b""
        chunk += octets
    yield _encoded_word(chunk)


def replace_forbidden(value: str) -> str:
    """A text of a mail that every format can bear: U+FFFD for each character that XML 1.0 forbids,
    and for half a character. Encoded words and Latin-1 can bring any of them, a NUL too.
    """
    return value if value.isprintable() else FORBIDDEN.sub("\ufffd", value)


def parse_addresses(value: str) -> list[Address]:
    """The mailboxes of a field of addresses; none if it cannot be parsed."""
    plain = list(map(_PLAIN_MAILBOX.fullmatch, value.split(",")))
    if all(plain):
        return [Address(each[2] or each[3], each[1] or "") for each in plain if each]
    try:
        return [Address(address, name) for name, address in getaddresses([value])]
    except (RecursionError, IndexError):
        # The standard library follows nested comments until its stack is full.
        return []


def fold(name: str, words: Iterable[str]) -> bytes:
    """The field with a line end before each word that would pass the margin."""
    whole = " ".join([f"{name}:", *(words := list(words))])
    if len(whole) <= FOLD:
        return whole.encode("ascii") + b"\r\n"
    lines, current = [], f"{name}:"
    for word in words:
        # A line of spaces alone would end the headers for many readers.
        is_breakable = word and current.strip() and not current.endswith(":")
        if is_breakable and len(current) + 1 + len(word) > FOLD:
            lines.append(current)
            current = ""
        current += f" {word}"
    return "\r\n".join([*lines, current]).encode("ascii") + b"\r\n"


def _encoded_word(octets: bytes) -> str:
    return f"=?utf-8?b?{b64encode(octets).decode('ascii')}?="


def _write_phrase(name: str) -> str:
    if not name.isascii() or "=?" in name:
        return " ".join(encode_words(name))
    if _ATOMS.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
