"""Of which costs the password hashes of a world are: the hash of an unknown name has one of them,
as often as a login has it, so that the time of an answer tells nothing.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import peewee

from legacygrid.models.login import Login
from legacygrid.models.names import within
from legacygrid.models.queries import Compiled, slot
from legacygrid.models.secrets import SCHEME, Costs

#: Worlds that are remembered.
SIZE = 1000
#: Seconds for which a count holds: so many times as long as it took, and no less than the second.
REST, SHORTEST = 100, 1.0

#: The two digits in `$2b$10$...`, with the name of the scheme in front or without.
_DIGITS = peewee.Case(
    None,
    [(Login.secret.startswith("$"), peewee.fn.SUBSTR(Login.secret, 5, 2))],
    peewee.fn.SUBSTR(Login.secret, len(SCHEME) + 5, 2),
)
_COUNT = Compiled(
    lambda: (
        Login.select(_DIGITS, peewee.fn.COUNT(Login.key))
        .where(Login.key >= slot("first"), Login.key < slot("last"))
        .group_by(peewee.SQL("1"))
    )
)


class HashCosts:
    """Counts the hashes of a world by their cost, now and then.

    :param clock: seconds, of a clock that nobody sets.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        #: What was counted, and until when it holds.
        self._counts: OrderedDict[str, tuple[Costs, float]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, world: str) -> Costs:
        """What was counted last; nothing, if it never was."""
        return self._counts.get(world, ((), 0.0))[0]

    def count(self, world: str) -> None:
        """Count again, if it was long ago. That takes long where there are many logins.

        :raises StoreUnavailable: the engine does not answer.
        """
        with self._lock:
            begin = self._clock()
            if world in self._counts and self._counts[world][1] > begin:
                return
            first = within(world, "")
            rows = _COUNT.run(first=first, last=first + "\U0010ffff")
            costs = tuple(sorted((int(digits), n) for digits, n in rows if digits.isdecimal()))
            end = self._clock()
            self._counts[world] = costs, end + max(SHORTEST, REST * (end - begin))
            self._counts.move_to_end(world)
            if len(self._counts) > SIZE:
                self._counts.popitem(last=False)
