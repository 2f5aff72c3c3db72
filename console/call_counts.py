"""How many calls of each kind there are: all in one look at each of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple, TypeVar

from legacygrid.console.timeline import Timeline
from legacygrid.endpoints.control.schemas import OUTCOMES
from legacygrid.harness.call_kinds import CallKind, KindKey, kind_of
from legacygrid.harness.calls import Call

#: Rows of a list of the most frequent.
TOP = 8
T = TypeVar("T")


class CountedKind(NamedTuple):
    """Calls that have everything in common that is counted.

    :param reason: why they were refused, by its name; empty if they were not.
    """

    kind: CallKind
    place: int
    reason: str
    number: int


class CallCounts:
    """Some calls, counted by what they are and by when they came in."""

    def __init__(self, calls: Iterable[Call], timeline: Timeline) -> None:
        start, width = timeline.start, timeline.width
        # Calls are many, and their kinds are few: these alone are looked at afterwards.
        self._counts: Counter[tuple[KindKey, int, type[object]]] = Counter(
            (call.kind_key, int((call.at - start) // width), type(call.refusal)) for call in calls
        )

    @cached_property
    def _kinds(self) -> list[CountedKind]:
        return [
            CountedKind(kind_of(key), place, _name(reason), count)
            for (key, place, reason), count in self._counts.items()
        ]

    @property
    def total(self) -> int:
        """How many in all."""
        return self._counts.total()

    @property
    def over_time(self) -> Counter[tuple[int, str]]:
        """How many there are by their places in time and their outcomes."""
        return _sum(self._kinds, lambda each: (each.place, each.kind.outcome))

    @property
    def outcomes(self) -> dict[str, int]:
        """How many have which outcome, of those that there are."""
        counts = _sum(self._kinds, lambda each: each.kind.outcome)
        return {name: counts[name] for name in OUTCOMES if name in counts}

    @property
    def reasons(self) -> list[tuple[tuple[str, str], int]]:
        """The most frequent outcomes and reasons of refusals, but for those by faults."""
        refused = (each for each in self._kinds if each.reason and each.kind.outcome != "fault")
        return _sum(refused, lambda each: (each.kind.outcome, each.reason)).most_common(TOP)

    def find_top(self, name: str) -> Iterator[tuple[str, dict[str, int]]]:
        """The most frequent values of a field of kinds; how many of their calls were carried out,
        and how many had another outcome.
        """
        counts = _sum(self._kinds, lambda each: getattr(each.kind, name))
        carried_out = (each for each in self._kinds if each.kind.outcome == "done")
        done = _sum(carried_out, lambda each: getattr(each.kind, name))
        for value, count in counts.most_common(TOP):
            parts = {"done": done[value], "refused": count - done[value]}
            yield value, {state: part for state, part in parts.items() if part}


def _name(reason: type[object]) -> str:
    return "" if reason is type(None) else reason.__name__


def _sum(kinds: Iterable[CountedKind], what: Callable[[CountedKind], T]) -> Counter[T]:
    counts: Counter[T] = Counter()
    for each in kinds:
        counts[what(each)] += each.number
    return counts
