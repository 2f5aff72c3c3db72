"""Searches of the journal: among recent calls as they are, and in blocks of packed ones."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, Self

from legacygrid.harness.call_blocks import CallBlock, hash_param
from legacygrid.harness.call_filters import CallFilter
from legacygrid.harness.call_kinds import CallKind, list_kinds
from legacygrid.harness.calls import Call

_number = attrgetter("number")


#: Whether calls of a kind are meant.
Admits = Callable[[CallKind], bool]


class _Decisions(dict[CallKind, bool]):
    """Whether calls of a kind are meant: asked once for each."""

    def __init__(self, admits: Admits) -> None:
        super().__init__()
        self._admits = admits

    def __missing__(self, kind: CallKind) -> bool:
        self[kind] = is_admitted = self._admits(kind)
        return is_admitted


def decide_once(admits: Admits) -> Admits:
    """The same, asked once for each kind."""
    return _Decisions(admits).__getitem__


@dataclass(frozen=True)
class CallSearch:
    """Which calls are looked for.

    :param admits: whether calls of a kind are meant.
    :param has_params: whether a call has the parameters that are looked for; none if all have.
    :param hashes: these parameters, as the index of a block has them.
    :param after: a call's number; those that came later are looked through.
    :param before: a call's number; those that came earlier are, or all.
    """

    admits: Admits
    has_params: Callable[[Call], bool] | None = None
    hashes: tuple[int, ...] = ()
    after: int = 0
    before: int | None = None

    @classmethod
    def of(cls, call_filter: CallFilter) -> Self:
        """For the calls that a filter means."""
        params = call_filter.params or {}
        return cls(
            decide_once(call_filter.admits),
            call_filter.has_params if params else None,
            # A parameter that is not there has the value None, and is in no index.
            tuple(hash_param(*each) for each in params.items() if each[1] is not None),
            call_filter.after or 0,
        )

    def among(self, calls: list[Call]) -> list[Call]:
        """Those that match, of calls in the order of their numbers."""
        begin = bisect_left(calls, self.after + 1, key=_number)
        end = len(calls) if self.before is None else bisect_left(calls, self.before, key=_number)
        return self._with_params(call for call in calls[begin:end] if self.admits(call.kind))

    @cached_property
    def _kinds(self) -> frozenset[CallKind]:
        """The kinds that are meant, of all that there are."""
        return frozenset(filter(self.admits, list_kinds()))

    def within(self, block: CallBlock) -> list[Call]:
        """Those that match, of a block."""
        calls = self._select(block)
        if not calls:
            return []
        if calls & block.opened:
            return self._with_params(call for call in block.unpack(calls) if self.admits(call.kind))
        return self._with_params(block.unpack(calls))

    def select(self, block: CallBlock) -> int:
        """The same, as `CallBlock` has some of its calls."""
        calls = self._select(block)
        if calls and (self.has_params or calls & block.opened):
            return block.of_numbers(call.number for call in self.within(block))
        return calls

    def _select(self, block: CallBlock) -> int:
        """Those that match, or may: an index does not tell of each call and parameter."""
        if not self._kinds and not block.open:
            return 0
        calls = block.select(self._kinds, self.hashes)
        if calls and self.after >= block.numbers[0]:
            calls &= ~block.before(self.after + 1)
        if calls and self.before is not None:
            calls &= block.before(self.before)
        return calls

    def _with_params(self, calls: Iterable[Call]) -> list[Call]:
        return list(filter(self.has_params, calls) if self.has_params else calls)


class Picture(NamedTuple):
    """What the journal holds at a moment: all of it is older in the blocks than in `recent`."""

    blocks: tuple[CallBlock, ...]
    recent: list[Call]

    def oldest_first(self, search: CallSearch) -> Iterator[Call]:
        """The calls that match, as they are read."""
        begin, end = self._blocks_of(search)
        for block in self.blocks[begin:end]:
            yield from search.within(block)
        yield from search.among(self.recent)

    def newest_first(self, search: CallSearch) -> Iterator[Call]:
        """The same the other way round."""
        begin, end = self._blocks_of(search)
        yield from reversed(search.among(self.recent))
        for block in reversed(self.blocks[begin:end]):
            yield from reversed(search.within(block))

    def count(self, search: CallSearch) -> int:
        """How many match."""
        begin, end = self._blocks_of(search)
        packed = (search.select(block).bit_count() for block in self.blocks[begin:end])
        return sum(packed) + len(search.among(self.recent))

    def _blocks_of(self, search: CallSearch) -> tuple[int, int]:
        """The blocks that have calls in the range of the search: the first, and the one after the
        last.
        """
        begin = bisect_left(self.blocks, search.after + 1, key=lambda block: block.numbers[-1])
        if search.before is None:
            return begin, len(self.blocks)
        return begin, bisect_left(self.blocks, search.before, key=lambda block: block.numbers[0])
