"""Where the parts of a mail lie in its bytes, so that one can be changed and all others stay as
they came.

The standard library's parser forgets how a message was written and writes it anew in its own way;
splicing by position keeps every other byte. Nothing here raises, whatever the bytes are, and it
takes time linear in their number: what cannot be parsed is one part that nothing changes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

#: Levels of nested multiparts, and parts in all; what is beyond them is left as it is.
MAX_DEPTH = 20
MAX_PARTS = 1000
#: Bytes of a Content-Type or Content-Disposition that are read; longer ones are not.
MAX_VALUE = 8192
#: Bytes of a header that are searched for a field: room for the addresses of all recipients.
MAX_HEADER = 2 * 1024 * 1024

#: Multiparts that a change would break (RFC 1847).
SEALED = ("multipart/signed", "multipart/encrypted")

_VALUE = rb"[^\n]*+(?:\n[ \t][^\n]*+)*+"
_FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+:(" + _VALUE + rb")(?:\n|\Z)")
_HEADER = re.compile(rb"(?:[!-9;-~]++[ \t]*+:" + _VALUE + rb"(?:\n|\Z))*+")
_BLANK = re.compile(rb"\r?\n")
_TYPE = re.compile(r"\s*([^\s;/()]+/[^\s;()]+)")
_TOKEN = re.compile(r"\s*([\w!#$&^.+-]{1,100})", re.ASCII)
_PARAMETER = re.compile(r""";\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*+"|[^\s;"]*)""")
_ESCAPE = re.compile(r"\\(.)")

Edit = tuple[int, int, bytes]


class Field(NamedTuple):
    """A header field: its name, its value as it is written, and where the whole field lies."""

    name: str
    value: bytes
    start: int
    end: int


@dataclass(frozen=True)
class Part:
    """A part of a mail, or all of it.

    Its header fields are `raw[start:header]`, a blank line may follow; what it holds is
    `raw[body:end]`.
    """

    raw: bytes = field(repr=False)
    start: int
    header: int
    body: int
    end: int

    @property
    def fields(self) -> Iterator[Field]:
        """Its header fields, one by one: there may be millions."""
        return map(_field, _FIELD.finditer(self.raw, self.start, self.header))

    def named(self, *names: str) -> Iterator[Field]:
        """Its header fields of those names, in their order."""
        return map(_field, _named(names).finditer(self.raw, self.start, self.header))

    def field(self, name: str) -> Field | None:
        """The first field of that name."""
        match = _named((name,)).search(self.raw, self.start, self._search_end)
        return _field(match) if match else None

    @cached_property
    def _search_end(self) -> int:
        """Where the search for a field ends: at the end of one."""
        at = self.start + MAX_HEADER
        if at >= self.header:
            return self.header
        while (at := self.raw.rfind(b"\n", self.start, at)) >= 0:
            if self.raw[at + 1 : at + 2] not in (b" ", b"\t"):
                break
        return max(self.start, at + 1)

    @cached_property
    def type(self) -> str:
        """Its type in lower case; text/plain if none is declared, empty if it is malformed."""
        declared = self.field("content-type")
        if declared is None:
            return "text/plain"
        match = _TYPE.match(_value(declared))
        return match[1].lower() if match else ""

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The parameters of Content-Type: charset, boundary, name."""
        return parse_parameters(self.field("content-type"))

    @cached_property
    def attached(self) -> bool:
        """Whether it is a file, not a text of the mail: it says so, or has the name of a file."""
        if self.disposition == "attachment":
            return True
        names = {*self.parameters, *parse_parameters(self.field("content-disposition"))}
        return any(name.partition("*")[0] in ("name", "filename") for name in names)

    @cached_property
    def disposition(self) -> str:
        """`attachment`, `inline` or what else it declares, in lower case; empty if nothing."""
        declared = self.field("content-disposition")
        match = _TOKEN.match(_value(declared)) if declared else None
        return match[1].lower() if match else ""

    @property
    def separated(self) -> bool:
        """Whether a blank line stands before its body."""
        return self.body > self.header

    @cached_property
    def newline(self) -> bytes:
        """How its lines end: as the first one; CRLF if there is none."""
        first = self.raw.find(b"\n", self.start)
        if first < 0 or self.raw[max(0, first - 1) : first] == b"\r":
            return b"\r\n"
        return b"\n"


