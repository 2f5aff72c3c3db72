"""Faults on command: what goes wrong with which calls. `dispatch` asks for one at each call."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from legacygrid.harness.cut_off import cut_off
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.harness.fault_periods import ALWAYS, FaultPeriod
from legacygrid.harness.fault_targets import Target
from legacygrid.wsgi.environ_keys import WIRE

if TYPE_CHECKING:
    from flask import Response


@dataclass(eq=False)
class InjectedFault:
    """An effect, and the calls that it is for.

    :param times: how often it is triggered; none for ever.
    :param after: how many matching calls pass first.
    :param probability: above 0, up to 1, of being triggered by a matching call; drawn from `seed`,
        so that it repeats.
    :param period: when, by the emulator's clock.
    :param is_outage: the whole system is out of order: it is triggered before it is known who
        calls, and nothing of the call is carried out.
    """

    effect: FaultEffect
    target: Target = field(default_factory=Target)
    times: int | None = None
    after: int = 0
    probability: float = 1.0
    seed: int = 0
    period: FaultPeriod = ALWAYS
    is_outage: bool = False
    number: int = 0
    seen: int = 0
    fired: int = 0
    #: Calls that it was due for, and whose answers it could do nothing to.
    missed: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - it shall repeat

    @property
    def is_counting(self) -> bool:
        """Whether it matters to later calls how many there were."""
        return self.times is not None or self.seen < self.after or self.probability < 1

    def trigger(self) -> bool:
        """Count a matching call; whether it triggers the fault."""
        self.seen += 1
        if self.seen <= self.after or self.fired == self.times:
            return False
        if self.probability < 1 and self._random.random() >= self.probability:
            return False
        self.fired += 1
        return True


class Faults:
    """The faults that are set, oldest first."""

    def __init__(self) -> None:
        self._faults: list[InjectedFault] = []
        self._last = 0
        self._lock = threading.Lock()
        #: Called whenever some were set or removed, or have counted a call.
        self.on_change: list[Callable[[], None]] = []

    def add(self, fault: InjectedFault) -> None:
        """Set one more, and give it its number."""
        with self._lock:
            self._last += 1
            fault.number = self._last
            self._faults = [*self._faults, fault]
        self._tell()

    def adopt(self, faults: Iterable[InjectedFault]) -> None:
        """Have those of another server, in the place of all that are set."""
        with self._lock:
            self._faults = list(faults)
            self._last = max([self._last, *(fault.number for fault in self._faults)])

    def _tell(self) -> None:
        for each in self.on_change:
            each()

    @property
    def are_set(self) -> bool:
        """Whether there are any: most of the time there are none."""
        return bool(self._faults)

    def of_world(self, world: str | None = None) -> list[InjectedFault]:
        """Those of a world, or all."""
        return [fault for fault in self._faults if world in (None, fault.target.world)]

    def cancel(self, faults: Iterable[InjectedFault]) -> None:
        """Remove faults."""
        gone = set(faults)
        with self._lock:
            self._faults = [fault for fault in self._faults if fault not in gone]
        self._tell()

    def miss(self, fault: InjectedFault) -> None:
        """A triggered fault could do nothing to an answer: the next call is due."""
        with self._lock:
            fault.fired -= 1
            fault.missed += 1
        if fault.is_counting:
            self._tell()

    def triggered_by(
        self, call: Target, at: float, recipients: Iterable[str] = (), is_outage: bool = False
    ) -> InjectedFault | None:
        """The fault that a call triggers: the oldest that matches and is due.

        :param at: when it is made, by the emulator's clock.
        :param recipients: whom the call is about.
        :param is_outage: whether outages are meant, or all other faults.
        """
        if not self.are_set:
            return None
        with self._lock:
            timely = self.find_timely(call, at, recipients, is_outage)
            is_counted = any(each.is_counting and each.fired != each.times for each in timely)
            found = next((fault for fault in timely if fault.trigger()), None)
        if is_counted:
            self._tell()
        return found

    def find_timely(
        self, call: Target, at: float, recipients: Iterable[str], is_outage: bool
    ) -> list[InjectedFault]:
        """Those that a call is for; see `triggered_by`."""
        due = (fault for fault in self._faults if fault.is_outage is is_outage)
        matching = (fault for fault in due if fault.target.matches(call, recipients))
        return [fault for fault in matching if fault.period.has(at)]

    def apply(
        self,
        fault: InjectedFault,
        method: str,
        response: "Response",
        environ: MutableMapping[str, Any],
    ) -> InjectedFault | None:
        """Let a triggered fault act on an answer.

        :returns: the fault; none if it could do nothing: then the next call is due.
        """
        if not fault.effect.can_act(method, response):
            self.miss(fault)
            return None
        if fault.effect.touches_wire:
            _apply_to_wire(fault.effect, response, environ)
        return fault


def _apply_to_wire(
    effect: FaultEffect, response: "Response", environ: MutableMapping[str, Any]
) -> None:
    """Let the shipped server delay, cut or reset the answer; others come as near as they can."""
    if WIRE in environ:
        environ[WIRE] = effect
        return
    time.sleep(effect.delay)
    if effect.reset or effect.truncate is not None:
        # Content-Length stays that of the whole answer.
        whole = () if effect.reset else list(response.iter_encoded())
        response.response = _break_off(b"".join(cut_off(whole, effect.truncate or 0)))


def _break_off(data: bytes) -> Iterator[bytes]:
    yield data
    raise ConnectionResetError("ordered by a fault")
