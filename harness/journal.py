"""The journal: what came in, newest last, so that a test can ask what it was asked."""

import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import count, islice
from typing import Any

from legacygrid.harness.calls import Call

SIZE = 10_000


@dataclass(frozen=True)
class Criteria:
    """What is looked for; what is None may be anything.

    :param world: the empty text is the world without name.
    :param after: a call's number; those that came later are looked for.
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
        """Where a call is not what is looked for: the field, what was wanted, what is there."""
        for name in _COMPARED:
            wanted = getattr(self, name)
            if wanted is not None and wanted != getattr(call, name):
                yield name, wanted, getattr(call, name)
        for name, wanted in (self.params or {}).items():
            if call.params.get(name) != wanted:
                yield f"params.{name}", wanted, call.params.get(name)

    def distance(self, call: Call) -> tuple[bool, float]:
        """How far off a call is: another operation is farthest, a value that is nearly the wanted
        one is near.
        """
        found = list(self.differences(call))
        unlike = (
            1 - SequenceMatcher(None, str(wanted), str(there)).quick_ratio() / 2
            for _, wanted, there in found
        )
        return any(name == "operation" for name, _, _ in found), sum(unlike)

    def fit(self, call: Call) -> bool:
        """Whether the call is one of those."""
        return (self.after is None or call.number > self.after) and next(
            self.differences(call), None
        ) is None


_COMPARED = (
    "world",
    "account",
    "operation",
    "task",
    "format",
    "method",
    "caller",
    "outcome",
    "status",
)


class Journal:
    """The last calls, as many as it has room for; a call is in it from its arrival."""

    def __init__(self, size: int = SIZE) -> None:
        self._calls: deque[Call] = deque(maxlen=size)
        self._numbers = count(1)
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many calls it has room for."""
        return self._calls.maxlen or 0

    def record(self, call: Call) -> None:
        """A call comes in."""
        with self._lock:
            call.number = next(self._numbers)
            self._calls.append(call)

    def found(self, criteria: Criteria, limit: int | None = None) -> list[Call]:
        """The calls that fit, oldest first; with a limit, the last so many of them."""
        newest = filter(criteria.fit, reversed(self._copy()))
        return list(islice(newest, limit))[::-1]

    def newest(
        self,
        fits: Callable[[Call], bool],
        limit: int | None = None,
        before: int | None = None,
        after: int = 0,
    ) -> list[Call]:
        """The last calls that fit, newest first.

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
            islice(filter(fits, (calls[place] for place in range(end - 1, begin - 1, -1))), limit)
        )

    def numbered(self, number: int) -> Call | None:
        """The call of that number, if it is still kept."""
        calls = self._copy()
        place = bisect_left(calls, number, key=lambda call: call.number)
        return calls[place] if place < len(calls) and calls[place].number == number else None

    def nearest(self, criteria: Criteria) -> Call | None:
        """The call that differs least from what is looked for, the newest of those; of its world
        alone.
        """
        calls = [call for call in reversed(self._copy()) if criteria.world in (None, call.world)]
        return min(calls, key=criteria.distance, default=None)

    def _copy(self) -> list[Call]:
        # Calls come in meanwhile; and while some are taken out on another thread, the others are
        # out for a moment, too.
        with self._lock:
            return list(self._calls)

    def forget(self, criteria: Criteria) -> int:
        """Take the calls that fit away; how many there were."""
        return self._drop(criteria.fit)

    def forget_of(self, world: str, names: Collection[str]) -> None:
        """Take the calls of an account of that world away, by what it is and was called, in any
        case.
        """
        folded = {name.casefold() for name in names}
        self._drop(lambda call: call.world == world and call.account.casefold() in folded)

    def _drop(self, goes: Callable[[Call], bool]) -> int:
        with self._lock:
            there = len(self._calls)
            kept = [call for call in self._calls if not goes(call)]
            self._calls.clear()
            self._calls.extend(kept)
        return there - len(kept)
