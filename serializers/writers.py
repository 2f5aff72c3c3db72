"""How documents become bytes: the JSON of two back ends, XML, and lists that are written as they
are read.
"""

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, islice
from typing import Any, NamedTuple

from legacygrid.wsgi.values import FORBIDDEN

# At INFO it writes every value that it sees to the log, passwords too.
logging.getLogger("dicttoxml").setLevel(logging.WARNING)

#: Bytes of a list that are handed on together.
CHUNK = 32_000

Row = Mapping[str, Any]
JsonWriter = Callable[[Any], str]

_compact = json.JSONEncoder(separators=(",", ":")).encode
_spaced = json.JSONEncoder().encode
_plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def php_json(document: Any) -> str:
    """As PHP 5.3's json_encode: compact, ASCII, `/` as `\\/`."""
    return _compact(document).replace("/", "\\/")


def compact_json(document: Any) -> str:
    """As mail.send's back end wrote it: compact, ASCII, `/` as it is."""
    return _compact(document)


def python_json(document: Any) -> str:
    """As Python's json.dumps: a space after colon and comma, ASCII."""
    return _spaced(document)


def net_json(document: Any) -> str:
    """As Json.NET: compact, UTF-8."""
    return _plain(document)


def xml(declaration: str, root: str, document: Mapping[str, Any] | list[Any]) -> bytes:
    """One small document, without whitespace.

    A list's items bear its name without the plural s: `<errors><error>`.
    """
    # Most clients never ask for XML: the first one pays for it.
    from dicttoxml import dicttoxml

    made: bytes = dicttoxml(
        document,
        custom_root=root,
        attr_type=False,
        xml_declaration=False,
        item_func=lambda parent: parent[:-1],
    )
    return _ascii(declaration + _writable(made.decode()))


def xml_rows(declaration: str, root: str, item: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """A list, as it is read; the same bytes that `xml` would make of each row."""
    batches = (
        _xml_batch(item, tuple(batch[0]), _texts(row.values() for row in batch))
        for batch in _batches(rows)
    )
    return _chunks(batches, f"{declaration}<{root}>", "", f"</{root}>")


def json_rows(write: JsonWriter, separator: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """A list, as it is read; the same bytes that the writer would make of the whole."""
    # The brackets around each batch go.
    return _chunks((write(batch)[1:-1] for batch in _batches(rows)), "[", separator, "]")


class Columns(NamedTuple):
    """How records become rows that have the same keys, and a text under each: they are written
    without a row of its own for each, in half of the time.

    :param keys: in the order in which they are written.
    :param texts: the values of all these records, row after row.
    """

    keys: tuple[str, ...]
    texts: Callable[[list[Any]], list[str]]


def xml_columns(
    declaration: str, root: str, item: str, columns: Columns, records: Iterable[Any]
) -> Iterator[bytes]:
    """The same bytes that `xml_rows` would make of the rows."""
    batches = (_xml_batch(item, columns.keys, columns.texts(batch)) for batch in _batches(records))
    return _chunks(batches, f"{declaration}<{root}>", "", f"</{root}>")


def json_columns(
    write: JsonWriter, separator: str, columns: Columns, records: Iterable[Any]
) -> Iterator[bytes]:
    """The same bytes that `json_rows` would make of the rows."""
    row = _json_template(write, columns.keys) + separator
    end = -len(separator)
    batches = (
        (row * len(batch))[:end] % tuple(json_texts(write, columns.texts(batch)))
        for batch in _batches(records)
    )
    return _chunks(batches, "[", separator, "]")


@cache
def _json_template(write: JsonWriter, keys: tuple[str, ...]) -> str:
    """The object of a row, a place for each value; keys are ours, so they hold no per cent."""
    return write(dict.fromkeys(keys, "%s"))


def json_texts(write: JsonWriter, texts: list[str]) -> list[str]:
    """What stands between the quotation marks of each."""
    written = write(_NUL.join(texts))[1:-1].split(_JSON_NUL)
    if len(written) > len(texts):
        # One of them holds what stands between them.
        return [write(text)[1:-1] for text in texts]
    return written


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Two hundred rows at a time: they are written at once in half of the time."""
    iterator = iter(rows)
    return iter(lambda: list(islice(iterator, 200)), [])


def _chunks(pieces: Iterator[str], opening: str, separator: str, closing: str) -> Iterator[bytes]:
    waiting = [opening]
    size = 0
    between = ""
    for piece in pieces:
        waiting += (between, piece)
        between = separator
        size += len(piece)
        if size > CHUNK:
            yield _ascii("".join(waiting))
            waiting, size = [], 0
    waiting.append(closing)
    yield _ascii("".join(waiting))


#: Stands between values: XML has no way to write it, JSON writes it as the second.
_NUL, _JSON_NUL = "\0", "\\u0000"
_SPECIAL = re.compile("[&<>\"']")


def _texts(rows: Iterable[Iterable[Any]]) -> list[str]:
    return list(map(str, chain.from_iterable(rows)))


def _xml_batch(item: str, keys: tuple[str, ...], texts: list[str]) -> str:
    """Rows of one kind; the values of all of them, row after row."""
    if _writable(whole := "".join(texts)) != whole:
        texts = list(map(_writable, texts))
    values = _NUL.join(texts)
    if _SPECIAL.search(values):
        values = values.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        values = values.replace('"', "&quot;").replace("'", "&apos;")
    return _template(item, keys) * (len(texts) // len(keys)) % tuple(values.split(_NUL))


@cache
def _template(item: str, keys: tuple[str, ...]) -> str:
    """The element of a row, a place for each value; keys are ours, so they hold no per cent."""
    return f"<{item}>{''.join(f'<{key}>%s</{key}>' for key in keys)}</{item}>"


def _writable(text: str) -> str:
    """The text, a mark for each character that XML 1.0 forbids: one odd value shall not take a
    whole list along.
    """
    return text if text.isprintable() else FORBIDDEN.sub("\ufffd", text)


def _ascii(text: str) -> bytes:
    # References keep the bytes valid under any declared encoding, and a carriage return what it is.
    return text.replace("\r", "&#13;").encode("ascii", "xmlcharrefreplace")
