"""The call that comes nearest to a filter that no call matches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush, merge
from typing import Any, NamedTuple

from legacygrid.harness.call_blocks import CallBlock, hash_wanted
from legacygrid.harness.call_filters import CallFilter, Distance
from legacygrid.harness.call_kinds import KindKey
from legacygrid.harness.call_search import Decisions, Picture
from legacygrid.harness.calls import Call

#: Blocks that one search unpacks, however many of old may have the nearest call.
MOST_BLOCKS = 32


#: As `Distance` has it.
_Distance = tuple[bool, float]


class _Rank(NamedTuple):
    """How near a call is: the lowest is nearest, and of equal ones the newest."""

    is_other_operation: bool
    distance: float
    age: int


class _Candidate(NamedTuple):
    """A block, none of whose calls is nearer than that.

    :param having: those that have some of the parameters, by how many differ, until their kinds are
        looked up.
    """

    least: _Rank
    place: int
    having: Sequence[int]


class NearestCall:
    """Finds the call that differs least from a filter, the newest of those; of its world alone.

    All recent calls are compared. Of packed ones, their kinds are, and which of the parameters they
    have; the values of the others in the `MOST_BLOCKS` most likely blocks alone.
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
        compared: set[int] = set()
        for least, place, _ in self._candidates(picture):
            if least >= self._best or len(compared) == MOST_BLOCKS:
                break
            if place not in compared:
                compared.add(place)
                self._compare_packed(picture.blocks[place])
        return self._nearest

    def _compare(self, calls: Iterable[Call]) -> None:
        for call in calls:
            if rank := self._nearer(call.kind_key, call.number, call.params):
                self._nearest, self._best = call, rank

    def _compare_packed(self, block: CallBlock) -> None:
        nearest = None
        for place, kind, params in block.compared(block.kept):
            if rank := self._nearer(kind, block.numbers[place], params):
                nearest, self._best = place, rank
        if nearest is not None:
            (self._nearest,) = block.unpack(1 << nearest)

    def _nearer(self, kind: KindKey, number: int, params: Mapping[str, Any]) -> _Rank | None:
        """How near a call is, if it is nearer than the nearest so far."""
        # Parameters only add to the distance of its kind.
        if not self._is_of_world[kind] or (*self._distance.of_kind(kind), -number) >= self._best:
            return None
        rank = _Rank(*self._distance.of_call(kind, params), -number)
        return rank if rank < self._best else None

    def _candidates(self, picture: Picture) -> Iterator[_Candidate]:
        """The blocks that may have a nearer call, the most likely first: by how far off the kinds
        are, and how many of the parameters differ. Some come twice.
        """
        blocks, kinds = picture.blocks, self._kinds_in_reach(picture.kinds)
        if not kinds:
            return iter(())
        return merge(self._having_some(blocks, kinds), self._having_none(blocks, kinds))

    def _kinds_in_reach(self, kinds: Iterable[KindKey]) -> dict[KindKey, _Distance]:
        """The kinds whose calls may be nearer, with the distance of each."""
        theirs = filter(self._is_of_world.__getitem__, kinds)
        distances = ((kind, self._distance.of_kind(kind)) for kind in theirs)
        return {kind: distance for kind, distance in distances if distance <= self._best[:2]}

    def _having_some(
        self, blocks: Sequence[CallBlock], kinds: Mapping[KindKey, _Distance]
    ) -> Iterator[_Candidate]:
        """Blocks with calls that have some of the parameters. Of which kinds these are is looked up
        when a block's turn comes, as if they were of the nearest ones.
        """
        candidates = list(self._whatever_kind(blocks, min(kinds.values())))
        heapify(candidates)
        while candidates:
            _, place, having = candidate = heappop(candidates)
            if not having:
                yield candidate
            elif distance := self._least(blocks[place], having, kinds):
                heappush(candidates, _candidate(blocks, place, distance))

    def _whatever_kind(
        self, blocks: Sequence[CallBlock], nearest: _Distance
    ) -> Iterator[_Candidate]:
        for place, block in enumerate(blocks):
            # The calls of the last ones have none of the parameters.
            *having, _ = self._split(block)
            if any(having):
                distance = _add(nearest, _first(having))
                yield _candidate(blocks, place, distance, having)

    def _least(
        self, block: CallBlock, having: Sequence[int], kinds: Mapping[KindKey, _Distance]
    ) -> _Distance | None:
        """That of the calls of a block that have some of the parameters, if they are of these
        kinds.
        """
        some = sum(having)
        groups: dict[_Distance, int] = {}
        for kind, calls in block.kinds.items():
            if calls & some and kind in kinds:
                distance = kinds[kind]
                groups[distance] = groups.get(distance, 0) | calls
        distances = (
            _add(distance, _first([calls & each for each in having]))
            for distance, calls in groups.items()
        )
        return min(distances, default=None)

    def _split(self, block: CallBlock) -> list[int]:
        """The calls that have all of the parameters, that have all but one, and so on."""
        groups = [block.kept]
        for having in map(block.having, self._params):
            groups = [
                (fewer & ~having) | (same & having)
                for fewer, same in zip([0, *groups], [*groups, 0], strict=True)
            ]
        return groups

    def _having_none(
        self, blocks: Sequence[CallBlock], kinds: Mapping[KindKey, _Distance]
    ) -> Iterator[_Candidate]:
        """Blocks by the kinds of their calls alone, the newest of each distance first. Mostly, no
        more than the first few are asked for.
        """
        groups: dict[_Distance, set[KindKey]] = {}
        for kind, distance in kinds.items():
            groups.setdefault(distance, set()).add(kind)
        for distance, theirs in sorted(groups.items()):
            least = _add(distance, len(self._params))
            for place, block in reversed(list(enumerate(blocks))):
                if block.of_kinds(theirs):
                    yield _candidate(blocks, place, least)


def _candidate(
    blocks: Sequence[CallBlock], place: int, least: _Distance, having: Sequence[int] = ()
) -> _Candidate:
    return _Candidate(_Rank(*least, -blocks[place].numbers[-1]), place, having)


def _first(groups: Iterable[int]) -> int:
    """Which group is the first with calls in it."""
    return next(place for place, calls in enumerate(groups) if calls)


def _add(distance: _Distance, differing: int) -> _Distance:
    """The least distance of a call whose kind has that one, if so many of its parameters differ."""
    is_other, total = distance
    # As often as `Distance` adds, so that the sum is never more than that.
    for _ in range(differing):
        total += Distance.LEAST
    return is_other, total
