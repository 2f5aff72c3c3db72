"""Counts calls as they come, by what becomes of them in v3."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property

from legacygrid.migration import table
from legacygrid.migration.report.observed_calls import Observed, ObservedCall, Unrecognised
from legacygrid.migration.report.rates import RateMeter
from legacygrid.migration.rows import Kind, Row
from legacygrid.wsgi.values import spell_out

#: Names of callers, of subusers and of what was not recognised that are kept; others are counted.
_MOST_NAMES = 1000
OTHERS = "others"


class CappedCounter(Counter[str]):
    """Counts names; from so many on, those that are new count together."""

    def add(self, name: str) -> None:
        """Count one. It came from anywhere, and terminals obey some letters: those are spelled."""
        name = spell_out(name)
        self[name if name in self or len(self) < _MOST_NAMES else OTHERS] += 1


@dataclass(frozen=True, eq=False)
class CallTarget:
    """What a call comes to.

    :param row: of the table; none if the source does not tell the task, or v2 refused such
        parameters.
    """

    operation: str
    task: str | None
    row: Row | None

    @cached_property
    def title(self) -> str:
        """What is called: `customer.limit task=none`."""
        if self.row:
            return self.row.title
        if self.task is None:
            return f"{self.operation}, task not known"
        task = f" task={self.task}" if self.task else ""
        return f"{self.operation}{task}, with parameters that v2 refused"

    @property
    def kind(self) -> Kind | None:
        """Its class; none without a row."""
        return self.row.kind if self.row else None


@dataclass
class TargetCount:
    """How often something is called, and by whom."""

    calls: int = 0
    xml: int = 0
    by_get: int = 0
    callers: CappedCounter = field(default_factory=CappedCounter)


class Tally:
    """Counts calls. It holds no more, the more there are."""

    def __init__(self) -> None:
        self.targets: dict[CallTarget, TargetCount] = {}
        self.callers = CappedCounter()
        self.subusers = CappedCounter()
        self.unrecognised = CappedCounter()
        self.with_secret = 0
        self.with_password = 0
        self.secrets: set[int] = set()
        self.rates = RateMeter()
        self.first: float | None = None
        self.last: float | None = None
        self._known: dict[tuple[str, str | None, str], CallTarget] = {}
        self._by_title: dict[str, CallTarget] = {}

    @property
    def calls(self) -> int:
        """How many calls of Web API v2 came."""
        return sum(each.calls for each in self.targets.values())

    def count(self, observed: Iterable[Observed]) -> None:
        """Count calls, and what is none."""
        for each in observed:
            if isinstance(each, Unrecognised):
                self.unrecognised.add(each.what)
            else:
                self._count_call(each)

    def _count_call(self, call: ObservedCall) -> None:
        target = self._find_target(call)
        if target not in self.targets:
            self.targets[target] = TargetCount()
        counted = self.targets[target]
        counted.calls += 1
        counted.xml += call.format == "xml"
        counted.by_get += call.method == "GET"
        counted.callers.add(call.caller)
        self.callers.add(call.caller)
        for name in call.subusers:
            self.subusers.add(name)
        if call.secret is not None:
            self._count_secret(call.secret)
        self.with_password += call.has_password_in_url
        if call.at is not None:
            self.first = min(call.at, self.first or call.at)
            self.last = max(call.at, self.last or call.at)
            if target.row:
                self.rates.add(int(call.at // 60), target.title, target.row)

    def _count_secret(self, secret: int) -> None:
        self.with_secret += 1
        if secret and len(self.secrets) < _MOST_NAMES:
            self.secrets.add(secret)

    def _find_target(self, call: ObservedCall) -> CallTarget:
        """What a call comes to; calls with the same deciding parameters are looked up once."""
        given = [(name, call.params.get(name)) for name in _deciding(call.operation, call.task)]
        key = (call.operation, call.task, str(given) if given else "")
        if key in self._known:
            return self._known[key]
        row = None
        if call.task is not None:
            row = table.find(call.operation, call.task, dict(call.params))
        if len(self._known) > 10 * _MOST_NAMES:
            self._known.clear()
        made = CallTarget(call.operation, call.task, row)
        target = self._known[key] = self._by_title.setdefault(made.title, made)
        return target


@cache
def _deciding(operation: str, task: str | None) -> tuple[str, ...]:
    """The parameters that decide which row is a call's, as they may come."""
    rows = table.find_all(operation, task) if task is not None else ()
    names = dict.fromkeys(name for row in rows for case in row.when for name in case.names)
    return tuple(each for name in names for each in (name, f"{name}[]", f"{name}[0]"))
