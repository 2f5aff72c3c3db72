"""The files of a mail: all parts that are no text to read in it."""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from legacygrid.mail.mime import bodies, headers, parser
from legacygrid.mail.mime.parser import Part

#: Characters of a file's name that are told: the last ones, which say what it is.
MAX_NAME = 200
#: What no file system, and no header, takes well.
_UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f"\\/:*?<>|\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+'
)
#: RFC 2231: a charset, a language, and octets.
_EXTENDED = re.compile(r"([^']*)'[^']*'(.*)", re.DOTALL)


class File(NamedTuple):
    """A file: its place among the mail's parts, a name that can be saved by, and its part."""

    number: int
    name: str
    part: Part

    @property
    def type(self) -> str:
        """`image/png`, as the mail says it; nobody vouches for it."""
        return headers.shown(self.part.type[:100])

    @property
    def content(self) -> bytes:
        """What is in it; as it is written, if its transfer encoding cannot be read."""
        data = bodies.decoded(self.part)
        return self.part.raw[self.part.body : self.part.end] if data is None else data


def files(raw: bytes) -> list[File]:
    """The files of a mail in their order, pictures of its HTML among them; and texts that cannot be
    read.
    """
    texts = {part.start for part, _, _ in bodies.readable(raw)}
    leaves = enumerate(parser.leaves(raw), 1)
    return [
        File(number, _name(part, number), part)
        for number, part in leaves
        if part.start not in texts
    ]


def _name(part: Part, number: int) -> str:
    disposition = part.field("content-disposition")
    given = {**part.parameters, **(parser.parameters(disposition) if disposition else {})}
    names = (
        _extended(given["filename*"]) if "filename*" in given else "",
        given.get("filename"),
        given.get("name"),
    )
    name = headers.decoded(next(filter(None, names), ""))
    # A leading dot would hide it.
    return _UNSAFE.sub("_", name).strip(" .")[-MAX_NAME:] or f"part-{number}"


def _extended(value: str) -> str:
    match = _EXTENDED.fullmatch(value)
    try:
        return unquote_to_bytes(match[2]).decode(match[1] or "utf-8") if match else value
    except (LookupError, ValueError):
        return value
