"""What a field of a call can hold, however it came in, and what a journal keeps of it."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from legacygrid.registry.evidence import Sentence, inferred

#: Characters that XML 1.0 has no way to write, not even as references.
FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Beyond which a whole number is kept as a text.
_LARGEST = 2**63 - 1

_OURS = inferred("what is no text is refused by name; the words are ours")
# Why a value is no text, or not one that all formats can write.
NOT_UTF8 = Sentence("contains bytes that are not UTF-8", _OURS)
UPLOADED = Sentence("cannot be an uploaded file", _OURS)
NESTED = Sentence("is nested too deep", _OURS)
NOT_XML = Sentence("contains characters that XML 1.0 forbids", _OURS)


class PhpArray(dict[str, Any]):
    """An array of PHP: keys in order; `name[]` takes the next number."""

    _next = 0

    def put(self, keys: list[str], value: Any) -> None:
        """Set the value at the path of keys."""
        at = self
        for key in keys[:-1]:
            at = at._array(key)
        at[at._taken(keys[-1])] = value

    def add(self, keys: list[str], value: Any) -> None:
        """Set the value at the path of keys, beside what is there: nothing is lost."""
        at = self
        for key in keys[:-1]:
            at = at._array(key, keep=True)
        last = at._taken(keys[-1])
        if last in at:
            at = at._array(last, keep=True)
            last = at._taken("")
        at[last] = value

    def _array(self, key: str, keep: bool = False) -> "PhpArray":
        """The array at a key.

        :param keep: what is there and is no array becomes its first value.
        """
        key = self._taken(key)
        inside = self.get(key)
        if isinstance(inside, PhpArray):
            return inside
        self[key] = array = PhpArray()
        if keep and inside is not None:
            array.put([""], inside)
        return array

    def _taken(self, key: str) -> str:
        number = self._next if key == "" else -1
        if key.isdecimal() and len(key) < 19:
            number = int(key)
        self._next = max(self._next, number + 1)
        return key or str(number)


class Unreadable:
    """A value that is no text, and why: it is refused wherever a text is wanted.

    :param data: its bytes, for the few places that take them; `filename` and `type` as the client
        has it.
    """

    __slots__ = ("data", "filename", "type", "why")

    def __init__(
        self, why: Sentence, data: bytes = b"", filename: str = "", type: str = ""
    ) -> None:
        self.why = why
        self.data = data
        self.filename = filename
        self.type = type


#: What JSON has, beside a field that cannot be read.
Value = str | int | float | bool | list[Any] | dict[str, Any] | Unreadable | None


class Excerpt:
    """The values of one call as JSON has them, cut, since thousands of calls are kept.

    Of a long text the first 1,000 characters stay, of a long array the first 100 elements, of all
    arrays together the first 20,000 characters.
    """

    def __init__(self) -> None:
        self._room = 20_000

    def to_json(self, value: Value) -> Any:
        """One value, cut."""
        if isinstance(value, Unreadable):
            return f"({value.why})"
        if isinstance(value, dict):
            return self._array(value)
        if isinstance(value, list):
            return list(self._elements((str(at), inner) for at, inner in enumerate(value)).values())
        if isinstance(value, int) and abs(value) > _LARGEST:
            value = str(value)
        return value[:1000] if isinstance(value, str) else value

    def _array(self, array: dict[str, Any]) -> Any:
        elements = self._elements(array.items())
        places = list(map(str, range(len(elements))))
        is_list = isinstance(array, PhpArray) and list(elements) == places
        return list(elements.values()) if is_list else elements

    def _elements(self, items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        elements: dict[str, Any] = {}
        for key, inner in islice(items, 100):
            value = self.to_json(inner)
            self._room -= len(key[:1000]) + (len(value) if isinstance(value, str) else 1)
            if self._room < 0:
                break
            elements[key[:1000]] = value
        return elements


def find_unreadable(value: Any) -> Unreadable | None:
    """What of a value is no text, if anything."""
    if isinstance(value, PhpArray | list):
        return next((each for each in _leaves(value) if isinstance(each, Unreadable)), None)
    return value if isinstance(value, Unreadable) else None


def flatten(value: Any) -> Iterator[tuple[tuple[str, int], Any]]:
    """The single values of a field, each with its key in the array and its number from 0 there:
    of `to[x][]=a&to[x][]=b`, `x` with 0 and 1.
    """
    if isinstance(value, list):
        value = dict(zip(map(str, range(len(value))), value, strict=True))
    elif not isinstance(value, PhpArray):
        value = {"0": value}
    for key, inside in value.items():
        if isinstance(inside, PhpArray | list):
            yield from (((key, number), each) for number, each in enumerate(_leaves(inside)))
        else:
            yield (key, 0), inside


def _leaves(array: PhpArray | list[Any]) -> Iterator[Any]:
    for each in array.values() if isinstance(array, PhpArray) else array:
        if isinstance(each, PhpArray | list):
            yield from _leaves(each)
        else:
            yield each


def spell_out(text: str) -> str:
    """A text of anybody's for logs and terminals: what ends lines or is obeyed there is spelled."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)


def why_unwritable(text: str) -> Sentence | None:
    """What is wrong with a text that not all formats can write; nothing, with most."""
    if not text.isprintable() and FORBIDDEN.search(text):
        return NOT_XML
    return None
