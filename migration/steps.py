"""What is done in v3 in place of one v2 call, step by step."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

from legacygrid.migration.evaluation import prune
from legacygrid.migration.inputs import Inputs
from legacygrid.migration.values import JoinedTexts, Kept, Param, Value, walk

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_PLACE = re.compile(r"\{([^}]+)\}")
#: Items of one page: the most that v3 gives.
PAGE = 500


class Ask(NamedTuple):
    """One request.

    :param path: with places in braces: `{user}` is a parameter of the v2 call, `{domain.id}` a part
        of what was kept.
    :param as_user: the subuser of the header On-Behalf-Of.
    :param query: its parameters; a list is a name that is repeated.
    :param body: JSON; none is no body.
    :param keep: the name under which the answer's body is kept.
    :param part: of the body, only what is under this name is kept.
    :param first_of: of the body, the first item of the list of this name is kept, if it has one.
    :param undo: what takes it back if a later step fails.
    :param unless_empty: it is left out where its body would be an empty object.
    """

    verb: str
    path: str
    as_user: Value | None = None
    query: Mapping[str, Any] = _NOTHING
    body: Any = None
    keep: str = ""
    part: str = ""
    first_of: str = ""
    undo: "Ask | None" = None
    unless_empty: bool = False

    @property
    def parts(self) -> list[str | Value]:
        """The path, its texts and the values between them."""
        texts = _PLACE.split(self.path)
        return [to_value(each) if n % 2 else each for n, each in enumerate(texts)]


class Pages(NamedTuple):
    """A request for a list, page by page, until one is not full; no answer says that there is more.

    :param ask: what is asked, without limit and offset; all items are kept under its name.
    """

    ask: Ask


class Compare(Enum):
    """How two things are compared."""

    IS = "is"
    IS_NOT = "is not"
    STARTS = "starts with"
    #: In any case of letters, as v2's filters.
    CONTAINS = "contains"
    #: Of two lists.
    SHARES_NOTHING = "shares nothing with"
    HAS_NONE = "has none"
    HAS_SOME = "has some"
    #: Of anything that may be null.
    IS_THERE = "is there"


class Condition(NamedTuple):
    """Something that holds or not.

    :param of: what is looked at; `Kept("each", ...)` is part of an item of a list.
    :param value: what it is compared with, if it is.
    """

    of: Kept | JoinedTexts
    compare: Compare
    value: Any = None


class Find(NamedTuple):
    """The first item of a list for which a condition holds.

    :param keep: the name under which it is kept.
    :param among: the name of the list.
    :param what: what it is, in words, for the case that there is none.
    :param optional: null is kept if there is none; else nothing more is done.
    """

    keep: str
    among: str
    where: Condition
    what: str
    optional: bool = False


class Narrow(NamedTuple):
    """A list loses the items for which a condition does not hold."""

    among: str
    where: tuple[Condition, ...]


class ForEach(NamedTuple):
    """Steps for each item of a list, one after the other.

    :param item: the name of an item during them; in words of the rate, too: once per `subuser`.
    :param merge: the name of what was kept meanwhile, whose fields each item gets.
    """

    item: str
    among: str
    steps: "tuple[Step, ...]"
    merge: str = ""


class When(NamedTuple):
    """Steps for the case that something holds, and for the other."""

    condition: Condition
    steps: "tuple[Step, ...]"
    otherwise: "tuple[Step, ...]" = ()


class CountItems(NamedTuple):
    """How many items a list has."""

    keep: str
    among: str


Step = Ask | Pages | Find | Narrow | ForEach | When | CountItems


def to_value(place: str) -> Param | Kept:
    """What stands in the braces of a path: a parameter, or a part of what was kept."""
    name, *path = place.split(".")
    return Kept(name, tuple(path)) if path else Param(name)


def list_asks(steps: Iterable[Step]) -> Iterator[tuple[Ask, str]]:
    """Each request of steps in order, and what it is made once per: `page`, `subuser`, nothing."""
    for step in steps:
        match step:
            case Ask():
                yield step, ""
            case Pages():
                yield step.ask, "page"
            case ForEach():
                yield from ((ask, per or step.item) for ask, per in list_asks(step.steps))
            case When():
                yield from list_asks((*step.steps, *step.otherwise))


def list_values(steps: Iterable[Step]) -> Iterator[Value]:
    """Every value in steps, also in what takes them back."""
    for step in steps:
        match step:
            case Ask():
                yield from _values_of(step)
            case Pages():
                yield from _values_of(step.ask)
            case Find():
                yield from walk([step.where.of, step.where.value])
            case Narrow():
                for each in step.where:
                    yield from walk([each.of, each.value])
            case ForEach():
                yield from list_values(step.steps)
            case When():
                yield from walk([step.condition.of, step.condition.value])
                yield from list_values((*step.steps, *step.otherwise))


def _values_of(ask: Ask) -> Iterator[Value]:
    yield from walk([*ask.parts, ask.as_user, ask.query, ask.body])
    if ask.undo:
        yield from _values_of(ask.undo)


def resolve(steps: Iterable[Step], inputs: Inputs) -> tuple[Step, ...]:
    """The steps of one v2 call: without what it says nothing of."""
    return tuple(each for step in steps for each in _resolve(step, inputs))


def _resolve(step: Step, inputs: Inputs) -> Iterator[Step]:
    match step:
        case Ask():
            resolved = resolve_ask(step, inputs)
            if resolved.body or not step.unless_empty:
                yield resolved
        case Pages():
            yield step._replace(ask=resolve_ask(step.ask, inputs))
        case Narrow():
            where = tuple(
                each
                for each in step.where
                if each.value is None or prune(each.value, inputs) is not None
            )
            if where:
                yield step._replace(where=where)
        case ForEach():
            yield step._replace(steps=resolve(step.steps, inputs))
        case When():
            steps, otherwise = resolve(step.steps, inputs), resolve(step.otherwise, inputs)
            yield step._replace(steps=steps, otherwise=otherwise)
        case _:
            yield step


def resolve_ask(ask: Ask, inputs: Inputs) -> Ask:
    """A request of one v2 call."""
    return ask._replace(
        query=prune(ask.query, inputs),
        body=prune(ask.body, inputs),
        undo=ask.undo and resolve_ask(ask.undo, inputs),
    )
