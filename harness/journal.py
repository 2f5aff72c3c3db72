"""The journal: the calls that came in, newest last, for tests to look at.

Up to `JOURNAL_SIZE` calls are kept as they are. A longer journal keeps its last `RECENT` calls so,
and the older ones packed into blocks, on a thread of their own: a million calls would take
gigabytes otherwise, and a search would have to look at each.
"""

import sys
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator
from itertools import count, islice

from legacygrid.harness import JOURNAL_SIZE
from legacygrid.harness.call_blocks import BLOCK, CallBlock
from legacygrid.harness.call_filters import CallFilter
from legacygrid.harness.call_kinds import KindKey
from legacygrid.harness.call_search import Admits, CallSearch, Picture
from legacygrid.harness.calls import PENDING, Call
from legacygrid.harness.nearest_call import NearestCall

#: The last calls of a long journal, which are not packed: so few that Python's garbage collector
#: holds nobody up while it looks at them.
RECENT = 2500


class Journal:
    """The last calls, up to its size; a call is in it from its arrival.

    :param size: how many it keeps.
    :param recent: how many of them stay as they are; by default, as the module says.
    """

    def __init__(self, size: int = JOURNAL_SIZE, recent: int | None = None) -> None:
        self.size = size
        if recent is None:
            recent = RECENT if size > JOURNAL_SIZE else size
        self._has_blocks = size > recent
        #: How many recent calls there are when it is time to pack some.
        self._most = recent + 4 * BLOCK if self._has_blocks else sys.maxsize
        self._kept_recent = recent
        self._recent: deque[Call] = deque(maxlen=None if self._has_blocks else size)
        self._blocks: tuple[CallBlock, ...] = ()
        #: The kinds of the calls in the blocks; and of some that are gone, up to so many in all.
        self._kinds: set[KindKey] = set()
        self._most_kinds = 0
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._packing = threading.Lock()

    def record(self, call: Call) -> None:
        """Add a call, and give it its number."""
        with self._lock:
            call.number = next(self._numbers)
            self._recent.append(call)
        if len(self._recent) >= self._most and not self._packing.locked():
            threading.Thread(target=self.pack, name="legacygrid-journal", daemon=True).start()

    def pack(self) -> None:
        """Pack what is no longer recent, and let go of what is too much. `record` has it done on
        another thread, now and then.
        """
        with self._packing:
            while len(self._recent) >= self._kept_recent + BLOCK:
                with self._lock:
                    calls = list(islice(self._recent, BLOCK))
                block = CallBlock.pack(calls)
                with self._lock:
                    for _ in calls:
                        self._recent.popleft()
                    self._blocks = (*self._blocks, block)
                    self._kinds.update(block.kinds)
            self._keep(self._within_size(self._blocks, len(self._recent)))

    def _keep(self, blocks: tuple[CallBlock, ...]) -> None:
        """Let go of all blocks but these, which are some of those that there are."""
        with self._lock:
            self._blocks = blocks
        if len(self._kinds) > self._most_kinds:
            kinds = set().union(*(block.kinds for block in blocks))
            with self._lock:
                self._kinds, self._most_kinds = kinds, 2 * len(kinds) + BLOCK

    def _within_size(self, blocks: tuple[CallBlock, ...], recent: int) -> tuple[CallBlock, ...]:
        """These blocks without the oldest calls, as far as there are too many with the recent
        ones.
        """
        surplus = sum(map(len, blocks)) + recent - self.size if blocks else 0
        while surplus > 0 and blocks:
            oldest, *others = blocks
            if len(oldest) <= surplus:
                surplus, blocks = surplus - len(oldest), tuple(others)
            else:
                surplus, blocks = 0, (oldest.without_first(surplus), *others)
        return blocks

    def find(
        self, call_filter: CallFilter, limit: int | None = None, with_pending: bool = True
    ) -> list[Call]:
        """The calls that match, oldest first; parameters as those of `read`."""
        return list(self.read(call_filter, limit, with_pending))

    def read(
        self, call_filter: CallFilter, limit: int | None = None, with_pending: bool = True
    ) -> Iterator[Call]:
        """The calls that match now, oldest first; packed ones are unpacked as they are read.

        :param limit: no more than so many: the last ones; with `after` the first ones, so that a
            client reads page by page and misses none.
        :param with_pending: also those that are not answered yet.
        """
        is_forward = call_filter.after is not None or limit is None
        picture, search = self._take_picture(), CallSearch.of(call_filter)
        calls = picture.oldest_first(search) if is_forward else picture.newest_first(search)
        if not with_pending:
            calls = (each for each in calls if each.outcome != PENDING)
        some = islice(calls, limit and min(limit, sys.maxsize))
        return some if is_forward else iter(list(some)[::-1])

    def count(self, call_filter: CallFilter) -> int:
        """How many calls match."""
        return self._take_picture().count(CallSearch.of(call_filter))

    def find_newest(
        self,
        admits: Admits,
        limit: int | None = None,
        before: int | None = None,
        after: int = 0,
        fits: Callable[[Call], bool] | None = None,
    ) -> list[Call]:
        """The last calls of the kinds that are admitted, newest first.

        :param before: a call's number; those that came earlier are looked through.
        :param after: a call's number; those that came later are.
        :param fits: what is asked of single calls beside their kinds.
        """
        search = CallSearch(admits, fits, after=after, before=before)
        return list(islice(self._take_picture().newest_first(search), limit))

    def count_kinds(
        self,
        admits: Admits,
        before: int | None = None,
        fits: Callable[[Call], bool] | None = None,
    ) -> int:
        """How many calls are of the kinds that are admitted; parameters as in `find_newest`."""
        return self._take_picture().count(CallSearch(admits, fits, before=before))

    def get(self, number: int) -> Call | None:
        """The call of that number, if it is still kept."""
        search = CallSearch(lambda kind: True, after=number - 1, before=number + 1)
        return next(self._take_picture().oldest_first(search), None)

    def find_nearest(self, call_filter: CallFilter) -> Call | None:
        """The call that differs least from the filter, the newest of those; of its world alone."""
        return NearestCall(call_filter).find(self._take_picture())

    def _take_picture(self) -> Picture:
        # Calls come in meanwhile; and while some are taken out on another thread, the others are
        # out for a moment, too.
        with self._lock:
            blocks, recent, kinds = self._blocks, list(self._recent), tuple(self._kinds)
        return Picture(self._within_size(blocks, len(recent)), recent, kinds)

    def forget(self, call_filter: CallFilter) -> int:
        """Remove the calls that match; how many there were."""
        return self._drop(CallSearch.of(call_filter))

    def forget_account(self, world: str, names: Collection[str]) -> None:
        """Remove the calls of an account of that world.

        :param names: its present name and its former ones, in any case.
        """
        folded = {name.casefold() for name in names}
        self._drop(
            CallSearch(lambda kind: kind.world == world and kind.account.casefold() in folded)
        )

    def _drop(self, search: CallSearch) -> int:
        # What is looked through stays where it is meanwhile; calls may come in.
        with self._packing:
            picture = self._take_picture()
            gone = {call.number for call in search.among(picture.recent)}
            changed = {block: block.without(calls) for block, calls in picture.select(search)}
            kept = [changed.get(block, block) for block in picture.blocks]
            with self._lock:
                left = (call for call in self._recent if call.number not in gone)
                self._recent = deque(left, self._recent.maxlen)
            self._keep(tuple(filter(len, kept)))
        return len(gone) + sum(map(len, picture.blocks)) - sum(map(len, kept))
