"""What a client sent: query and body as one set of fields, by PHP's rules, since PHP took them in.

Nothing is dropped silently: bytes that are no text stay, as `Unreadable`, and are refused by name
later on.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug.http import parse_options_header

from legacygrid import reasons
from legacygrid.wsgi import blocking, form_parts
from legacygrid.wsgi.body_limits import LONG
from legacygrid.wsgi.request_body import read_body
from legacygrid.wsgi.values import (
    NESTED,
    NOT_UTF8,
    UPLOADED,
    Excerpt,
    PhpArray,
    Unreadable,
    Value,
    find_unreadable,
    why_unwritable,
)

#: Fields of a call: a mail may name 10,000 recipients, each with a name.
MAX_FIELDS = 25_000

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

#: `permissions[email]`, `ip[]`, `ip[0]`; nested 64 deep at most, as PHP has it.
MAX_DEPTH = 64
_ARRAY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_KEY = re.compile(r"\[([^\[\]]*)\]")


#: Where a field comes in.
QUERY, BODY = "query", "body"


class Fields(dict[str, Value]):
    """The fields of one call."""

    #: The names of those that came in the body; none if all did.
    in_body: Container[str] | None = None
    #: Why the body cannot be read, where that is told only to somebody who may make the call.
    refusal: reasons.Reason | None = None
    #: Whether they are one, which is an array that is the whole body.
    is_array: bool = False

    def place_of(self, name: str) -> str:
        """Where a field came in; of one that came in both places, the body's counts."""
        return BODY if self.in_body is None or name in self.in_body else QUERY

    def text(self, name: str) -> str | None:
        """The field's text; none if it is missing, an array or unreadable."""
        value = self.get(name)
        return value if isinstance(value, str) else None

    def to_json(self, names: frozenset[str]) -> dict[str, Any]:
        """The fields of these names, as far as a person or a test can use them."""
        excerpt = Excerpt()
        return {name: excerpt.to_json(value) for name, value in self.items() if name in names}

    def unreadable(self, known: Container[str]) -> Iterator[tuple[str, Unreadable]]:
        """The fields outside the known ones that are no text."""
        for name, value in self.items():
            found = find_unreadable(value)
            if name not in known and found is not None:
                yield name, found


Pairs = Iterator[tuple[str, "str | Unreadable"]]


@dataclass(frozen=True)
class FormReader:
    """Reads all fields of a call: those of the query, then those of the body, which win.

    :param arrays: the fields that are arrays however they are spelled (`to`, `to[]`, `to[0]`): all
        values of them count, and none replaces another.
    """

    arrays: frozenset[str] = frozenset()

    def __call__(self, environ: Mapping[str, Any]) -> Fields:
        """The fields.

        :param environ: the call's WSGI environ.
        :raises ForeignBody, UnreadableBody, TooManyFields: as they say.
        :raises Reason: as `read_body` does.
        """
        query = list(read_query(environ))
        body = list(_body(environ))
        if len(query) + len(body) > MAX_FIELDS:
            raise reasons.TooManyFields
        in_body = self._merge(body)
        if not query:
            return Fields(in_body)
        fields = Fields(self._merge(query) | in_body)
        fields.in_body = in_body
        if body and self.arrays:
            both = self._merge([*query, *body])
            fields.update((name, both[name]) for name in self.arrays & both.keys())
        return fields

    def _merge(self, pairs: Iterable[tuple[str, str | Unreadable]]) -> dict[str, Value]:
        fields: dict[str, Value] = {}
        for name, value in pairs:
            bare, bracket, rest = name.partition("[")
            array = _ARRAY.fullmatch(name) if rest.endswith("]") else None
            keys = _KEY.findall(array[2]) if array else []
            if bare in self.arrays:
                _add(fields, bare, keys or [rest.removesuffix("]")] * len(bracket), value)
            elif array:
                _put(fields, bare, keys, value)
            else:
                fields[name] = value
        return fields


#: Of a repeated plain name the last one counts.
read = FormReader()


def read_query(environ: Mapping[str, Any]) -> Pairs:
    """The fields of the query, as they come.

    :raises TooManyFields: there are more than fit.
    """
    query: str = environ.get("QUERY_STRING", "")
    return _parse_urlencoded(query.encode("latin-1")) if query else iter(())


def _body(environ: Mapping[str, Any]) -> Pairs:
    data = read_body(environ)
    if not data:
        return iter(())
    if len(data) > LONG:
        blocking.about_to_block()
    content_type = environ.get("CONTENT_TYPE", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == URLENCODED:
        return _parse_urlencoded(data)
    if kind == MULTIPART:
        return _parse_multipart(data, parse_options_header(content_type)[1].get("boundary", ""))
    raise reasons.ForeignBody


def _parse_urlencoded(data: bytes) -> Pairs:
    if data.count(b"&") >= MAX_FIELDS:
        raise reasons.TooManyFields
    # An array has one name 10,000 times.
    names: dict[bytes, str] = {}
    for pair in data.split(b"&"):
        if pair:
            if b"+" in pair:
                pair = pair.replace(b"+", b" ")
            written, _, value = pair.partition(b"=")
            if written not in names:
                names[written] = _name(_unquote(written))
            yield names[written], _text(_unquote(value))


def _unquote(raw: bytes) -> bytes:
    return unquote_to_bytes(raw) if b"%" in raw else raw


def _parse_multipart(data: bytes, boundary: str) -> Pairs:
    for part in form_parts.parse(data, boundary, MAX_FIELDS):
        if part.filename is None:
            yield part.name, _text(part.data)
        elif part.filename or part.data:
            # Browsers send a field for a file that nobody chose, too: to PHP, that is no file.
            # PHP keeps an uploaded file apart from the fields, so it is no value of one.
            yield part.name, Unreadable(UPLOADED, part.data, part.filename, part.type)


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _text(raw: bytes) -> str | Unreadable:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Unreadable(NOT_UTF8, raw)
    wrong = why_unwritable(text)
    return Unreadable(wrong, raw) if wrong else text


def _put(fields: dict[str, Value], name: str, keys: list[str], value: str | Unreadable) -> None:
    """One element of an array."""
    inside = fields.get(name)
    if isinstance(inside, Unreadable):
        return
    if len(keys) > MAX_DEPTH:
        fields[name] = Unreadable(NESTED)
        return
    if not isinstance(inside, PhpArray):
        inside = fields[name] = PhpArray()
    inside.put(keys, value)


def _add(fields: dict[str, Value], name: str, keys: list[str], value: str | Unreadable) -> None:
    """One value of a field that is an array. Plain ones are a list, under the key that no other
    value has where others have keys; one that stands alone stays as it is.
    """
    inside = fields.get(name)
    if keys:
        if not isinstance(inside, PhpArray):
            plain = inside if isinstance(inside, list) else [inside]
            inside = fields[name] = PhpArray({"": plain} if name in fields else {})
        inside.add(keys[:MAX_DEPTH], value)
    elif isinstance(inside, PhpArray):
        inside.setdefault("", []).append(value)
    elif isinstance(inside, list):
        inside.append(value)
    else:
        fields[name] = [inside, value] if name in fields else value
