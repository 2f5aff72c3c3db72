"""Texts of a source file, with what is put into them at run time as holes."""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from legacygrid.migration.scan.signs import HOLE


class Hole(NamedTuple):
    """What is put into a text at run time.

    :param name: what stands there: `action`.
    :param words: what it may be, as far as the file tells; none if it does not.
    """

    name: str
    words: tuple[str, ...] = ()


class Passage(NamedTuple):
    """A text, put together from what stands side by side or is known from elsewhere in the file.

    :param text: with a HOLE for each of its holes.
    :param pieces: from which place of the text on it stands at which place of the file.
    :param begin: the whole expression's place in the file; `end` what follows it.
    """

    text: str
    holes: tuple[Hole, ...]
    pieces: tuple[tuple[int, int], ...]
    begin: int
    end: int

    def locate(self, place: int) -> int:
        """Where a place of the text stands in the file; what is filled in from elsewhere stands
        where the expression begins.
        """
        begin, index = self.pieces[max(0, bisect_right(self.pieces, (place, sys.maxsize)) - 1)]
        found = index + place - begin
        return found if self.begin <= found < self.end else self.begin

    def holes_before(self, place: int) -> int:
        """How many holes the text has before one of its places."""
        return self.text.count(HOLE, 0, place)


class PassageWriter:
    """Puts a passage together."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._holes: list[Hole] = []
        self._pieces: list[tuple[int, int]] = []
        self._length = 0

    def text(self, text: str, index: int) -> None:
        """Add a piece that stands at that place of the file."""
        if text:
            self._pieces.append((self._length, index))
            self._texts.append(text)
            self._length += len(text)

    def hole(self, hole: Hole, index: int) -> None:
        """Add a hole, in whose place this stands in the file."""
        self._holes.append(hole)
        self.text(HOLE, index)

    def passage(self, begin: int, end: int) -> Passage:
        """What was put together."""
        pieces = tuple(self._pieces) or ((0, begin),)
        return Passage("".join(self._texts), tuple(self._holes), pieces, begin, end)


class Span(NamedTuple):
    """A part of a file."""

    begin: int
    end: int


class Spans:
    """Parts of a file, none of which is in another.

    :param spans: in any order.
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)

    def has(self, index: int) -> bool:
        """Whether a place is in one of them."""
        at = bisect_right(self._spans, (index, sys.maxsize)) - 1
        return at >= 0 and index < self._spans[at].end

    def within(self, span: Span) -> Iterator[Span]:
        """Those that begin in a part of the file."""
        begin = bisect_left(self._spans, (span.begin,))
        return islice(self._spans, begin, bisect_left(self._spans, (span.end,)))


class NestedSpans:
    """Parts of a file that may be within each other.

    :param spans: in the order of the file, outer ones first.
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        self._places: list[int] = []
        self._innermost: list[Span | None] = []
        around: list[Span] = []
        for span in spans:
            self._close(around, span.begin)
            around.append(span)
            self._note(span.begin, span)
        self._close(around, sys.maxsize)

    def _close(self, around: list[Span], place: int) -> None:
        """Note the ends that come before a place."""
        while around and around[-1].end <= place:
            end = around.pop().end
            self._note(end, around[-1] if around else None)

    def _note(self, place: int, innermost: Span | None) -> None:
        self._places.append(place)
        self._innermost.append(innermost)

    def around(self, index: int) -> Span | None:
        """The innermost one that a place is in."""
        at = bisect_right(self._places, index) - 1
        return self._innermost[at] if at >= 0 else None


class Lines:
    """Where the lines of a text are."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _begins(self) -> list[int]:
        begins, place = [0], self._text.find("\n")
        while place >= 0:
            begins.append(place + 1)
            place = self._text.find("\n", place + 1)
        return begins

    def locate(self, index: int) -> tuple[int, int]:
        """The line and the column of a place, both from 1."""
        line = bisect_right(self._begins, index)
        return line, index - self._begins[line - 1] + 1

    def around(self, index: int, lines: int) -> Span:
        """So many lines before and after that of a place."""
        line = bisect_right(self._begins, index) - 1
        last = line + lines + 1
        begin = self._begins[max(0, line - lines)]
        return Span(begin, self._begins[last] if last < len(self._begins) else len(self._text))
