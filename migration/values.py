"""What stands in a v3 request in place of a constant: known from the v2 call, or from an answer.

A body is JSON in which such values stand; so one description of a step can be carried out, counted,
and printed in any language.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

from legacygrid.migration.inputs import Inputs


class JsonType(Enum):
    """As what a parameter, which is text in v2, goes into JSON."""

    TEXT = "text"
    NUMBER = "number"
    SWITCH = "switch"
    TEXTS = "texts"


class Presence(Enum):
    """Where a parameter goes into the request."""

    ALWAYS = "always"
    #: Also if it is empty, which clears.
    IF_GIVEN = "if given"
    #: Not if it is empty, which is as not given.
    IF_FILLED = "if filled"


TEXT, NUMBER, SWITCH, TEXTS = JsonType
ALWAYS, IF_GIVEN, IF_FILLED = Presence


class Param(NamedTuple):
    """A parameter of the v2 call."""

    name: str
    type: JsonType = TEXT
    presence: Presence = ALWAYS


class Negative(NamedTuple):
    """A number with its sign turned: v2 said by the task which way it goes."""

    of: Param


class Need(NamedTuple):
    """What v3 asks for and no v2 call had.

    :param example: stands in code that is printed.
    :param why: what it is, in words.
    :param is_assumed: the example serves where nobody has anything better.
    """

    name: str
    example: Any
    why: str
    is_assumed: bool = False


class Worked(NamedTuple):
    """What is worked out of the call's parameters, before anything is asked.

    :param name: what it is called in code.
    :param work: works it out; none, where the parameters say nothing of it.
    """

    name: str
    work: Callable[[Inputs], Any]


class Kept(NamedTuple):
    """What an earlier answer said, or a part of it.

    :param name: under which it was kept; `each` is an item of a list that is looked through.
    :param path: the keys that lead to the part.
    """

    name: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ".".join((self.name, *self.path))


class JoinedTexts(NamedTuple):
    """Texts of an answer, put together."""

    parts: tuple[Kept, ...]
    by: str


class Plucked(NamedTuple):
    """One field of each item of a list."""

    of: Kept
    key: str


class Revised(NamedTuple):
    """A list of texts of an answer, with some taken out and some put in; one at least is left.

    :param by: the parameter that says which.
    """

    of: Kept
    without: Worked
    also: Worked
    by: str


Value = Param | Negative | Need | Worked | Kept | JoinedTexts | Plucked | Revised
_VALUES = (Param, Negative, Need, Worked, Kept, JoinedTexts, Plucked, Revised)


def is_value(template: Any) -> bool:
    """Whether something is a value, and no JSON."""
    return isinstance(template, _VALUES)


def is_list(template: Any) -> bool:
    """Whether it is a parameter that is a list: in a query, its name is repeated."""
    return isinstance(template, Param) and template.type is TEXTS


def walk(template: Any) -> Iterator[Value]:
    """Every value in JSON, and those that it is made of."""
    if is_value(template):
        yield template
        parts = template.parts if isinstance(template, JoinedTexts) else ()
        for each in (*parts, *(getattr(template, "of", ()),)):
            yield from walk(each)
        if isinstance(template, Revised):
            yield from (template.without, template.also)
    elif isinstance(template, Mapping):
        for each in template.values():
            yield from walk(each)
    elif isinstance(template, list):
        for each in template:
            yield from walk(each)
