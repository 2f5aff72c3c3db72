"""Forms as multipart/form-data (RFC 7578), as the Parse Webhook wrote them.

urllib3 and requests would write their own way: another boundary, and a length in each part.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

#: Recorded in each post; a receiver may look for it.
BOUNDARY = "xYzZY"


class PostPart(NamedTuple):
    """A field of a form, or a file: that has a name of its own and a type.

    :param filename: without quotation marks and line ends.
    """

    name: str
    value: bytes
    filename: str = ""
    type: str = ""


def write_form(parts: Sequence[PostPart]) -> tuple[str, bytes]:
    """The Content-Type of a form, and its bytes."""
    boundary = next(each for each in _boundaries() if not _is_within(each, parts))
    delimiter = b"--" + boundary.encode()
    pieces = [piece for part in parts for piece in (delimiter, b"\r\n", *_write(part), b"\r\n")]
    return f"multipart/form-data; boundary={boundary}", b"".join([*pieces, delimiter, b"--\r\n"])


def _boundaries() -> Iterator[str]:
    """The recorded boundary, and others like it for what holds that."""
    yield BOUNDARY
    number = 0
    while True:
        number += 1
        yield f"{BOUNDARY}{number}"


def _is_within(boundary: str, parts: Iterable[PostPart]) -> bool:
    """Whether something would look like the end of a part: a mail could forge fields by it."""
    delimiter = b"--" + boundary.encode()
    return any(delimiter in part.value for part in parts)


def _write(part: PostPart) -> tuple[bytes, ...]:
    head = f'Content-Disposition: form-data; name="{part.name}"'
    if part.filename:
        head += f'; filename="{part.filename}"\r\nContent-Type: {part.type}'
    return head.encode(), b"\r\n\r\n", part.value