def parse(raw: bytes) -> Part:
    """The mail as one part."""
    return _part(raw, 0, len(raw))


def find_leaves(mail: Part) -> list[Part]:
    """All parts that hold no others, in their order; sealed multiparts are left out."""
    return list(islice(_walk(mail, MAX_DEPTH), MAX_PARTS))


def splice(raw: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with each range replaced; the ranges are in order and do not overlap.

    :returns: the same object if there are no edits.
    """
    pieces, at = [], 0
    for start, end, replacement in edits:
        pieces += [raw[at:start], replacement]
        at = end
    return b"".join([*pieces, raw[at:]]) if pieces else raw


def unfold(value: bytes) -> str:
    """A field's value on one line, bytes beyond ASCII as UTF-8 or else as Latin-1."""
    joined = re.sub(rb"\r?\n(?=[ \t])", b"", value).strip()
    try:
        return joined.decode()
    except UnicodeDecodeError:
        return joined.decode("latin-1")


def _walk(part: Part, depth: int) -> Iterator[Part]:
    if not part.type.startswith("multipart/"):
        yield part
        return
    boundary = part.parameters.get("boundary", "").encode("utf-8", "replace")
    if depth and boundary and part.type not in SEALED:
        for start, end in _between(part, boundary):
            yield from _walk(_part(part.raw, start, end), depth - 1)


def _between(part: Part, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Where the parts of a multipart lie; the line end before a boundary belongs to that."""
    delimiter = re.compile(
        rb"^--" + re.escape(boundary) + rb"(--)?+[ \t]*+(?:\r?\n|\Z)", re.MULTILINE
    )
    start = None
    for match in delimiter.finditer(part.raw, part.body, part.end):
        if start is not None:
            yield start, max(start, _without_newline(part.raw, match.start()))
        start = match.end()
        if match[1]:
            return
    if start is not None:
        yield start, part.end


def _without_newline(raw: bytes, end: int) -> int:
    if raw[end - 1 : end] != b"\n":
        return end
    return end - 2 if raw[end - 2 : end - 1] == b"\r" else end - 1


def _part(raw: bytes, start: int, end: int) -> Part:
    header = _HEADER.match(raw, start, end)
    assert header is not None  # noqa: S101 - it may be empty
    blank = _BLANK.match(raw, header.end(), end)
    return Part(raw, start, header.end(), blank.end() if blank else header.end(), end)


@lru_cache(100)
def _named(names: tuple[str, ...]) -> re.Pattern[bytes]:
    """A pattern of fields of those names. Within a header, each line that begins without a space
    begins a field.
    """
    either = "|".join(map(re.escape, names)).encode()
    return re.compile(
        rb"^(" + either + rb")[ \t]*+:(" + _VALUE + rb")(?:\n|\Z)", re.IGNORECASE | re.MULTILINE
    )


def _field(match: re.Match[bytes]) -> Field:
    return Field(match[1].decode("ascii"), match[2], match.start(), match.end())


def _value(field: Field) -> str:
    return unfold(field.value) if len(field.value) <= MAX_VALUE else ""


def parse_parameters(field: Field | None) -> dict[str, str]:
    """The parameters of a field such as Content-Type, by their names in lower case; none if there
    is no such field.
    """
    if field is None:
        return {}
    values: dict[str, str] = {}
    for name, value in _PARAMETER.findall(_value(field)):
        text = _ESCAPE.sub(r"\1", value[1:-1]) if value.startswith('"') else value
        values.setdefault(name.lower(), text)
    return values
