"""The journal: the calls that came in, newest last, for tests to look at."""

import sys
import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from itertools import count, islice
from typing import Any

from legacygrid.harness import JOURNAL_SIZE
from legacygrid.harness.calls import PENDING, Call


@dataclass(frozen=True)
class CallFilter:
    """Which calls are meant; what is None may be anything.

    :param world: the empty text is the world without name.
    :param after: a call's number; those that came later are meant.
    :param params: parameters that the call had, among others.
    """

    world: str | None = None
    account: str | None = None
    operation: str | None = None
    task: str | None = None
    format: str | None = None
    method: str | None = None
    caller: str | None = None
    outcome: str | None = None
    status: int | None = None
    after: int | None = None
    params: Mapping[str, Any] | None = None

    def differences(self, call: Call) -> Iterator[tuple[str, Any, Any]]:
        """Where a call does not match: the field, the wanted value, and the call's."""
        for name in _COMPARED:
            wanted, actual = getattr(self, name), getattr(call, name)
            if wanted is not None and wanted != actual:
                yield name, wanted, actual
        for name, wanted in (self.params or {}).items():
            actual = call.params.get(name)
            if wanted != actual and not _is_among(wanted, actual):
                yield f"params.{name}", wanted, actual

    def distance(self, call: Call) -> tuple[bool, float]:
        """How far off a call is: another operation is farthest, a value that is nearly the wanted
        one is near.
        """
        differences = list(self.differences(call))
        distances = (
            1 - SequenceMatcher(None, str(wanted), str(actual)).quick_ratio() / 2
            for _, wanted, actual in differences
        )
        return any(name == "operation" for name, _, _ in differences), sum(distances)

    def matches(self, call: Call) -> bool:
        """Whether the call is one of those."""
        if self.after is not None and call.number <= self.after:
            return False
        return next(self.differences(call), None) is None


def _is_among(wanted: Any, actual: Any) -> bool:
    """Whether it is one value of a parameter that was given several times."""
    return isinstance(actual, list) and not isinstance(wanted, list) and wanted in actual


#: Fields that are compared as they are.
_COMPARED = tuple(each.name for each in fields(CallFilter) if each.name not in ("after", "params"))


class Journal:
    """The last calls, up to its size; a call is in it from its arrival."""

    def __init__(self, size: int = JOURNAL_SIZE) -> None:
        self._calls: deque[Call] = deque(maxlen=size)
        self._numbers = count(1)
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many calls it keeps."""
        return self._calls.maxlen or 0

    def record(self, call: Call) -> None:
        """Add a call, and give it its number."""
        with self._lock:
            call.number = next(self._numbers)
            self._calls.append(call)

    def find(
        self, call_filter: CallFilter, limit: int | None = None, with_pending: bool = True
    ) -> list[Call]:
        """The calls that match, oldest first.

        :param limit: no more than so many: the last ones; with `after` the first ones, so that a
            client reads page by page and misses none.
        :param with_pending: also those that are not answered yet.
        """
        is_forward, calls = call_filter.after is not None, self._copy()
        matching: Iterator[Call] = filter(
            call_filter.matches, calls if is_forward else reversed(calls)
        )
        if not with_pending:
            matching = (each for each in matching if each.outcome != PENDING)
        found = list(islice(matching, limit and min(limit, sys.maxsize)))
        return found if is_forward else found[::-1]

    def find_newest(
        self,
        matches: Callable[[Call], bool],
        limit: int | None = None,
        before: int | None = None,
        after: int = 0,
    ) -> list[Call]:
        """The last calls that match, newest first.

        :param before: a call's number; those that came earlier are looked through.
        :param after: a call's number; those that came later are.
        """
        calls = self._copy()
        end = (
            len(calls)
            if before is None
            else bisect_left(calls, before, key=lambda call: call.number)
        )
        begin = bisect_left(calls, after + 1, key=lambda call: call.number) if after else 0
        return list(
            islice(
                filter(matches, (calls[place] for place in range(end - 1, begin - 1, -1))), limit
            )
        )

    def get(self, number: int) -> Call | None:
        """The call of that number, if it is still kept."""
        calls = self._copy()
        place = bisect_left(calls, number, key=lambda call: call.number)
        return calls[place] if place < len(calls) and calls[place].number == number else None

    def find_nearest(self, call_filter: CallFilter) -> Call | None:
        """The call that differs least from the filter, the newest of those; of its world alone."""
        calls = [call for call in reversed(self._copy()) if call_filter.world in (None, call.world)]
        return min(calls, key=call_filter.distance, default=None)

    def _copy(self) -> list[Call]:
        # Calls come in meanwhile; and while some are taken out on another thread, the others are
        # out for a moment, too.
        with self._lock:
            return list(self._calls)

    def forget(self, call_filter: CallFilter) -> int:
        """Remove the calls that match; how many there were."""
        return self._drop(call_filter.matches)

    def forget_account(self, world: str, names: Collection[str]) -> None:
        """Remove the calls of an account of that world.

        :param names: its present name and its former ones, in any case.
        """
        folded = {name.casefold() for name in names}
        self._drop(lambda call: call.world == world and call.account.casefold() in folded)

    def _drop(self, matches: Callable[[Call], bool]) -> int:
        with self._lock:
            count_before = len(self._calls)
            kept = [call for call in self._calls if not matches(call)]
            self._calls.clear()
            self._calls.extend(kept)
        return count_before - len(kept)
