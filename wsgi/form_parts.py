"""The parts of a multipart form, with their names as browsers of the time meant them.

Old pages and libraries wrote names in Latin-1, or as words of RFC 2047 (.NET). The standard says
UTF-8, and so does werkzeug, which reads no form that has another name in it.
"""

import re
from collections.abc import Callable, Iterator
from email.header import decode_header, make_header
from typing import NamedTuple, Self

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio import multipart

from legacygrid import reasons

#: A name without quotes, in which brackets would need some, or whose quote does not end.
_BARE_NAME = re.compile(r';\s*name="?([^;"]+)', re.IGNORECASE)
#: The whole path of a file, as Internet Explorer sent it, with backslashes that escape nothing.
_PATH = re.compile(r';\s*filename="(?:[a-z]:|\\)\\(?:[^"\\]+\\)*([^"\\]+)"', re.IGNORECASE)


class FormPart(NamedTuple):
    """One part of a form.

    :param filename: as the client has it; none for a part that is no upload.
    :param type: its content type; empty without one.
    """

    name: str
    data: bytes
    filename: str | None
    type: str

    def rename(self, change: Callable[[str], str]) -> Self:
        """The part with its names changed."""
        filename = None if self.filename is None else change(self.filename)
        return self._replace(name=change(self.name), filename=filename)


def parse(data: bytes, boundary: str, most: int) -> list[FormPart]:
    """The parts of a body.

    :param most: parts that a body may have.
    :raises TooManyFields, UnreadableBody: as they say.
    """
    delimiter = boundary.encode("latin-1", "replace")
    try:
        try:
            parts = list(_read(data, delimiter, most))
        except UnicodeDecodeError:
            # Each byte as a character: so the heads are UTF-8, and the bytes can be had back.
            parts = list(map(_narrow, _read(_widen(data), _widen(delimiter), most)))
    except RequestEntityTooLarge:
        raise reasons.TooManyFields from None
    except (ValueError, AttributeError):
        raise reasons.UnreadableBody from None
    return [each.rename(_decode_words) for each in parts]


def _widen(data: bytes) -> bytes:
    return data.decode("latin-1").encode()


def _narrow(part: FormPart) -> FormPart:
    return part._replace(data=part.data.decode().encode("latin-1")).rename(_decode)


def _read(data: bytes, boundary: bytes, most: int) -> Iterator[FormPart]:
    decoder = multipart.MultipartDecoder(boundary, max_parts=most)
    decoder.receive_data(data)
    decoder.receive_data(None)
    part: multipart.Field | multipart.File | None = None
    chunks: list[bytes] = []
    while not isinstance(event := decoder.next_event(), multipart.Epilogue):
        if isinstance(event, multipart.Field | multipart.File):
            part, chunks = event, []
        elif isinstance(event, multipart.Data) and part is not None:
            chunks.append(event.data)
            if not event.more_data:
                kind = part.headers.get("content-type", "")
                yield FormPart(_name_of(part), b"".join(chunks), _filename_of(part), kind)


def _name_of(part: multipart.Field | multipart.File) -> str:
    # Typed as a text, but none where werkzeug finds none.
    name: str | None = part.name
    if name is not None:
        return name
    if bare := _BARE_NAME.search(part.headers["content-disposition"]):
        return bare[1].strip()
    if isinstance(part, multipart.File):
        # A file of no field is no reason to lose a form.
        return ""
    raise ValueError("a part without a name")


def _filename_of(part: multipart.Field | multipart.File) -> str | None:
    if not isinstance(part, multipart.File):
        return None
    path = _PATH.search(part.headers["content-disposition"])
    return path[1] if path else part.filename


def _decode(name: str) -> str:
    """A name whose bytes stand as characters: UTF-8, or else Windows-1252, which browsers called
    Latin-1.
    """
    try:
        octets = name.encode("latin-1")
    except UnicodeEncodeError:
        # It is written by RFC 2231, which werkzeug has read.
        return name
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def _decode_words(name: str) -> str:
    """A name with its words of RFC 2047 decoded."""
    if "=?" not in name:
        return name
    try:
        return str(make_header(decode_header(name)))
    except (ValueError, LookupError):
        return name
