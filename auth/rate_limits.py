"""Rate limits: how often an account may call, by the emulator's clock; kept in memory."""

import math
import threading
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from legacygrid.models.account import Account

#: Counts that are kept; the first go first.
MANY = 10_000


class Rate(NamedTuple):
    """A number of calls of an account in any period of so many seconds.

    :param name: what is counted together; empty for each operation by itself.
    :param has_headers: whether answers have `X-RateLimit-*`.
    :param prefix: of these, in its system's letters.
    :param tells_moment: whether `Reset` is a moment, in seconds since 1970.
    :param is_enforced: whether calls are counted; else there is always room.
    """

    calls: int
    seconds: int
    name: str = ""
    has_headers: bool = False
    prefix: str = "X-RateLimit-"
    tells_moment: bool = False
    is_enforced: bool = True

    def reset_at(self, moment: float, now: float) -> int:
        """What `Reset` tells where there is one more call from a moment on."""
        return math.ceil(moment if self.tells_moment else moment - now)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a rate after a call.

    :param remaining: calls; `reset` the seconds until there is one more, or that moment.
    :param is_over: that call was one too many.
    """

    rate: Rate
    remaining: int
    reset: int
    is_over: bool

    @property
    def headers(self) -> Mapping[str, str]:
        """`X-RateLimit-*`, as numbers, where answers have them."""
        if not self.rate.has_headers:
            return {}
        values = {"Limit": self.rate.calls, "Remaining": self.remaining, "Reset": self.reset}
        return {f"{self.rate.prefix}{word}": str(number) for word, number in values.items()}


class CountedAccount(NamedTuple):
    """What an account is counted by."""

    world: str
    id: int


Counted = Account | CountedAccount
Key = tuple[str, int, str]


class Limits:
    """The calls of each account that still count; a refused one does not count."""

    def __init__(self) -> None:
        self._taken: dict[Key, deque[float]] = {}
        self._lock = threading.Lock()

    def take(self, rate: Rate, account: Counted, operation: str, at: float) -> Left:
        """Count a call.

        :param at: seconds since 1970, by the emulator's clock.
        """
        if not rate.is_enforced:
            return Left(rate, rate.calls - 1, rate.reset_at(at + rate.seconds, at), is_over=False)
        with self._lock:
            taken = self._current(rate, account, operation, at)
            is_over = len(taken) >= rate.calls
            if not is_over:
                taken.append(at)
            reset = rate.reset_at(taken[0] + rate.seconds, at)
            return Left(rate, rate.calls - len(taken), reset, is_over)

    def count(self, rate: Rate, account: Counted, operation: str, at: float) -> int:
        """How many of an account's calls count at a moment."""
        with self._lock:
            return len(self._current(rate, account, operation, at))

    def list_accounts(self, world: str) -> set[int]:
        """The numbers of the accounts of a world of which calls are counted."""
        with self._lock:
            return {account for called, account, _ in self._taken if called == world}

    def forget(self, world: str, accounts: Collection[int] | None = None) -> None:
        """Start to count again in a world; without a name, in all of them.

        :param accounts: the numbers of the accounts, in any world; by default, all.
        """
        with self._lock:
            if accounts is None:
                forgotten = [key for key in self._taken if world in ("", key[0])]
            else:
                forgotten = [key for key in self._taken if key[1] in accounts]
            for key in forgotten:
                del self._taken[key]

    def _current(self, rate: Rate, account: Counted, operation: str, at: float) -> deque[float]:
        key = (account.world, account.id, rate.name or operation)
        if key not in self._taken and len(self._taken) >= MANY:
            del self._taken[next(iter(self._taken))]
        taken = self._taken.setdefault(key, deque())
        # A call of the future was counted before the clock was set back.
        while taken and not at - rate.seconds < taken[0] <= at:
            taken.popleft()
        return taken
