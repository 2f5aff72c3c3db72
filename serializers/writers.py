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

from legacygrid.models.row_texts import RowText, TextPage, TextPages
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


def xml(
    declaration: str, root: str, document: Mapping[str, Any] | list[Any], item: str = ""
) -> bytes:
    """One small document, without whitespace.

    A list's items bear its name without the plural s: `<errors><error>`.

    :param item: the name of the items of a document that is a list, if it is another.
    """
    # Most clients never ask for XML: the first one pays for it.
    from dicttoxml import dicttoxml

    made: bytes = dicttoxml(
        document,
        custom_root=root,
        attr_type=False,
        xml_declaration=False,
        item_func=lambda parent: item if item and parent == root else parent.removesuffix("s"),
    )
    return _ascii(declaration + _writable(made.decode()))


def deep_xml(declaration: str, root: str, item: str, rows: list[Any], closes: str) -> bytes:
    """A list whose rows hold lists, or are texts.

    :param closes: an element that is written `<users/>` where it is empty.
    """
    # Values have no brackets of their own by then.
    empty, closed = f"<{closes}></{closes}>", f"<{closes}/>"
    return xml(declaration, root, rows, item).replace(empty.encode(), closed.encode())


def xml_text(declaration: str, root: str, text: str) -> bytes:
    """A document of one element that holds a text alone."""
    written = _escape(_writable(text)).replace("<", "&lt;").replace(">", "&gt;")
    return _ascii(f"{declaration}<{root}>{written}</{root}>")


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


def json_pages(
    write: JsonWriter,
    separator: str,
    keys: tuple[str, ...],
    records: TextPages,
    row: Callable[[Any], Row],
) -> Iterator[bytes]:
    """The same bytes that `json_rows` would make of the rows, each of which has these keys and a
    text under each.
    """
    layout = _json_layout(write, separator, keys)
    marks = "".join(layout.around).count(_QUOTE)

    def to_text(page: TextPage) -> str:
        if page.text.count(_QUOTE) != page.size * marks:
            return write(list(map(row, page.read())))[1:-1]
        return write(page.text)[1:-1].replace(_QUOTE, '"')

    return _chunks(filter(None, map(to_text, records.pages(layout))), "[", separator, "]")


@cache
def _json_layout(write: JsonWriter, separator: str, keys: tuple[str, ...]) -> RowText:
    # Keys are ours, so they hold no per cent.
    around = write(dict.fromkeys(keys, "%s")).replace('"', _QUOTE).split("%s")
    return RowText(keys, tuple(around), separator)


def xml_pages(
    declaration: str,
    root: str,
    item: str,
    keys: tuple[str, ...],
    records: TextPages,
    row: Callable[[Any], Row],
) -> Iterator[bytes]:
    """The same bytes that `xml_rows` would make of the rows, each of which has these keys and a
    text under each.
    """
    layout = RowText(keys, tuple(_template(item, keys).split("%s")), "")
    marks = "".join(layout.around).count("<")

    def to_text(page: TextPage) -> str:
        if any(page.text.count(mark) != page.size * marks for mark in "<>"):
            return _xml_batch(item, keys, _texts(row(record).values() for record in page.read()))
        return _escape(_writable(page.text))

    return _chunks(map(to_text, records.pages(layout)), f"{declaration}<{root}>", "", f"</{root}>")


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
#: Stands for a quotation mark of a layout: JSON writes it as it is, and values seldom have it.
_QUOTE = "`"
#: Those of ASCII that XML forbids.
_CONTROLS = bytes(byte for byte in range(128) if FORBIDDEN.match(chr(byte)))
_SPECIAL = re.compile("[&<>\"']")


def _texts(rows: Iterable[Iterable[Any]]) -> list[str]:
    return list(map(str, chain.from_iterable(rows)))


def _xml_batch(item: str, keys: tuple[str, ...], texts: list[str]) -> str:
    """Rows of one kind; the values of all of them, row after row."""
    if _writable(whole := "".join(texts)) != whole:
        texts = list(map(_writable, texts))
    values = _NUL.join(texts)
    if _SPECIAL.search(values):
        values = _escape(values).replace("<", "&lt;").replace(">", "&gt;")
    return _template(item, keys) * (len(texts) // len(keys)) % tuple(values.split(_NUL))


@cache
def _template(item: str, keys: tuple[str, ...]) -> str:
    """The element of a row, a place for each value; keys are ours, so they hold no per cent."""
    children = "".join(f"<{key}>%s</{key}>" for key in keys)
    return f"<{item}>{children}</{item}>" if item else children


def _escape(text: str) -> str:
    """The text as XML has it, but for the brackets of tags."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&apos;")


def _writable(text: str) -> str:
    """The text, a mark for each character that XML 1.0 forbids: one odd value shall not take a
    whole list along.
    """
    return text if _is_writable(text) else FORBIDDEN.sub("\ufffd", text)


def _is_writable(text: str) -> bool:
    """Whether it surely is; looked at in the way that takes least."""
    if text.isascii():
        return len(text.encode().translate(None, _CONTROLS)) == len(text)
    return text.isprintable()


def _ascii(text: str) -> bytes:
    # References keep the bytes valid under any declared encoding, and a carriage return what it is.
    return text.replace("\r", "&#13;").encode("ascii", "xmlcharrefreplace")
