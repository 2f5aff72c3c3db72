"""What differs between two runs of one program: names that it makes up, and values that are new
each time. No port has to repeat them.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from legacygrid.migration.check.calls import Trail
from legacygrid.migration.check.comparison import ADDED, Deviation, compare
from legacygrid.migration.check.observation import Observation
from legacygrid.migration.check.things import Thing

#: Kinds of things whose names a program may make up.
_NAMED = ("account", "subuser", "login", "credential", "parse hostname")
#: Names that are shorter could be parts of words.
_SHORTEST = 3
Replace = Callable[[Any], Any]


class Noise:
    """What the two runs of the old program do not have in common.

    :param first, second: what these have.
    """

    def __init__(self, first: Iterable[Thing], second: Iterable[Thing]) -> None:
        self.differences = list(compare(first, second))
        self._keys = set(map(_key, self.differences))

    def has(self, difference: Deviation) -> bool:
        """Whether the old program differs from itself in that."""
        return _key(difference) in self._keys


def _key(difference: Deviation) -> tuple[Any, ...]:
    if difference.how == ADDED:
        return ADDED, difference.thing.title
    # The first run's own thing: two may have the same title.
    return id(difference.thing), difference.field


def with_common_names(runs: Sequence[Observation]) -> list[Observation]:
    """Observations in which names that a program makes up are numbered in the order of their
    making.

    :param runs: the old program's two runs, and the new one's.
    """
    replaced: list[dict[str, str]] = [{} for _ in runs]
    for kind in _NAMED:
        names = [_names(run.things, kind) for run in runs]
        stable = set(names[0]) & set(names[1])
        if set(names[0]) == set(names[1]):
            continue
        for place, known in enumerate(names):
            made_up = [name for name in known if name not in stable and len(name) >= _SHORTEST]
            replaced[place] |= {
                name: f"({kind} no. {number})" for number, name in enumerate(made_up, 1)
            }
    return [_renamed(run, names) for run, names in zip(runs, replaced, strict=True)]


def _names(things: Iterable[Thing], kind: str) -> list[str]:
    return [thing.name.partition(" of ")[0] for thing in things if thing.kind == kind]


def _renamed(run: Observation, names: Mapping[str, str]) -> Observation:
    if not names:
        return run
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    def replace(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(lambda found: names[found[0]], value)
        if isinstance(value, list | tuple):
            return type(value)(map(replace, value))
        if isinstance(value, Mapping):
            return {name: replace(each) for name, each in value.items()}
        return value

    things = [_replace_in(thing, replace) for thing in run.things]
    calls = Trail([replace(call.row) for call in run.calls.calls])
    return run._replace(things=tuple(things), calls=calls)


def _replace_in(thing: Thing, replace: Replace) -> Thing:
    name, owner = replace(thing.name), replace(thing.owner)
    return thing._replace(name=name, owner=owner, fields=replace(thing.fields))
