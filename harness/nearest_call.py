"""The call that comes nearest to a filter that no call matches."""

from collections.abc import Iterable, Iterator
from heapq import nsmallest
from typing import NamedTuple

from legacygrid.harness.call_blocks import CallBlock, hash_wanted
from legacygrid.harness.call_filters import CallFilter, Distance
from legacygrid.harness.call_kinds import KindKey
from legacygrid.harness.call_search import Decisions, Picture
from legacygrid.harness.calls import Call

#: Groups of calls, each of one block, that one search unpacks, however many of old may be nearest.
MOST_GROUPS = 32


class _Rank(NamedTuple):
    """How near a call is: the lowest is nearest, and of equal ones the newest."""

    is_other_operation: bool
    distance: float
    age: int


class _Candidates(NamedTuple):
    """Calls of a block, none of which is nearer than that."""

    least: _Rank
    place: int
    calls: int


class NearestCall:
    """Finds the call that differs least from a filter, the newest of those; of its world alone.

    All recent calls are compared. Of packed ones, their kinds are, and which of the parameters they
    have; the values of the others in the `MOST_GROUPS` most likely groups alone.
    """

    def __init__(self, call_filter: CallFilter) -> None:
        self._distance = Distance(call_filter)
        self._is_of_world = Decisions(lambda kind: call_filter.world in (None, kind.world))
        self._params = hash_wanted(call_filter.params)
        self._nearest: Call | None = None
        self._best = _Rank(True, float("inf"), 0)

    def find(self, picture: Picture) -> Call | None:
        """That of all; none if there are no calls."""
        self._compare(reversed(picture.recent))
        for block in picture.blocks:
            if block.open:
                self._compare(block.unpack(block.opened))
        for least, place, calls in nsmallest(MOST_GROUPS, self._candidates(picture)):
            if least < self._best:
                self._compare(picture.blocks[place].unpack(calls))
        return self._nearest

    def _compare(self, calls: Iterable[Call]) -> None:
        for call in calls:
            kind, age = call.kind_key, -call.number
            # Parameters only add to the distance of its kind.
            if not self._is_of_world[kind] or (*self._distance.of_kind(kind), age) >= self._best:
                continue
            rank = _Rank(*self._distance.of_call(call), age)
            if rank < self._best:
                self._nearest, self._best = call, rank

    def _candidates(self, picture: Picture) -> Iterator[_Candidates]:
        """The calls that may be nearer than the nearest so far: those of kinds that are as far off,
        by how many of their parameters differ.
        """
        groups = self._group(picture.kinds)
        for place, block in enumerate(picture.blocks):
            for (is_other, distance), kinds in groups.items():
                for calls in self._split(block, block.of_kinds(kinds)):
                    if calls:
                        least = _Rank(is_other, distance, -block.newest(calls))
                        if least < self._best:
                            yield _Candidates(least, place, calls)
                    distance += Distance.LEAST

    def _group(self, kinds: Iterable[KindKey]) -> dict[tuple[bool, float], set[KindKey]]:
        """The kinds whose calls may be nearer, by their distance."""
        groups: dict[tuple[bool, float], set[KindKey]] = {}
        for kind in filter(self._is_of_world.__getitem__, kinds):
            distance = self._distance.of_kind(kind)
            if distance <= self._best[:2]:
                groups.setdefault(distance, set()).add(kind)
        return groups

    def _split(self, block: CallBlock, calls: int) -> list[int]:
        """The calls that have all of the parameters, that have all but one, and so on."""
        groups = [calls]
        for each in self._params if calls else ():
            having = block.having(each)
            groups = [
                (fewer & ~having) | (same & having)
                for fewer, same in zip([0, *groups], [*groups, 0], strict=True)
            ]
        return groups
