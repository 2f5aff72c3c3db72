"""Which kind of source a file is, and the requests in it. None is in memory as a whole, but for
cassettes in YAML. A small packed file may be a very large one, so what is kept has limits.
"""

import gzip
import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

import yaml

from legacygrid.migration.report.access_logs import LINE, read_lines
from legacygrid.migration.report.cassettes import read_cassette
from legacygrid.migration.report.observed_calls import Observed, Unrecognised
from legacygrid.migration.report.recordings import LISTS, from_entry
from legacygrid.serializers.json_stream import JsonReader

#: Bytes by which a file is known; and the longest line of a log.
_HEAD = 64 * 1024
#: What UTF-8 may begin with: .NET writes it.
_MARK = b"\xef\xbb\xbf"
#: The longest line of JSON, in bytes, and the longest entry of a list, in characters.
_LONGEST = 64 << 20
#: After so many requests, it is told how far it is.
_TOLD = 2000
_SUFFIXES = (".har", ".json", ".jsonl", ".ndjson", ".yml", ".yaml", ".log", ".gz")


class SourceError(Exception):
    """A source that cannot be read; the text is for a person."""


def list_files(path: str) -> list[str]:
    """A file, or those below a folder that may be sources."""
    if not os.path.isdir(path):
        return [path]
    below = (str(each) for each in sorted(Path(path).rglob("*")) if each.is_file())
    return [each for each in below if each.lower().endswith(_SUFFIXES)]


def read_file(path: str, tell: Callable[[int], object]) -> Iterator[Observed]:
    """The requests of a file of any kind.

    :param tell: is called with the bytes of the file that were read since.
    :raises SourceError: it cannot be read, or is of no kind that is known.
    """
    with explaining(path), open(path, "rb") as raw:
        told = 0
        for number, each in enumerate(_read(path, unpack(raw))):
            if number % _TOLD == 0:
                tell(raw.tell() - told)
                told = raw.tell()
            yield each
        tell(raw.tell() - told)


def unpack(file: BufferedReader) -> Any:
    """A file as it was before gzip, if that packed it."""
    return gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == b"\x1f\x8b" else file


@contextmanager
def explaining(path: str) -> Iterator[None]:
    """A block that reads a file.

    :raises SourceError: it cannot be read.
    """
    try:
        yield
    except RecursionError:
        raise SourceError(f"{path} cannot be read: it is nested too deep") from None
    except (OSError, EOFError, ValueError, zlib.error, yaml.YAMLError) as error:
        text = (str(error) or type(error).__name__).partition("\n")[0]
        raise SourceError(f"{path} cannot be read: {text}") from None


def _read(path: str, file: Any) -> Iterator[Observed]:
    entries, head = find_entries(file)
    if entries is not None:
        return map(_from_entry, entries)
    text = head.lstrip()
    if path.lower().endswith((".yml", ".yaml")) or text.startswith((b"---", b"http_interactions")):
        return map(_from_entry, read_cassette(file))
    if not head or any(map(LINE.match, head.splitlines())):
        return read_lines(_lines_of(file))
    raise SourceError(f"{path} is no journal, HAR file, cassette or access log")


def find_entries(file: Any) -> tuple[Iterator[Any] | None, bytes]:
    """The entries of a file of JSON, or of lines of JSON; none if it is neither. And how it begins.

    :param file: at its beginning.
    """
    whole = file.read(_HEAD)
    file.seek(len(_MARK) if whole.startswith(_MARK) else 0)
    head = whole.removeprefix(_MARK)
    text = head.lstrip()
    if text[:1] not in (b"{", b"["):
        return None, head
    first = text.partition(b"\n")
    is_lines = text[:1] == b"{" and first[2].lstrip()[:1] == b"{" and _is_json(first[0])
    return (_read_json_lines(file) if is_lines else _read_json(file)), head


def _lines_of(file: Any) -> Iterator[bytes]:
    """The lines of a log; what follows the beginning of a very long one is its own."""
    return iter(lambda: file.readline(_HEAD), b"")


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read_json_lines(file: IO[bytes]) -> Iterator[Any]:
    """The entries of a text that has one on each line.

    :raises ValueError: one is no JSON, or too long.
    """
    while line := file.readline(_LONGEST):
        if len(line) == _LONGEST:
            raise ValueError(f"a line is longer than {_LONGEST:,} bytes")
        if line.strip():
            yield json.loads(line)


def _from_entry(entry: Any) -> Observed:
    try:
        return from_entry(entry)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Unrecognised("entries that are no requests")


def _read_json(file: IO[bytes]) -> Iterator[Any]:
    """The entries of the list in a JSON text, which may be within objects."""
    return read_entries(JsonReader(file, _LONGEST))


def read_entries(reader: JsonReader) -> Iterator[Any]:
    """The same from a reader, wherever its text comes from.

    :raises ValueError: it is no JSON, or a value is too long.
    """
    if reader.peek() == "[":
        yield from reader.list_items()
    elif reader.peek() == "{":
        for name in reader.members():
            if name in LISTS or name == "log":
                yield from read_entries(reader)
            else:
                reader.skip()
    else:
        reader.value()
