"""A row of the table: what becomes of one v2 operation and task, or of one way to call it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from legacygrid.migration.inputs import Inputs, make_inputs
from legacygrid.migration.requests import V3Request, to_requests
from legacygrid.migration.scopes import find_scope
from legacygrid.migration.steps import Step, list_asks, list_values, resolve
from legacygrid.migration.values import Need
from legacygrid.registry.evidence import Evidence


class Kind(StrEnum):
    """What becomes of a call, best first."""

    #: One request does the same.
    EXACT = "EXACT"
    #: Several requests do the same, and they are not atomic.
    FAN = "FAN"
    #: Something is lost, or means something else.
    LOSSY = "LOSSY"
    #: v3 has nothing for it.
    NONE = "NONE"

    @property
    def means(self) -> str:
        """The class in words."""
        return MEANINGS[self]


MEANINGS: Mapping[Kind, str] = {
    Kind.EXACT: "one request does the same",
    Kind.FAN: "several requests do the same, one after the other, so that it can fail half-way",
    Kind.LOSSY: "something is lost, or changes its meaning",
    Kind.NONE: "v3 has nothing for it",
}


class Case(NamedTuple):
    """What a call's parameters must be for a row to be its own.

    :param names: of parameters, of which one is enough.
    :param values: one of these; without any, a parameter has to be there and filled.
    :param missing: none of them may be there, instead.
    :param words: what it is called in short, where the names are many.
    """

    names: tuple[str, ...]
    values: tuple[str, ...] = ()
    missing: bool = False
    words: str = ""

    def holds(self, inputs: Inputs) -> bool:
        """Whether a call is such a one."""
        if self.values:
            return any(inputs.text(name) in self.values for name in self.names)
        return any(map(inputs.is_filled, self.names)) != self.missing

    def __str__(self) -> str:
        if self.words:
            return self.words
        names = " or ".join(f"`{name}`" for name in self.names)
        if self.missing:
            return f"without {names}"
        if not self.values:
            return f"with {names}"
        return f"{names} {', '.join(self.values)}"


@dataclass(frozen=True)
class Row:
    """What becomes of a call.

    :param kind: the class.
    :param when: what the call's parameters are; without it the row is for all that have no other.
    :param steps: what is done in v3, in order.
    :param yields: what the call asked for, if it asked: JSON of values.
    :param losses: what is lost or means something else; `inversions` what turns around; `gains`
        what v3 says or does beyond.
    :param reason: why v3 has nothing for it; `instead` what can be done.
    :param example: parameters of such a call.
    """

    operation: str
    task: str
    kind: Kind
    evidence: Evidence
    steps: tuple[Step, ...] = ()
    when: tuple[Case, ...] = ()
    yields: Any = None
    losses: tuple[str, ...] = ()
    inversions: tuple[str, ...] = ()
    gains: tuple[str, ...] = ()
    reason: str = ""
    instead: str = ""
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What is called: `customer.sendip task=append, set all`."""
        called = f"{self.operation} task={self.task}" if self.task else self.operation
        return ", ".join((called, *(str(each).replace("`", "") for each in self.when)))

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the key must be allowed, in the order of the steps."""
        asks = (ask for ask, _ in list_asks(self.steps))
        found = (find_scope(ask.verb, ask.path) for ask in asks)
        undone = (find_scope(a.undo.verb, a.undo.path) for a, _ in list_asks(self.steps) if a.undo)
        return tuple(dict.fromkeys((*found, *undone)))

    @property
    def needs(self) -> tuple[Need, ...]:
        """What v3 asks for and no v2 call had."""
        values = list_values(self.steps)
        return tuple({each.name: each for each in values if isinstance(each, Need)}.values())

    def holds(self, inputs: Inputs) -> bool:
        """Whether it is about a call with such parameters."""
        return all(case.holds(inputs) for case in self.when)

    def resolve(self, inputs: Inputs) -> tuple[Step, ...]:
        """The steps of one call: without what it says nothing of."""
        return resolve(self.steps, inputs)

    def requests(
        self,
        params: Mapping[str, Any],
        needs: Mapping[str, Any] | None = None,
        now: datetime | None = None,
    ) -> list[V3Request]:
        """The requests of a call as far as they are known before the first is made. What an answer
        has to say first stands as `{name}`; what nobody said that v3 needs is as in examples.

        :param params: the call's, as they came: `ip[]` and `ip[0]` are those of a list.
        :raises MissingParameter: it lacks one.
        """
        assumed = {need.name: need.example for need in self.needs}
        inputs = make_inputs(params, assumed | dict(needs or {}), now)
        return to_requests(list_asks(self.resolve(inputs)), inputs)


def choose(rows: "tuple[Row, ...]", params: Mapping[str, Any]) -> Row | None:
    """Which of an operation's rows is about a call: of several, the one that asks for most."""
    inputs = make_inputs(params)
    held = [row for row in rows if row.holds(inputs)]
    return max(held, key=lambda row: len(row.when), default=None)
