"""Where the parts of a mail lie in its bytes, so that one can be changed and all others stay as
they came.

The standard library's parser forgets how a message was written and writes it anew in its own way;
what is spliced by position keeps every other byte. Nothing here raises, whatever the bytes are, and
it is linear in their number: what cannot be made out is one part that nobody touches.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

#: Multiparts within each other, and parts in all: beyond them the rest is left as it is.
MAX_DEPTH = 20
MAX_PARTS = 1000
#: Bytes of a Content-Type or Content-Disposition that are read; longer ones are not.
MAX_VALUE = 8192
#: Bytes of one header in which fields are looked for: room for the addresses of all whom a mail is
#: to.
MAX_HEADER = 2 * 1024 * 1024

#: What would be broken by a change (RFC 1847), or is a mail of its own.
SEALED = ("multipart/signed", "multipart/encrypted")

_VALUE = rb"[^\n]*+(?:\n[ \t][^\n]*+)*+"
_FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+:(" + _VALUE + rb")(?:\n|\Z)")
_HEADER = re.compile(rb"(?:[!-9;-~]++[ \t]*+:" + _VALUE + rb"(?:\n|\Z))*+")
_BLANK = re.compile(rb"\r?\n")
_TYPE = re.compile(r"\s*([^\s;/()]+/[^\s;()]+)")
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
        """Its header fields, as they are asked for: there may be millions."""
        return map(_field, _FIELD.finditer(self.raw, self.start, self.header))

    def named(self, *names: str) -> Iterator[Field]:
        """Its header fields of those names, in their order."""
        return map(_field, _named(names).finditer(self.raw, self.start, self.header))

    def field(self, name: str) -> Field | None:
        """The first field of that name."""
        match = _named((name,)).search(self.raw, self.start, self._looked_at)
        return _field(match) if match else None

    @cached_property
    def _looked_at(self) -> int:
        """How far fields are looked for: to the end of one."""
        at = self.start + MAX_HEADER
        if at >= self.header:
            return self.header
        while (at := self.raw.rfind(b"\n", self.start, at)) >= 0 and self.raw[at + 1 : at + 2] in (
            b" ",
            b"\t",
        ):
            pass
        return max(self.start, at + 1)

    @cached_property
    def type(self) -> str:
        """`text/html`; a part that does not say is text/plain, one that says it wrongly is nothing
        known.
        """
        given = self.field("content-type")
        if given is None:
            return "text/plain"
        match = _TYPE.match(_value(given))
        return match[1].lower() if match else ""

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The parameters of Content-Type: charset, boundary, name."""
        return parameters(self.field("content-type"))

    @cached_property
    def attached(self) -> bool:
        """It is a file, not something to read in the mail: what has a file's name, or says so."""
        given = self.field("content-disposition")
        if given and _value(given).strip().lower().startswith("attachment"):
            return True
        named = {**self.parameters, **parameters(given)}
        return any(name.partition("*")[0] in ("name", "filename") for name in named)

    @property
    def separated(self) -> bool:
        """A blank line stands before its body."""
        return self.body > self.header

    @cached_property
    def newline(self) -> bytes:
        """How its lines end."""
        first = self.raw.find(b"\n", self.start)
        return b"\n" if first >= 0 and self.raw[max(0, first - 1) : first] != b"\r" else b"\r\n"


def whole(raw: bytes) -> Part:
    """The mail as one part."""
    return _part(raw, 0, len(raw))


def leaves(raw: bytes) -> list[Part]:
    """All parts that hold no others, in their order; sealed multiparts hold none."""
    found: list[Part] = []
    for part in _walk(whole(raw), MAX_DEPTH):
        found.append(part)
        if len(found) == MAX_PARTS:
            break
    return found


def spliced(raw: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with each range replaced; ranges are in order and apart. None changed: the same
    object.
    """
    pieces, at = [], 0
    for start, end, replacement in edits:
        pieces += [raw[at:start], replacement]
        at = end
    return b"".join([*pieces, raw[at:]]) if pieces else raw


def unfolded(value: bytes) -> str:
    """A field's value on one line, bytes beyond ASCII as UTF-8 or else as Latin-1."""
    joined = re.sub(rb"\r?\n(?=[ \t])", b"", value).strip()
    try:
        return joined.decode()
    except UnicodeDecodeError:
        return joined.decode("latin-1")


def _walk(part: Part, depth: int) -> Iterator[Part]:
    boundary = part.parameters.get("boundary", "").encode("utf-8", "replace")
    if not part.type.startswith("multipart/"):
        yield part
    elif depth and boundary and part.type not in SEALED:
        for start, end in _between(part, boundary):
            yield from _walk(_part(part.raw, start, end), depth - 1)


def _between(part: Part, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Where the parts of a multipart lie; the line end before a boundary belongs to the boundary."""
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
    """Fields of those names; within a header, whatever begins a line and is no space begins a
    field.
    """
    either = "|".join(map(re.escape, names)).encode()
    return re.compile(
        rb"^(" + either + rb")[ \t]*+:(" + _VALUE + rb")(?:\n|\Z)", re.IGNORECASE | re.MULTILINE
    )


def _field(match: re.Match[bytes]) -> Field:
    return Field(match[1].decode("ascii"), match[2], match.start(), match.end())


def _value(given: Field) -> str:
    return unfolded(given.value) if len(given.value) <= MAX_VALUE else ""


def parameters(given: Field | None) -> dict[str, str]:
    """The parameters of such a field as Content-Type, by their names in lower case; none of one
    that is not there.
    """
    found: dict[str, str] = {}
    for name, value in _PARAMETER.findall(_value(given) if given else ""):
        text = _ESCAPE.sub(r"\1", value[1:-1]) if value.startswith('"') else value
        found.setdefault(name.lower(), text)
    return found
