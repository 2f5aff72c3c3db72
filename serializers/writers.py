"""How documents become bytes: the JSON of two back ends, XML, and lists that are written as they
are read.
"""

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, islice
from typing import Any

from dicttoxml import dicttoxml

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
    return _chunks(
        (_xml_batch(item, batch) for batch in _batches(rows)),
        f"{declaration}<{root}>",
        "",
        f"</{root}>",
    )


def json_rows(write: JsonWriter, separator: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """A list, as it is read; the same bytes that the writer would make of the whole."""
    # The brackets around each batch go.
    return _chunks((write(batch)[1:-1] for batch in _batches(rows)), "[", separator, "]")


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """A hundred rows at a time: they are written at once in half of the time."""
    iterator = iter(rows)
    return iter(lambda: list(islice(iterator, 100)), [])


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


_SPECIAL = re.compile("[&<>\"']")
#: Stands in no value once it is writable: XML has no way to write it.
_NUL = "\0"


def _xml_batch(item: str, rows: list[Row]) -> str:
    """Rows of one kind: the same keys in the same order."""
    texts = list(map(str, chain.from_iterable(row.values() for row in rows)))
    if _writable(whole := "".join(texts)) != whole:
        texts = list(map(_writable, texts))
    values = _NUL.join(texts)
    if _SPECIAL.search(values):
        values = values.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        values = values.replace('"', "&quot;").replace("'", "&apos;")
    return _template(item, tuple(rows[0])) * len(rows) % tuple(values.split(_NUL))


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
