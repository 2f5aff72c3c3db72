"""Where the parts of a mail lie in its bytes, so that one can be changed and all others stay as
they came: header fields and bodies.

The standard library's parser forgets how a message was written and writes it anew in its own way;
splicing by position keeps every other byte. Nothing here raises, whatever the bytes are, and it
takes time linear in their number.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from legacygrid.mail.mime import decoding, parameters
from legacygrid.mail.mime.caching import cached

#: Bytes of a Content-Type or Content-Disposition that are read; longer ones are not.
MAX_VALUE = 8192
#: Bytes of a header that are searched for a field: room for the addresses of all recipients.
MAX_HEADER = 2 * 1024 * 1024

_VALUE = rb"[^\n]*+(?:\n[ \t][^\n]*+)*+"
_FIELD = re.compile(rb"^([!-9;-~]++)[ \t]*+:(" + _VALUE + rb")(?:\n|\Z)", re.MULTILINE)
_HEADER = re.compile(rb"(?:[!-9;-~]++[ \t]*+:" + _VALUE + rb"(?:\n|\Z))*+")
#: A line that is no field, amid fields: those that every mail has follow at once.
_STRAY = re.compile(
    rb"[^\r\n]" + _VALUE + rb"\n(?=(?:content-(?:type|transfer-encoding|disposition)"
    rb"|mime-version|subject|from|to|date|message-id)[ \t]*:)",
    re.IGNORECASE,
)
#: What may stand before the first field: a byte order mark, and the line of an mbox.
_BEFORE = re.compile(rb"(?:(?:\xef\xbb\xbf)?+(?:>?From [^\n]*+\n)?+(?=[!-9;-~]++[ \t]*+:))?+")
_BEGINNINGS = (b"\xef", b">", b"F")
_BLANK = re.compile(rb"\r*+\n")
#: Lines that end by CR alone, as Macs of old wrote them.
_CR_LINES = re.compile(rb"[!-9;-~]++[ \t]*+:[^\r\n]*+\r(?:[!-9;-~ \t]|\r++(?!\n))")
_BARE_CR = re.compile(rb"\r(?!\n)")
_FOLD = re.compile(rb"[\r\n]++(?=[ \t])")
_TYPE = re.compile(r"(?:\s|\([^()]*+\))*+([^\s;/(),\"]++)\s*+/\s*+([^\s;(),\"]++)")
_TOKEN = re.compile(r"\s*([\w!#$&^.+-]{1,100})", re.ASCII)

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

    :param lines: the same bytes as `raw`, with LF where lines end by CR alone, and before a mail.
    :param is_sealed: a change would break a signature that it is under.
    :param alternative: where the multipart/alternative begins that it is in; negative if it is in
        none.
    :param default_type: its type if it does not declare one.
    """

    raw: bytes = field(repr=False)
    start: int
    header: int
    body: int
    end: int
    lines: bytes = field(repr=False)
    is_sealed: bool = False
    alternative: int = -1
    default_type: str = "text/plain"

    @property
    def fields(self) -> Iterator[Field]:
        """Its header fields, one by one: there may be millions."""
        return map(_field, _FIELD.finditer(self.lines, self.start, self.header))

    def named(self, *names: str) -> Iterator[Field]:
        """Its header fields of those names, in their order."""
        return map(_field, _named(names).finditer(self.lines, self.start, self.header))

    def field(self, name: str) -> Field | None:
        """The first field of that name."""
        match = _named((name,)).search(self.lines, self.start, self._search_end)
        return _field(match) if match else None

    def value(self, name: str) -> str:
        """The text of the first field of that name, on one line; empty if there is none, or a very
        long one.
        """
        found = self.field(name)
        return unfold(found.value) if found and len(found.value) <= MAX_VALUE else ""

    @cached
    def _search_end(self) -> int:
        """Where the search for a field ends: at the end of one."""
        at = self.start + MAX_HEADER
        if at >= self.header:
            return self.header
        while (at := self.lines.rfind(b"\n", self.start, at)) >= 0:
            if self.lines[at + 1 : at + 2] not in (b" ", b"\t"):
                break
        return max(self.start, at + 1)

    @cached
    def declared_type(self) -> str:
        """The type that it declares, in lower case; empty if none, or no type: one word alone."""
        match = _TYPE.match(self.value("content-type"))
        return f"{match[1]}/{match[2]}".lower() if match else ""

    @property
    def type(self) -> str:
        """Its type in lower case."""
        return self.declared_type or self.default_type

    @cached
    def parameters(self) -> dict[str, str]:
        """The parameters of Content-Type: charset, boundary, name."""
        return parameters.parse(self.value("content-type"))

    @cached
    def disposition(self) -> str:
        """`attachment`, `inline` or what else it declares, in lower case; empty if nothing."""
        match = _TOKEN.match(self.value("content-disposition"))
        return match[1].lower() if match else ""

    @cached
    def filename(self) -> str:
        """The name of a file that it declares, as it is written; empty if none."""
        given = self.parameters | parameters.parse(self.value("content-disposition"))
        return given.get("filename") or given.get("name") or ""

    @property
    def content(self) -> bytes:
        """What it holds, as it is written."""
        return self.raw[self.body : self.end]

    @property
    def separated(self) -> bool:
        """Whether a blank line stands before its body."""
        return self.body > self.header

    @property
    def is_mail(self) -> bool:
        """Whether it is the whole mail."""
        return self.end == len(self.raw) and self.start == _start(self.raw)

    @cached
    def newline(self) -> bytes:
        """How its lines end: as the first one; CRLF if there is none."""
        first = self.lines.find(b"\n", self.start)
        if first >= 0 and self.raw[first : first + 1] == b"\r":
            return b"\r"
        if first < 0 or self.raw[max(0, first - 1) : first] == b"\r":
            return b"\r\n"
        return b"\n"


