"""Of which costs the password hashes of a world are: the hash of an unknown name has one of them,
as often as a login has it, so that the time of an answer tells nothing.
"""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable

import peewee

from legacygrid.models.login import Login
from legacygrid.models.names import within
from legacygrid.models.queries import Compiled, slot
from legacygrid.models.secrets import SCHEME, Costs

#: Worlds that are remembered.
SIZE = 1000
#: Logins that one answer waits for: about 1 ms.
PART = 2000
#: Seconds for which a count holds: so many times as long as it took, and no less than the second.
REST, SHORTEST = 100, 1.0

#: The two digits in `$2b$10$...`, with the name of the scheme in front or without.
_DIGITS = peewee.Case(
    None,
    [(Login.secret.startswith("$"), peewee.fn.SUBSTR(Login.secret, 5, 2))],
    peewee.fn.SUBSTR(Login.secret, len(SCHEME) + 5, 2),
)


def _count_part() -> "peewee.ModelSelect[Login]":
    """The costs of the next logins by their keys: how often each is there, and its last key."""
    part = (
        Login.select(Login.key.alias("key"), _DIGITS.alias("digits"))
        .where(Login.key > slot("previous"), Login.key < slot("end"))
        .order_by(Login.key)
        .limit(PART)
    )
    digits, key = part.c.digits, part.c.key
    columns = (digits, peewee.fn.COUNT(key), peewee.fn.MAX(key))
    return Login.select(*columns).from_(part).group_by(digits)


_COUNT_PART = Compiled(_count_part)


class _Count:
    """What is counted of one world: part by part, as its logins may be a million.

    :param world: its name.
    """

    def __init__(self, world: str) -> None:
        #: What was counted last, to the end; at first, of the first part.
        self.costs: Costs = ()
        #: When it is to be counted again.
        self.due = 0.0
        self._first = within(world, "")
        self._end = self._first + "\U0010ffff"
        self._start_anew()

    def _start_anew(self) -> None:
        self._previous, self._sums, self._took = self._first, Counter[int](), 0.0

    def go_on(self, clock: Callable[[], float]) -> None:
        """Count the next part.

        :raises StoreUnavailable: the engine does not answer.
        """
        begin = clock()
        rows = _COUNT_PART.run(previous=self._previous, end=self._end)
        for digits, count, _ in rows:
            if digits.isdecimal():
                self._sums[int(digits)] += count
        is_last = sum(count for _, count, _ in rows) < PART
        if is_last or not self.costs:
            self.costs = tuple(sorted(self._sums.items()))
        now = clock()
        self._took += now - begin
        if is_last:
            self.due = now + max(SHORTEST, REST * self._took)
            self._start_anew()
        else:
            self._previous = max(last for _, _, last in rows)


class HashCosts:
    """Counts the hashes of a world by their cost, now and then.

    :param clock: seconds, of a clock that nobody sets.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, world: str) -> Costs:
        """What was counted last; nothing, if it never was."""
        count = self._counts.get(world)
        return count.costs if count else ()

    def count(self, world: str) -> None:
        """Count again, if it was long ago. Nobody waits for more than a part of it: where there are
        many logins, the checks that follow go on with it.

        :raises StoreUnavailable: the engine does not answer.
        """
        with self._lock:
            count = self._counts.setdefault(world, _Count(world))
            if self._clock() < count.due:
                return
            count.go_on(self._clock)
            self._counts.move_to_end(world)
            if len(self._counts) > SIZE:
                self._counts.popitem(last=False)
