"""What a client sent: query and body as one set of fields, by PHP's rules, since PHP took them in.

Nothing is dropped silently: bytes that are no text stay, as `Unreadable`, and are refused by name later on.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio import multipart

from legacygrid import blocking, reasons

#: Bytes of a body, four times the longest form that a test is likely to send; and of one that brings a mail with files.
MAX_BODY = 4 * 1024 * 1024
MAX_MAIL = 32 * 1024 * 1024
#: Where mail comes in.
_MAIL = ("/api/mail.send", "/api/v2/emails/", "/v3/email/")
#: Bytes of a body that take long to parse: 24,000 parts keep a core busy for a second.
LONG = 64 * 1024
#: Fields of a call: a mail may name 10,000 recipients, each with a name.
MAX_FIELDS = 25_000

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

#: Characters that XML 1.0 has no way to write, not even as references.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: `permissions[email]`, `ip[]`, `ip[0]`; nested 64 deep at most, as PHP has it.
MAX_DEPTH = 64
_ARRAY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_KEY = re.compile(r"\[([^\[\]]*)\]")


def most(path: str) -> int:
    """Bytes that a body may have at that path, of whatever world."""
    return MAX_MAIL if any(part in path for part in _MAIL) else MAX_BODY


class PhpArray(dict[str, Any]):
    """An array of PHP: keys in order; `name[]` takes the next number."""

    _next = 0

    def put(self, keys: list[str], value: Any) -> None:
        """Set the value at the path of keys."""
        at = self
        for key in keys[:-1]:
            key = at._taken(key)
            if not isinstance(at.get(key), PhpArray):
                at[key] = PhpArray()
            at = at[key]
        at[at._taken(keys[-1])] = value

    def _taken(self, key: str) -> str:
        number = int(key) if key.isdecimal() and len(key) < 19 else self._next if key == "" else -1
        self._next = max(self._next, number + 1)
        return key or str(number)


class Unreadable:
    """A value that is no text, and why: it is refused wherever a text is wanted.

    :param data: its bytes, for the few places that take them; `filename` and `type` as the client has it.
    """

    __slots__ = ("data", "filename", "type", "why")

    def __init__(self, why: str, data: bytes = b"", filename: str = "", type: str = "") -> None:
        self.why = why
        self.data = data
        self.filename = filename
        self.type = type


Value = str | PhpArray | Unreadable


class _Showing:
    """Tells the values of a call as JSON can; cut, since thousands of calls are kept.

    Of long texts the first 1,000 characters are told, of long arrays the first 100 elements, of all arrays together
    the first 20,000 characters.
    """

    def __init__(self) -> None:
        self._room = 20_000

    def shown(self, value: Value) -> Any:
        """One value."""
        if isinstance(value, Unreadable):
            return f"({value.why})"
        return value[:1000] if isinstance(value, str) else self._array(value)

    def _array(self, array: PhpArray) -> Any:
        elements: dict[str, Any] = {}
        for key, inner in islice(array.items(), 100):
            told = self.shown(inner)
            self._room -= len(key[:1000]) + (len(told) if isinstance(told, str) else 1)
            if self._room < 0:
                break
            elements[key[:1000]] = told
        return list(elements.values()) if list(elements) == list(map(str, range(len(elements)))) else elements


class Fields(dict[str, Value]):
    """The fields of one call. Of a repeated plain name the last one counts."""

    def text(self, name: str) -> str | None:
        """The field's text; none if it is missing, an array or unreadable."""
        value = self.get(name)
        return value if isinstance(value, str) else None

    def shown(self, names: frozenset[str]) -> dict[str, Any]:
        """The fields of these names, as far as a person or a test can use them."""
        showing = _Showing()
        return {name: showing.shown(value) for name, value in self.items() if name in names}

    def unreadable(self, known: Iterable[str]) -> Iterator[tuple[str, Unreadable]]:
        """The fields outside the known ones that are no text."""
        known = frozenset(known)
        return (
            (name, found)
            for name, value in self.items()
            if name not in known
            for found in [unreadable(value)]
            if found is not None
        )


def unreadable(value: Any) -> Unreadable | None:
    """What of a value is no text, if anything."""
    if isinstance(value, PhpArray):
        return next(filter(None, map(unreadable, value.values())), None)
    return value if isinstance(value, Unreadable) else None