def parse(raw: bytes) -> Part:
    """The mail as one part."""
    lines, start = raw, _start(raw)
    if start:
        # The first field is at the start of a line.
        lines = b"\n" * start + raw[start:]
    if _CR_LINES.match(lines, start):
        lines = _BARE_CR.sub(b"\n", lines)
    return Part(raw, start, *_limits(lines, start, len(raw)), len(raw), lines)


def _start(raw: bytes) -> int:
    """Where the header fields of a mail begin."""
    return _end_of(_BEFORE, raw, 0, len(raw)) if raw[:1] in _BEGINNINGS else 0


def splice(raw: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with each range replaced; the ranges are in order and do not overlap.

    :returns: the same object if there are no edits.
    """
    pieces, at = [], 0
    for start, end, replacement in edits:
        pieces += [raw[at:start], replacement]
        at = end
    return b"".join([*pieces, raw[at:]]) if pieces else raw


def unfold(value: bytes, label: str = "") -> str:
    """A field's value on one line.

    :param label: the charset of bytes beyond ASCII, where one is known.
    """
    joined = value.strip()
    if b"\n" in joined or b"\r" in joined:
        joined = _FOLD.sub(b"", joined)
    if joined.isascii() and b"\x1b" not in joined:
        return joined.decode("ascii")
    return decoding.decode_text(joined, label)


def part_at(start: int, end: int, mold: Part) -> Part:
    """The part that lies there; all else of it is as of a mold."""
    header, body = _limits(mold.lines, start, end)
    return Part(
        mold.raw, start, header, body, end, mold.lines,
        mold.is_sealed, mold.alternative, mold.default_type,
    )  # fmt: skip


def _limits(lines: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the header fields of a part end, and where its body begins."""
    header = _end_of(_HEADER, lines, start, end)
    body = _end_of(_BLANK, lines, header, end)
    while start < header == body and (stray := _end_of(_STRAY, lines, header, end)) > header:
        header = _end_of(_HEADER, lines, stray, end)
        body = _end_of(_BLANK, lines, header, end)
    return header, body


def _end_of(pattern: re.Pattern[bytes], lines: bytes, start: int, end: int) -> int:
    match = pattern.match(lines, start, end)
    return match.end() if match else start


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
