"""Paths with variables: `/v3/subusers/{username}/credits`, and `*` for a number."""

import re
from collections.abc import Mapping
from typing import Generic, TypeVar
from urllib.parse import unquote

from legacygrid.auth.claims import looks_like_key
from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.wsgi.values import Unreadable, Value, why_unwritable

T = TypeVar("T")
#: A `*` stands for a number, which handlers know by this name.
NUMBER = "number"
# Numbers of the wire have the digits of ASCII alone.
_NUMBER = re.compile(r"-?\d+", re.ASCII)
# A slash of a name, which `wsgi.client` leaves encoded.
_SLASH = re.compile(r"%(?:25)*2f", re.IGNORECASE)
_VARIABLE = re.compile(r"\{(\w+)\}")


def find_variables(template: str) -> Mapping[str, int]:
    """The places of the variables of a template, counted by slashes, by their names."""
    names = map(_name_of, template.split("/"))
    return {name: place for place, name in enumerate(names) if name}


def _name_of(part: str) -> str:
    if part == "*":
        return NUMBER
    match = _VARIABLE.fullmatch(part)
    return match[1] if match else ""


def fits(template: str, path: str) -> bool:
    """Whether a path is one of a template's."""
    parts, wanted = path.split("/"), template.split("/")
    pairs = zip(parts, wanted, strict=False)
    return len(parts) == len(wanted) and all(a == b or (a and _name_of(b)) for a, b in pairs)


#: Why a part of a path is not read: journals show what is.
IS_KEY = Sentence("is an API key", inferred("no source has a key in a path; the words are ours"))


def read_part(part: str) -> Value:
    """What stands in a path for a variable."""
    part = _SLASH.sub(lambda slash: unquote(slash[0]), part)
    wrong = IS_KEY if looks_like_key(part) else why_unwritable(part)
    return Unreadable(wrong) if wrong else part


def show_part(name: str, part: str) -> str:
    """The same as a journal may have it: the variable's name for a key."""
    return f"{{{name}}}" if looks_like_key(part) else part


class _Node(Generic[T]):
    """What may follow a part of a path.

    :ivar parts: by the next part, as it is written.
    :ivar number: where the next part is a number; `other` where it is anything, but not empty.
    :ivar value: what is found where nothing follows.
    """

    def __init__(self) -> None:
        self.parts: dict[str, _Node[T]] = {}
        self.number: _Node[T] | None = None
        self.other: _Node[T] | None = None
        self.value: T | None = None

    def extend(self, part: str) -> "_Node[T]":
        """The node after a part of a template."""
        name = _name_of(part)
        if not name:
            return self.parts.setdefault(part, _Node())
        if name == NUMBER:
            self.number = self.number or _Node()
            return self.number
        self.other = self.other or _Node()
        return self.other

    def find(self, parts: list[str], place: int) -> T | None:
        """What is found by the parts from a place on; what is written wins over variables."""
        if place == len(parts):
            return self.value
        part = parts[place]
        after = [self.parts.get(part), self.number if _NUMBER.fullmatch(part) else None]
        after.append(self.other if part else None)
        found = (node.find(parts, place + 1) for node in after if node)
        return next((value for value in found if value is not None), None)


class PathTree(Generic[T]):
    """Templates of paths, and what is to be found by each."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, template: str, value: T) -> None:
        """Have a value found by the paths that a template fits."""
        node = self._root
        for part in template.split("/"):
            node = node.extend(part)
        node.value = value

    def find(self, path: str) -> T | None:
        """What is found by a path, if anything."""
        return self._root.find(path.split("/"), 0)
