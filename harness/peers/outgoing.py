"""What a server that does not lead has for the one that does: its calls, whom mail came for, and
which accounts have webhooks to be posted. It is fetched ten times a second, and before each page.
"""

import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence, Set
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple, Self

from legacygrid.harness.calls import Call
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.harness.faults import InjectedFault
from legacygrid.models.webhooks import BELL

#: Calls, and messages, that are kept while nobody fetches them.
_MOST = 10_000
#: What is told of a call; its fault by number, as the other side has it.
_TOLD = tuple(
    each.name
    for each in fields(Call)
    if each.name not in {"number", "fault", "traceparent", "steps", "started", "_kind_key"}
)
_values_of = attrgetter(*_TOLD)
_SECONDS = _TOLD.index("seconds")


class SentCall(NamedTuple):
    """A call on its way.

    :param key: tells it from all others of its server.
    :param moment: when it came in, in seconds since 1970 by the clock of its machine.
    :param fault: the number of the fault that it triggered.
    """

    key: int
    moment: float
    values: Sequence[Any]
    fault: int | None

    @classmethod
    def pack(cls, call: Call, key: int, moment: float) -> Self:
        """A call as it is now."""
        number = call.fault.number if call.fault is not None else None
        return cls(key, moment, _values_of(call), number)

    @property
    def is_pending(self) -> bool:
        """Whether it was not answered yet."""
        return self.values[_SECONDS] is None

    def unpack_into(self, call: Call, faults: Mapping[int, InjectedFault]) -> None:
        """Have a call be as this one.

        :param faults: those that are set, by their numbers.
        """
        for name, value in zip(_TOLD, self.values, strict=True):
            setattr(call, name, value)
        if self.fault is not None:
            # One that was cancelled meanwhile did the same to it.
            call.fault = faults.get(self.fault) or InjectedFault(FaultEffect(), number=self.fault)


class Batch(NamedTuple):
    """All that there is at a moment.

    :param source: tells the process that has it from all others, whichever it follows.
    :param number: of its batches, from 1.
    :param mailed: worlds, and whom mail in them came for.
    :param rung: the numbers of the accounts.
    """

    source: str
    number: int
    calls: Sequence[SentCall]
    mailed: Sequence[tuple[str, Any]]
    rung: frozenset[int]

    def followed_by(self, calls: Sequence[SentCall], mailed: Sequence[Any], rung: Set[int]) -> Self:
        """The next one, which has all of this one, too."""
        return self._replace(
            number=self.number + 1,
            calls=[*self.calls, *calls],
            mailed=[*self.mailed, *mailed],
            rung=self.rung | rung,
        )


class _Told:
    """A call that was recorded, until it was told in its last state."""

    __slots__ = ("call", "is_told", "key", "moment")

    def __init__(self, call: Call, key: int) -> None:
        self.call, self.key, self.moment = call, key, time.time()
        self.is_told = False


class Outgoing:
    """Gathers it."""

    def __init__(self) -> None:
        self._calls: deque[_Told] = deque(maxlen=_MOST)
        self._mailed: deque[tuple[str, Any]] = deque(maxlen=_MOST)
        self._last = 0
        #: The last one, until it is known to have arrived: its server may have been left behind.
        self._sent = Batch(secrets.token_hex(8), 0, (), (), frozenset())
        self._lock = threading.Lock()

    def record(self, call: Call) -> None:
        """A call comes in."""
        with self._lock:
            self._last += 1
            self._calls.append(_Told(call, self._last))

    def mail(self, world: str, item: Any) -> None:
        """Mail came in."""
        self._mailed.append((world, item))

    def take(self, arrived: Mapping[str, int]) -> Batch:
        """All of it. Calls that are not answered yet are told now, and once more when they are.

        :param arrived: the last batch of each process that the server that leads has.
        """
        with self._lock:
            last = self._sent
            if arrived.get(last.source) == last.number:
                last = last._replace(calls=(), mailed=(), rung=frozenset())
            told, self._calls = self._calls, deque(maxlen=_MOST)
            mailed, self._mailed = self._mailed, deque(maxlen=_MOST)
            sent = []
            for each in told:
                packed = SentCall.pack(each.call, each.key, each.moment)
                if packed.is_pending:
                    self._calls.append(each)
                if not (packed.is_pending and each.is_told):
                    sent.append(packed)
                each.is_told = True
            self._sent = last.followed_by(sent, mailed, BELL.wait(0))
            return self._sent
