"""What differs between two observations."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from legacygrid.migration.check.deliveries import EMAIL, EVENT, POST
from legacygrid.migration.check.things import UNSET, Thing

#: Kinds of things that have no name of their own: the ones that are most alike are compared.
_UNNAMED = (EMAIL, EVENT, POST)
CHANGED, MISSING, ADDED = "changed", "missing", "added"
Pair = tuple[Thing | None, Thing | None]
#: What things that belong together have in common; the more exact ones first.
_LIKENESSES: Sequence[Callable[[Thing], Any]] = (
    lambda thing: tuple(sorted((name, str(value)) for name, value in thing.fields.items())),
    lambda thing: (thing.name, thing.owner),
    lambda thing: thing.name,
    lambda thing: (thing.fields.get("recipient"), thing.fields.get("url"), thing.owner),
    lambda thing: (thing.fields.get("recipient"), thing.fields.get("event")),
)


class Deviation(NamedTuple):
    """One thing, or one field of it, in which two runs differ.

    :param how: changed, missing (the new run has it not), or added (the old one had it not).
    :param thing: the old one's, or the new one's where the old one had none.
    :param field: empty if it is the thing as a whole.
    """

    how: str
    thing: Thing
    field: str = ""
    old: Any = None
    new: Any = None

    @property
    def place(self) -> str:
        """What `--ignore` is compared with: `subuser bob.active`."""
        return f"{self.thing.title}.{self.field}" if self.field else self.thing.title


def compare(old: Iterable[Thing], new: Iterable[Thing]) -> Iterator[Deviation]:
    """The differences, in the order of the old one's things."""
    for before, after in _pair(old, new):
        if before is None and after is not None:
            yield Deviation(ADDED, after)
        elif before is not None and after is None:
            yield Deviation(MISSING, before)
        elif before is not None and after is not None:
            yield from _differing_fields(before, after)


def _differing_fields(before: Thing, after: Thing) -> Iterator[Deviation]:
    for field in dict.fromkeys([*before.fields, *after.fields]):
        old, new = before.fields.get(field), after.fields.get(field)
        if old != new and not (old in UNSET and new in UNSET):
            yield Deviation(CHANGED, before, field, old, new)


def _pair(old: Iterable[Thing], new: Iterable[Thing]) -> Iterator[Pair]:
    """Each thing with its counterpart, or with none."""
    kinds: dict[str, tuple[list[Thing], list[Thing]]] = defaultdict(lambda: ([], []))
    for place, things in enumerate((old, new)):
        for thing in things:
            kinds[thing.kind][place].append(thing)
    for kind, (before, after) in kinds.items():
        yield from _pair_alike(before, after) if kind in _UNNAMED else _pair_named(before, after)


def _pair_named(old: list[Thing], new: list[Thing]) -> Iterator[Pair]:
    left = {thing.name: thing for thing in new}
    for thing in old:
        yield thing, left.pop(thing.name, None)
    yield from ((None, thing) for thing in left.values())


def _pair_alike(old: list[Thing], new: list[Thing]) -> Iterator[Pair]:
    """Things without names: those that are equal, then those that have less and less in common."""
    for likeness in _LIKENESSES:
        waiting: dict[Any, list[Thing]] = defaultdict(list)
        for thing in reversed(new):
            waiting[likeness(thing)].append(thing)
        rest = []
        for thing in old:
            if alike := waiting[likeness(thing)]:
                yield thing, alike.pop()
            else:
                rest.append(thing)
        old = rest
        new = [thing for things in waiting.values() for thing in reversed(things)]
    yield from ((thing, None) for thing in old)
    yield from ((None, thing) for thing in new)
