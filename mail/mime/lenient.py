"""Values that clients give for headers, read as they are meant: a mail is not lost over one."""

import re
from email.utils import unquote

from legacygrid.mail.mime import headers
from legacygrid.mail.mime.headers import Address, UnwritableValue

_NOT_ON_A_LINE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+[ \t]*")


def to_line(value: str) -> str:
    """The value on one line: line ends and other control characters become a space, and half a
    character (a lone surrogate) becomes U+FFFD.
    """
    line = _NOT_ON_A_LINE.sub(" ", value)
    return headers.replace_forbidden(line if line == value else line.strip())


def parse_mailbox(text: str) -> Address | None:
    """The mailbox of `ada@example.com` or `Ada, Countess <ada@example.com>`, where a comma in the
    name need not be quoted; none if the address is none, or cannot be written.
    """
    text = text.strip(" \t\r\n,;")
    name, bracket, rest = text.rpartition("<")
    address = rest.removesuffix(">").strip() if bracket else text
    try:
        address = headers.write_address("", address)
    except UnwritableValue:
        return None
    return Address(address, to_line(headers.decode_words(unquote(name.strip()))) if name else "")
