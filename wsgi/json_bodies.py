"""What a client of the other systems sent: one JSON object, whatever the content type says of it.

Old clients post it as `application/x-www-form-urlencoded`, or without a type. As with forms,
nothing is dropped silently: a text that not all formats can write stays, as `Unreadable`, and is
refused by the name of its field.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from legacygrid import reasons
from legacygrid.wsgi import blocking, forms
from legacygrid.wsgi.body_limits import LONG
from legacygrid.wsgi.forms import Fields
from legacygrid.wsgi.request_body import read_body
from legacygrid.wsgi.values import NESTED, Unreadable, Value, why_unwritable


def read(environ: Mapping[str, Any]) -> Fields:
    """The members of the object that is the body; an empty body is an empty object.

    :param environ: the call's WSGI environ.
    :raises BadDocument, TooManyFields: as they say.
    :raises Reason: as `read_body` does.
    """
    document = load(environ)
    if not isinstance(document, dict):
        raise reasons.BadDocument(
            hint=f"the body is JSON, but a {type(document).__name__} and no object"
        )
    return to_fields(document)


def load(environ: Mapping[str, Any]) -> Any:
    """The document that is the body; an empty body is an empty object.

    :raises BadDocument: it is no JSON.
    :raises Reason: as `read_body` does.
    """
    data = read_body(environ)
    if len(data) > LONG:
        blocking.about_to_block()
    # A byte order mark is no JSON, and .NET wrote it all the same.
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        return {}
    return parse(data)


def to_fields(document: Mapping[str, Any]) -> Fields:
    """The members of an object.

    :raises TooManyFields: it has more parts than there is room for.
    """
    return _Reading().fields(document)


def parse(data: bytes) -> Any:
    """What JSON says in UTF-8 (RFC 8259).

    :raises BadDocument: it is none.
    """
    try:
        return json.loads(data.decode(), parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        raise reasons.BadDocument(hint="the body is nested too deep") from None
    except UnicodeDecodeError:
        raise reasons.BadDocument(hint="the body is no UTF-8") from None
    except ValueError as error:
        # The message of a JSONDecodeError tells where, and nothing of what was sent; others are
        # about numbers.
        why = (
            str(error)
            if isinstance(error, json.JSONDecodeError)
            else "a number in it is none that JSON has"
        )
        raise reasons.BadDocument(hint=f"the body is no JSON: {why}") from None


def _refuse_constant(name: str) -> Any:
    """Python's own reader takes NaN and Infinity, which JSON does not have."""
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


class _Reading:
    """Looks through one document, whose parts are counted."""

    def __init__(self) -> None:
        self._room = forms.MAX_FIELDS

    def fields(self, document: Mapping[str, Any]) -> Fields:
        """The members; one with a text inside that cannot be written is unreadable as a whole."""
        return Fields({_name(name): self._value(value) for name, value in document.items()})

    def _value(self, value: Any) -> Value:
        return next(self._wrong(value, 1), value)

    def _wrong(self, value: Any, depth: int) -> Iterator[Unreadable]:
        """All that is wrong in it.

        :raises TooManyFields: it has more parts than there is room for.
        """
        self._room -= 1
        if self._room < 0:
            raise reasons.TooManyFields
        if isinstance(value, str):
            wrong = why_unwritable(value)
            yield from [Unreadable(wrong)] if wrong else []
        elif isinstance(value, dict | list) and depth > forms.MAX_DEPTH:
            yield Unreadable(NESTED)
        elif isinstance(value, dict | list):
            yield from self._inside(value, depth)

    def _inside(self, value: dict[str, Any] | list[Any], depth: int) -> Iterator[Unreadable]:
        names, values = (value.keys(), value.values()) if isinstance(value, dict) else ((), value)
        for name in names:
            yield from [Unreadable(wrong)] if (wrong := why_unwritable(name)) else []
        for inner in values:
            yield from self._wrong(inner, depth + 1)


def _name(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()
