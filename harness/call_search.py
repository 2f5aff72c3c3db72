"""Searches of the journal: among recent calls as they are, and in blocks of packed ones."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, Self

from legacygrid.harness.call_blocks import CallBlock, hash_wanted
from legacygrid.harness.call_filters import CallFilter
from legacygrid.harness.call_kinds import CallKind, KindKey, kind_of
from legacygrid.harness.calls import Call

_number = attrgetter("number")


#: Whether calls of a kind are meant.
Admits = Callable[[CallKind], bool]


class Decisions(dict[KindKey, bool]):
    """Whether calls of a kind are meant, by its key: asked once for each kind."""

    def __init__(self, admits: Admits) -> None:
        super().__init__()
        self._admits = admits

    def __missing__(self, key: KindKey) -> bool:
        self[key] = is_admitted = self._admits(kind_of(key))
        return is_admitted


@dataclass(frozen=True)
class CallSearch:
    """Which calls are looked for.

    :param admits: whether calls of a kind are meant.
    :param fits: what is asked of single calls beside their kinds, such as parameters; none if
        nothing is.
    :param hashes: the parameters that are looked for, as the index of a block has them.
    :param after: a call's number; those that came later are looked through.
    :param before: a call's number; those that came earlier are, or all.
    """

    admits: Admits
    fits: Callable[[Call], bool] | None = None
    hashes: tuple[int, ...] = ()
    after: int = 0
    before: int | None = None

    @classmethod
    def of(cls, call_filter: CallFilter) -> Self:
        """For the calls that a filter means."""
        return cls(
            call_filter.admits,
            call_filter.has_params if call_filter.params else None,
            hash_wanted(call_filter.params),
            call_filter.after or 0,
        )

    @cached_property
    def decisions(self) -> Decisions:
        """Which kinds are meant, as far as that was asked."""
        return Decisions(self.admits)

    def among(self, calls: Sequence[Call], newest_first: bool = False) -> Iterator[Call]:
        """Those that match, of calls in the order of their numbers."""
        begin = bisect_left(calls, self.after + 1, key=_number)
        end = len(calls) if self.before is None else bisect_left(calls, self.before, key=_number)
        some, decisions = calls[begin:end], self.decisions
        if newest_first:
            some = some[::-1]
        meant = (call for call in some if decisions[call.kind_key])
        return filter(self.fits, meant) if self.fits else meant

    def within(self, block: CallBlock, kinds: Set[KindKey]) -> list[Call]:
        """Those that match, of a block.

        :param kinds: those that are meant, of all that any block has.
        """
        calls = self._select(block, kinds)
        return list(self.among(block.unpack(calls))) if calls else []

    def select(self, block: CallBlock, kinds: Set[KindKey]) -> int:
        """The same, as `CallBlock` has some of its calls."""
        calls = self._select(block, kinds)
        if calls and (self.fits or calls & block.opened):
            return block.of_numbers(call.number for call in self.within(block, kinds))
        return calls

    def _select(self, block: CallBlock, kinds: Set[KindKey]) -> int:
        """Those that match, or may: an index does not tell of each call and parameter."""
        if not kinds and not block.open:
            return 0
        calls = block.select(kinds, self.hashes)
        if calls and self.after >= block.numbers[0]:
            calls &= ~block.before(self.after + 1)
        if calls and self.before is not None:
            calls &= block.before(self.before)
        return calls


class Picture(NamedTuple):
    """What the journal holds at a moment.

    :param blocks: the older calls.
    :param recent: the others, in their order, too.
    :param kinds: all that the calls in the blocks are of, and maybe more.
    """

    blocks: tuple[CallBlock, ...]
    recent: list[Call]
    kinds: tuple[KindKey, ...]

    def oldest_first(self, search: CallSearch) -> Iterator[Call]:
        """The calls that match, as they are read."""
        kinds = self._kinds_of(search)
        for block in self._blocks_of(search):
            yield from search.within(block, kinds)
        yield from search.among(self.recent)

    def newest_first(self, search: CallSearch) -> Iterator[Call]:
        """The same the other way round."""
        yield from search.among(self.recent, newest_first=True)
        kinds = self._kinds_of(search)
        for block in reversed(self._blocks_of(search)):
            yield from reversed(search.within(block, kinds))

    def select(self, search: CallSearch) -> Iterator[tuple[CallBlock, int]]:
        """The calls of each block that match, as `CallBlock` has some of its calls."""
        kinds = self._kinds_of(search)
        return ((block, search.select(block, kinds)) for block in self._blocks_of(search))

    def count(self, search: CallSearch) -> int:
        """How many match."""
        packed = sum(calls.bit_count() for _, calls in self.select(search))
        return packed + sum(1 for _ in search.among(self.recent))

    def _kinds_of(self, search: CallSearch) -> Set[KindKey]:
        return frozenset(filter(search.decisions.__getitem__, self.kinds))

    def _blocks_of(self, search: CallSearch) -> tuple[CallBlock, ...]:
        """The blocks that have calls in the range of the search."""
        begin = bisect_left(self.blocks, search.after + 1, key=lambda block: block.numbers[-1])
        if search.before is None:
            return self.blocks[begin:]
        end = bisect_left(self.blocks, search.before, key=lambda block: block.numbers[0])
        return self.blocks[begin:end]
