"""Reads a JSON text that may be longer than there is memory, in UTF-8."""

import codecs
import json
import re
from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any, Protocol

#: Characters of whitespace, as JSON has it.
_SPACE = " \t\n\r"
_PIECE = 1024 * 1024
#: Characters that are read at a time where they are items of a list.
_CLOSE = 64 * 1024
_COMMA = re.compile(r"[ \t\n\r]*,")


class ByteStream(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes; none at the end."""
        raise NotImplementedError


class JsonReader:
    """Goes through one text: `members` and `items` go into an object and a list, and `value` reads
    what stands next as a whole.

    :param file: the text, from here on.
    :param longest: characters of a value that is read as a whole; by default, any number.
    """

    def __init__(self, file: ByteStream, longest: int | None = None) -> None:
        self._file = file
        self._longest = longest
        self._decode = codecs.getincrementaldecoder("utf-8")("strict").decode
        self._scan = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0
        #: Of what was read and forgotten: characters, ends of lines, characters since the last.
        self._gone = self._lines = self._column = 0
        #: Characters up to which items are read one by one.
        self._apart = 0

    def members(self) -> Iterator[str]:
        """The names of an object, each before its value, which has to be read then.

        :raises JSONDecodeError, UnicodeDecodeError: it is none.
        """
        for _ in self._parts("{", "}"):
            if self.peek() != '"':
                raise self._error("Expecting property name enclosed in double quotes")
            name: str = self.value()
            if self.peek() != ":":
                raise self._error("Expecting ':' delimiter")
            self._at += 1
            yield name

    def items(self) -> Iterator[None]:
        """The items of a list: each time, one has to be read.

        :raises JSONDecodeError, UnicodeDecodeError: it is none.
        """
        return self._parts("[", "]")

    def list_items(self) -> Iterator[Any]:
        """The items of a list, each read.

        :raises JSONDecodeError, UnicodeDecodeError: it is none.
        :raises RecursionError: it is nested too deep.
        """
        for _ in self.items():
            yield from self._some_at_once()
            yield self.value()

    def _some_at_once(self) -> list[Any]:
        """The next items of a list, as many as are objects and stand close by; not the last of
        them. Read together, they cost half.
        """
        end = self._text.rfind("}", self._at, self._at + _CLOSE) + 1
        comma = _COMMA.match(self._text, end) if end else None
        if comma is None or self._gone + self._at < self._apart:
            return []
        try:
            some: list[Any] = json.loads(f"[{self._text[self._at : end]}]")
        except (ValueError, RecursionError):
            # That is an end within an item, or behind the list; it is not looked at again.
            self._apart = self._gone + end
            return []
        self._at = comma.end()
        return some

    def value(self) -> Any:
        """The next value, whole.

        :raises JSONDecodeError, UnicodeDecodeError: it is none.
        :raises ValueError: it is longer than values may be.
        :raises RecursionError: it is nested too deep.
        """
        self.peek()
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except JSONDecodeError as error:
                self._check_length()
                if not self._read_on():
                    self._at = error.pos
                    raise self._error(error.msg) from None
                continue
            # A number may go on: `1`, and `e+5` is to come.
            if end + 2 < len(self._text) or not self._read_on():
                self._at = end
                return value

    def skip(self) -> None:
        """Go past the next value, of which no more is kept, the longer it is.

        :raises: as `value`.
        """
        if self.peek() == "[":
            for _ in self.list_items():
                pass
        elif self.peek() == "{":
            for _ in self.members():
                self.skip()
        else:
            self.value()

    def _check_length(self) -> None:
        if self._longest is not None and len(self._text) - self._at > self._longest:
            raise ValueError(f"a value is longer than {self._longest:,} characters")

    def peek(self) -> str:
        """The next character that is no whitespace; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._read_on():
                return ""

    def end(self) -> None:
        """Nothing may follow.

        :raises JSONDecodeError: something does.
        """
        if self.peek():
            raise self._error("Extra data")

    def _parts(self, opening: str, closing: str) -> Iterator[None]:
        if self.peek() != opening:
            raise self._error("Expecting value")
        self._at += 1
        if self.peek() == closing:
            self._at += 1
            return
        while True:
            yield
            mark = self.peek()
            if mark not in (",", closing):
                raise self._error("Expecting ',' delimiter")
            self._at += 1
            if mark == closing:
                return

    def _read_on(self) -> bool:
        """Read more, and forget what was gone through; false at the end."""
        # A value that is longer is read in pieces that grow with it.
        data = self._file.read(max(_PIECE, len(self._text) - self._at))
        if not data:
            self._decode(b"", True)
            return False
        gone = self._text[: self._at]
        self._gone += len(gone)
        self._lines += gone.count("\n")
        self._column = len(gone) - gone.rfind("\n") - 1 + (self._column if "\n" not in gone else 0)
        self._text = self._text[self._at :] + self._decode(data)
        self._at = 0
        return True

    def _error(self, text: str) -> JSONDecodeError:
        """The error that the whole text would have."""
        error = JSONDecodeError(text, self._text, self._at)
        column = error.colno + (self._column if error.lineno == 1 else 0)
        line, place = self._lines + error.lineno, self._gone + self._at
        error.args = (f"{text}: line {line} column {column} (char {place})",)
        return error
