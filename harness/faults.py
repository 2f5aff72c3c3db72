"""Faults on command: what goes wrong with which calls. `dispatch` asks for one at each call."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from legacygrid import reasons
from legacygrid.harness.cut_off import cut_off
from legacygrid.harness.fault_periods import ALWAYS, FaultPeriod
from legacygrid.harness.fault_targets import Target
from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.serializers.writers import php_json
from legacygrid.wsgi.answer import make_response
from legacygrid.wsgi.environ_keys import WIRE

if TYPE_CHECKING:
    from flask import Response

#: What v2's last years answered over a limit: documented (twilio.com, using_the_web_api), with the
#: three headers below and in the shape of v3, whatever format was asked for.
TOO_MANY = {"errors": [{"field": None, "message": "too many requests"}]}
_ORDERED = inferred("ordered by a fault")


@dataclass(frozen=True)
class FaultEffect:
    """What goes wrong: one thing, and a delay beside it if wanted.

    :param delay: seconds that the answer is held up, after the call was carried out.
    :param reason: a reason of the dialect, which then words it; nothing is carried out.
    :param status: of an answer as given with body and headers; nothing is carried out.
    :param rate_limit: 429 as documented: the limit, and the seconds until it ends; nothing is
        carried out.
    :param truncate: bytes of the answer's body that are sent before the connection ends, and never
        all of it; the call is carried out.
    :param reset: the connection is reset without an answer, `before` or `after` the call is carried
        out.
    :param spam_score: the score that SendGrid's spam check gives the mail of the call, which is
        carried out.
    """

    delay: float = 0.0
    reason: type[reasons.Reason] | None = None
    texts: tuple[str, ...] = ()
    status: int | None = None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    rate_limit: tuple[int, int] | None = None
    truncate: int | None = None
    reset: str = ""
    spam_score: float | None = None

    def instead(self, now: float) -> "Response | None":
        """What is answered instead of carrying the call out; nothing, if it is carried out.

        :param now: seconds since 1970, for the end of a rate limit.
        :raises Reason: as ordered.
        """
        if self.reason is not None:
            raise self.reason(
                *(Sentence(each, _ORDERED) for each in self.texts), hint=_ORDERED.source
            )
        if self.status is not None:
            return make_response(self.body, self.status, self.headers)
        if self.rate_limit is not None:
            return _refuse_too_many(*self.rate_limit, now)
        return make_response(status=503) if self.reset == "before" else None

    def can_act(self, method: str, response: "Response") -> bool:
        """Whether it does anything to that answer: one without a body cannot be cut."""
        if self.truncate is None or self.delay:
            return True
        has_body = method != "HEAD" and response.status_code not in (204, 304)
        return has_body and (response.is_streamed or response.calculate_content_length() != 0)

    @property
    def touches_wire(self) -> bool:
        """Whether something is done to the sending of the answer."""
        return bool(self.delay or self.reset or self.truncate is not None)


def _refuse_too_many(limit: int, seconds: int, now: float) -> "Response":
    headers = {
        "Content-Type": "application/json",
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(now) + seconds),
    }
    return make_response(php_json(TOO_MANY), 429, headers)


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
            due = (fault for fault in self._faults if fault.is_outage is is_outage)
            matching = (fault for fault in due if fault.target.matches(call, recipients))
            timely = [fault for fault in matching if fault.period.has(at)]
            is_counted = any(each.is_counting and each.fired != each.times for each in timely)
            found = next((fault for fault in timely if fault.trigger()), None)
        if is_counted:
            self._tell()
        return found

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
