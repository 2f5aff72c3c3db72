"""Mails as they are met, and what a person reads of each in a mail program: the form of the tables."""

from base64 import b64encode
from binascii import b2a_qp
from typing import NamedTuple

#: Name, type and bytes of a file.
File = tuple[str, str, bytes]


class Mail(NamedTuple):
    """A mail and what it says; line ends and blank lines around a text are not compared."""

    name: str
    raw: bytes
    subject: str = ""
    text: str = ""
    html: str = ""
    files: tuple[File, ...] = ()


def mail(*lines: str | bytes) -> bytes:
    """Lines with CRLF after each."""
    return b"".join(each + b"\r\n" for each in map(octets, lines))


def octets(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def joined(kind: str, *parts: bytes, more: str = "", boundary: str = "=_B") -> bytes:
    """A multipart of whole parts, which begin with their header fields."""
    head = mail(f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}', "")
    inner = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return head + inner + b"--" + boundary.encode() + b"--\r\n"


def part(body: str | bytes, kind: str = "text/plain; charset=utf-8", *more: str) -> bytes:
    return mail(f"Content-Type: {kind}", *more, "") + octets(body)


def b64(data: bytes) -> bytes:
    return b64encode(data)


def qp(data: bytes) -> bytes:
    return b2a_qp(data, istext=True)


def word_b(data: bytes, charset: str) -> bytes:
    return b"=?" + charset.encode() + b"?B?" + b64encode(data) + b"?="


def word_q(data: bytes, charset: str) -> bytes:
    return b"=?" + charset.encode() + b"?Q?" + b"".join(b"=%02X" % byte for byte in data) + b"?="


def percent(data: bytes) -> str:
    return "".join(f"%{byte:02X}" for byte in data)


#: A picture of one dot, as far as anybody looks.
GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


def picture(name: str = 'name="dot.gif"') -> bytes:
    return mail(f"Content-Type: image/gif; {name}", "Content-Transfer-Encoding: base64", "") + b64(GIF)
