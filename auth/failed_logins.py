"""One count of failed log-ins for all doors: it slows down who guesses passwords.

The first wrong passwords cost nothing; from then on there is a wait before each, longer each time.
A password that was right before passes without one, so nobody is locked out by others' guesses.
"""

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from legacygrid.wsgi.blocking import TooManyGuesses
from legacygrid.wsgi.hosts import source_of

#: Seconds of the first wait, and those that a call waits at most before it is refused.
FIRST, PATIENCE = 0.25, 8.0
#: Seconds without a failure after which all are forgotten.
FORGOTTEN = 900.0
#: Records, guesses and right passwords that are remembered, the last ones of each.
SIZE = 10_000

log = logging.getLogger("legacygrid")
K = TypeVar("K")
V = TypeVar("V")


class Rule(NamedTuple):
    """How much is free, and what the rest costs.

    :param words: which failures are counted.
    :param free: failures without a wait.
    :param longest: seconds of the longest wait.
    """

    words: str
    free: int
    longest: float

    def pause(self, failures: int) -> float:
        """Seconds between a failure and the next attempt."""
        if failures < self.free:
            return 0.0
        return float(min(self.longest, FIRST * 2.0 ** min(failures - self.free, 10)))


#: Wrong passwords of one login from one address, of one login from anywhere, and of any logins from
#: one address.
OF_BOTH = Rule("of one login from one address", 20, PATIENCE)
OF_LOGIN = Rule("of one login", 200, 1.0)
OF_ADDRESS = Rule("from one address", 1000, 0.25)


class Guess(NamedTuple):
    """A password that somebody tries.

    :param login: the key of the name, whether somebody has it or not.
    :param address: where it comes from.
    :param digest: stands for the login and the password; the same guess counts once.
    """

    world: str
    login: str
    address: str
    digest: bytes


@dataclass
class _Record:
    failures: int = 0
    last: float = -math.inf
    #: The next attempt may not be made before.
    opens: float = -math.inf


_Key = tuple[str, ...]


class FailedLogins:
    """Counts wrong passwords.

    :param limits_addresses: whether there are limits on what a single address may do; that on what
        may be tried with one login always holds.
    :param clock: seconds, of a clock that nobody sets.
    """

    def __init__(
        self, limits_addresses: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits_addresses = limits_addresses
        self._clock = clock
        self._records: OrderedDict[_Key, _Record] = OrderedDict()
        self._guesses: OrderedDict[bytes, None] = OrderedDict()
        #: Logins and the addresses from which they got in: others' guesses do not slow them.
        self._trusted: OrderedDict[_Key, None] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, guess: Guess, patience: float = PATIENCE) -> float:
        """Seconds to wait before the password is checked.

        The guess counts as failed until `record_success`: attempts at the same time are no more
        than attempts one after the other.

        :param patience: the seconds that the caller waits at most.
        :raises TooManyGuesses: it would be longer; nothing is counted.
        """
        now = self._clock()
        with self._lock:
            if guess.digest in self._guesses:
                return 0.0
            records = [(self._record(key, now), rule) for key, rule in self._rules(guess)]
            opens = max([now, *(record.opens for record, _ in records)])
            if opens - now > patience:
                refusal = TooManyGuesses(
                    hint=f"{guess.address} has to wait; a reset, or serve --no-limits, ends that"
                )
                refusal.seconds = math.ceil(opens - now)
                raise refusal
            _remember(self._guesses, guess.digest, None)
            for record, rule in records:
                _count(record, rule, opens)
        return opens - now

    def record_success(self, guess: Guess) -> None:
        """The password was right: forget the failures of that login from that address."""
        with self._lock:
            self._guesses.pop(guess.digest, None)
            for key, _ in self._rules(guess):
                if record := self._records.get(key):
                    record.failures = max(0, record.failures - 1)
            both = _both(guess)
            self._records.pop(both, None)
            _remember(self._trusted, both, None)

    def forget(self, world: str = "") -> None:
        """Start to count again in a world; without a name, in all of them."""
        with self._lock:
            for key in [key for key in self._records if world in ("", key[0])]:
                del self._records[key]
            self._guesses.clear()

    def _rules(self, guess: Guess) -> Iterator[tuple[_Key, Rule]]:
        both = _both(guess)
        if both not in self._trusted or not self._limits_addresses:
            yield (guess.world, guess.login), OF_LOGIN
        if self._limits_addresses:
            yield both, OF_BOTH
            yield (guess.world, "", both[-1]), OF_ADDRESS

    def _record(self, key: _Key, now: float) -> _Record:
        record = self._records.get(key)
        if record is None or now - record.last > FORGOTTEN:
            record = _Record()
        _remember(self._records, key, record)
        return record


def _both(guess: Guess) -> _Key:
    return guess.world, guess.login, source_of(guess.address)


def _count(record: _Record, rule: Rule, at: float) -> None:
    record.failures, record.last = record.failures + 1, at
    record.opens = at + rule.pause(record.failures)
    if record.failures == rule.free:
        log.warning("%d wrong passwords %s: the next ones have to wait", rule.free, rule.words)


def _remember(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep something as the newest; where there are too many, the oldest goes."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > SIZE:
        kept.popitem(last=False)
