"""The fields of a call, as the table of calls reads parameters."""

from collections.abc import Iterator
from typing import Any

from legacygrid.wsgi.forms import Fields
from legacygrid.wsgi.values import PhpArray, Unreadable, flatten

#: Who calls: v3 has that in a header.
_CREDENTIALS = frozenset(("api_user", "api_key"))


def to_params(fields: Fields) -> dict[str, Any]:
    """What a call was given: texts, lists of texts, and `files[name]` with bytes."""
    return dict(
        pair for name in fields if name not in _CREDENTIALS for pair in _read(name, fields[name])
    )


def _read(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, PhpArray | list):
        yield name, _plain(value)
        return
    values = list(flatten(value))
    if all(not key or key.isdecimal() for (key, _), _ in values):
        yield name, [_plain(each) for _, each in values]
        return
    for (key, _), each in values:
        yield f"{name}[{key}]", _plain(each)


def _plain(value: Any) -> Any:
    """A text; of a file, and of what is no text, the bytes."""
    return value.data if isinstance(value, Unreadable) else value
