"""Faults as pages show them: which calls they are for, what goes wrong, and how often it did."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from legacygrid.console.login_sessions import Visitor
from legacygrid.console.pages import current_world, now
from legacygrid.endpoints.control.fault_schemas import PERIOD_FIELDS
from legacygrid.endpoints.control.records import fault_to_json
from legacygrid.grid import current_grid
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.harness.fault_hints import find_hint
from legacygrid.harness.fault_targets import Target
from legacygrid.harness.faults import InjectedFault
from legacygrid.registry import spelling

_EFFECTS = tuple(each.name for each in fields(FaultEffect))
_TARGETS = tuple(each.name for each in fields(Target) if each.name not in ("world", "account"))


class FaultRow(NamedTuple):
    """A fault in words.

    :param effect: what goes wrong, by the names of the control API; `target` which calls it is for.
    :param is_due: whether a call may trigger it now.
    :param hint: why it can do nothing as things are; empty if it can.
    """

    fault: InjectedFault
    effect: dict[str, str]
    target: dict[str, str]
    period: dict[str, str]
    is_due: bool
    hint: str

    @classmethod
    def of(cls, fault: InjectedFault, at: float) -> "FaultRow":
        """A fault as it is at a moment."""
        record = fault_to_json(fault)
        return cls(
            fault,
            _select(record, _EFFECTS),
            _select(record, _TARGETS),
            _select(record, PERIOD_FIELDS),
            fault.fired != fault.times and fault.period.has(at),
            find_hint(fault, current_grid().store),
        )


def _select(record: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """What is set of these fields, as texts."""
    given = {name: record.get(name) for name in names}
    return {
        name: spelling.as_text(value) for name, value in given.items() if value not in (None, "")
    }


def find_visible(visitor: Visitor) -> list[FaultRow]:
    """The faults that may act on what the visitor sees, oldest first."""
    at = now()
    return [FaultRow.of(fault, at) for fault in _may_act_on(visitor)]


def _may_act_on(visitor: Visitor) -> Iterator[InjectedFault]:
    account = visitor.principal.account
    with current_grid().store.reading():
        primary = (account.parent or account).username
    for fault in current_grid().faults.of_world():
        target = fault.target
        if target.world in (None, current_world()) and target.account in (None, primary):
            yield fault
