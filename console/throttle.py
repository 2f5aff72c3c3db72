"""Slows down guesses of passwords: after a failure there is a wait, longer each time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

#: Failures without a wait: of one name from one address, and of one address with any names.
FREE_OF_NAME, FREE_OF_ADDRESS = 4, 40
#: The longest wait, and the time without a failure after which all are forgotten; in seconds.
LONGEST, FORGOTTEN = 60.0, 900.0
#: Names and addresses that are remembered, and characters of a name: no login has a longer one.
SIZE, MAX_NAME = 10_000, 400


@dataclass
class _Record:
    failures: int = 0
    last: float = 0.0


class Throttle:
    """Counts failures per name and address, and per address.

    A count per name alone would let anybody lock its owner out.

    :param clock: seconds, of a clock that nobody sets.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._records: OrderedDict[tuple[str, ...], _Record] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, name: str, address: str) -> float:
        """Seconds until an attempt is allowed; 0 for now.

        An allowed attempt counts as failed until `record_success`: attempts at the same time are
        no more than attempts one after the other.
        """
        now = self._clock()
        with self._lock:
            left = max(self._seconds_left(key, free, now) for key, free in _keys(name, address))
            if not left:
                self._count(name, address, now)
        return left

    def record_success(self, name: str, address: str) -> None:
        """An attempt succeeded: forget the failures of that name from that address."""
        (own, _), (common, _) = _keys(name, address)
        with self._lock:
            self._records.pop(own, None)
            if record := self._records.get(common):
                record.failures = max(0, record.failures - 1)

    def _count(self, name: str, address: str, now: float) -> None:
        for key, _ in _keys(name, address):
            record = self._records.setdefault(key, _Record())
            if now - record.last > FORGOTTEN:
                record.failures = 0
            record.failures, record.last = record.failures + 1, now
            self._records.move_to_end(key)
        while len(self._records) > SIZE:
            self._records.popitem(last=False)

    def _seconds_left(self, key: tuple[str, ...], free: int, now: float) -> float:
        record = self._records.get(key)
        if record is None or record.failures < free:
            return 0.0
        pause = min(LONGEST, 2.0 ** min(record.failures - free, 10))
        return max(0.0, record.last + pause - now)


def _keys(name: str, address: str) -> tuple[tuple[tuple[str, ...], int], ...]:
    return ((name[:MAX_NAME].casefold(), address), FREE_OF_NAME), ((address,), FREE_OF_ADDRESS)