def read(environ: Mapping[str, Any]) -> Fields:
    """All fields of a call: those of the query, then those of the body, which win.

    :param environ: the call's WSGI environ.
    :raises BodyTooLarge, BodyCutShort, BodyTooSlow, ForeignBody, UnreadableBody, TooManyFields: as they say.
    """
    query = list(_urlencoded(environ.get("QUERY_STRING", "").encode("latin-1")))
    body = list(_body(environ))
    if len(query) + len(body) > MAX_FIELDS:
        raise reasons.TooManyFields
    return Fields(_merged(query) | _merged(body))


Pairs = Iterator[tuple[str, "str | Unreadable"]]


def _body(environ: Mapping[str, Any]) -> Pairs:
    data = _received(environ)
    if not data:
        return iter(())
    if len(data) > LONG:
        blocking.about_to_block()
    content_type = environ.get("CONTENT_TYPE", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == URLENCODED:
        return _urlencoded(data)
    if kind == MULTIPART:
        return _multipart(data, parse_options_header(content_type)[1].get("boundary", ""))
    raise reasons.ForeignBody


def _received(environ: Mapping[str, Any]) -> bytes:
    """The bytes of the body, counted against Content-Length.

    A server that marks the input as terminated (PEP 3333 has no word for chunked bodies) is read to its end.
    """
    if environ.get("legacygrid.too_slow"):
        raise reasons.BodyTooSlow
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() and not environ.get("wsgi.input_terminated"):
        return b""
    limit = most(environ["PATH_INFO"])
    wanted = min(int(length.lstrip("0")[:10] or 0), limit + 1) if length.isdecimal() else limit + 1
    if wanted > limit and length:
        raise reasons.BodyTooLarge
    data: bytes = environ["wsgi.input"].read(wanted)
    if len(data) > limit:
        raise reasons.BodyTooLarge
    if environ.get("legacygrid.cut_short") or (length and len(data) < wanted):
        raise reasons.BodyCutShort
    return data


def _urlencoded(data: bytes) -> Pairs:
    if data.count(b"&") >= MAX_FIELDS:
        raise reasons.TooManyFields
    for pair in data.split(b"&"):
        if pair:
            if b"+" in pair:
                pair = pair.replace(b"+", b" ")
            name, _, value = pair.partition(b"=")
            if b"%" in pair:
                name, value = unquote_to_bytes(name), unquote_to_bytes(value)
            yield _name(name), _text(value)


def _multipart(data: bytes, boundary: str) -> Pairs:
    decoder = multipart.MultipartDecoder(boundary.encode("latin-1", "replace"), max_parts=MAX_FIELDS)
    try:
        decoder.receive_data(data)
        decoder.receive_data(None)
        yield from _parts(decoder)
    except RequestEntityTooLarge:
        raise reasons.TooManyFields from None
    except (ValueError, AttributeError):
        raise reasons.UnreadableBody from None


def _parts(decoder: multipart.MultipartDecoder) -> Pairs:
    part: multipart.Field | multipart.File | None = None
    value = b""
    while not isinstance(event := decoder.next_event(), multipart.Epilogue):
        if isinstance(event, multipart.Field | multipart.File):
            part, value = event, b""
            if not isinstance(part.name, str):
                raise ValueError("a part without a name")
        elif isinstance(event, multipart.Data) and part is not None:
            value += event.data
            if not event.more_data:
                yield part.name, _uploaded(part, value) if isinstance(part, multipart.File) else _text(value)


def _uploaded(part: multipart.File, data: bytes) -> Unreadable:
    # PHP keeps an uploaded file apart from the fields, so it is no value of one.
    filename, kind = part.filename or "", part.headers.get("content-type", "")
    return Unreadable("cannot be an uploaded file", data, filename, kind)


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _text(raw: bytes) -> str | Unreadable:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Unreadable("contains bytes that are not UTF-8", raw)
    if not text.isprintable() and FORBIDDEN.search(text):
        return Unreadable("contains characters that XML 1.0 forbids", raw)
    return text


def _merged(pairs: Iterable[tuple[str, str | Unreadable]]) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    for name, value in pairs:
        array = _ARRAY.fullmatch(name) if name.endswith("]") else None
        if array is None:
            fields[name] = value
        else:
            _put(fields, array[1], _KEY.findall(array[2]), value)
    return fields


def _put(fields: dict[str, Value], name: str, keys: list[str], value: str | Unreadable) -> None:
    """One element of an array."""
    inside = fields.get(name)
    if isinstance(inside, Unreadable):
        return
    if len(keys) > MAX_DEPTH:
        fields[name] = Unreadable("is nested too deep")
        return
    if not isinstance(inside, PhpArray):
        inside = fields[name] = PhpArray()
    inside.put(keys, value)
