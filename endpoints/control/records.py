"""What the control API answers with, as JSON: calls of the journal, faults, the clock."""

from dataclasses import fields as fields_of
from datetime import UTC, datetime
from typing import Any

from legacygrid.endpoints.control.fault_schemas import TRIGGER_FIELDS
from legacygrid.endpoints.control.schemas import OUTCOMES
from legacygrid.harness.call_filters import CallFilter
from legacygrid.harness.calls import Call
from legacygrid.harness.clock import ClockSetting
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.harness.fault_periods import FaultPeriod
from legacygrid.harness.fault_targets import Target
from legacygrid.harness.faults import InjectedFault
from legacygrid.registry.evidence import LEVELS
from legacygrid.serializers.json_types import Literals, MapOf

_REFUSAL = {
    "reason": str,
    "texts": [str],
    "hint": str,
    "evidence": {"level": Literals(tuple(LEVELS)), "source": str},
}


def time_to_json(seconds: float) -> str:
    """A moment in ISO 8601, UTC, to the millisecond.

    :param seconds: since 1970.
    """
    try:
        return (
            datetime.fromtimestamp(seconds, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z")
        )
    except (ValueError, OverflowError):
        return f"{seconds:.3f}"


#: What a call looks like.
CALL = {
    "id": int,
    **dict.fromkeys(("time", "world", "method", "path", "operation", "task", "format"), str),
    "params": MapOf(object),
    "ignored": int,
    "account": str,
    "caller": str,
    "credentials_from": str,
    "user_agent": str,
    "status": (int, None),
    "outcome": Literals(OUTCOMES),
    "ms": (float, None),
    "refusal": (_REFUSAL, None),
    "hints": [str],
    "tolerated": [str],
    "fault": (int, None),
}


def call_to_json(call: Call) -> dict[str, Any]:
    """A call of the journal."""
    milliseconds = None if call.seconds is None else round(call.seconds * 1000, 3)
    return {
        "id": call.number,
        "time": time_to_json(call.at),
        "world": call.world,
        "method": call.method,
        "path": call.shown_path,
        "operation": call.operation,
        "task": call.task,
        "format": call.format,
        "params": call.params,
        "ignored": call.ignored,
        "account": call.account,
        "caller": call.caller,
        "credentials_from": call.credentials_from,
        "user_agent": call.user_agent,
        "status": call.status,
        "outcome": call.outcome,
        "ms": milliseconds,
        "refusal": _refusal_to_json(call),
        "hints": list(call.hints),
        "tolerated": list(call.tolerated),
        "fault": call.fault.number if call.fault else None,
    }


def _refusal_to_json(call: Call) -> dict[str, Any] | None:
    if call.refusal is None or call.evidence is None:
        return None
    return {
        "reason": type(call.refusal).__name__,
        "texts": list(call.refusal.texts),
        "hint": call.refusal.hint,
        "evidence": {"level": call.evidence.level, "source": call.evidence.source},
    }


#: What a fault looks like: which calls it is for, when, what goes wrong, and how often it did.
FAULT = {
    "id": int,
    **{each.name: (str, None) for each in fields_of(Target)},
    "times": (int, None),
    "after": int,
    "probability": (float, None),
    "seed": (int, None),
    **dict.fromkeys(("since?", "until?"), str),
    **dict.fromkeys(("every?", "lasting?"), float),
    "outage?": bool,
    **{f"{each.name}?": object for each in fields_of(FaultEffect)},
    **dict.fromkeys(("seen", "fired", "missed"), int),
    "hint?": str,
}


def fault_to_json(fault: InjectedFault) -> dict[str, Any]:
    """A fault, with how many calls it matched, how many triggered it, and how many it could do
    nothing to.
    """
    target = {each.name: getattr(fault.target, each.name) for each in fields_of(fault.target)}
    trigger = {name: getattr(fault, name) for name in TRIGGER_FIELDS}
    when = _period_to_json(fault.period) | ({"outage": True} if fault.is_outage else {})
    counts = {"seen": fault.seen, "fired": fault.fired, "missed": fault.missed}
    effect = _effect_to_json(fault.effect)
    return {"id": fault.number, **target, **trigger, **when, **effect, **counts}


def _period_to_json(period: FaultPeriod) -> dict[str, Any]:
    """What is set of when a fault is due."""
    moments = {"since": period.since, "until": period.until}
    told = {name: time_to_json(at) for name, at in moments.items() if at is not None}
    return told | ({"every": period.every, "lasting": period.lasting} if period.every else {})


def _effect_to_json(effect: FaultEffect) -> dict[str, Any]:
    """The fields that are set."""
    values = {each.name: getattr(effect, each.name) for each in fields_of(effect)}
    values = {name: value for name, value in values.items() if value != getattr(_NO_EFFECT, name)}
    if effect.reason:
        values["reason"] = effect.reason.__name__
    if effect.rate_limit:
        values["rate_limit"] = dict(zip(("limit", "seconds"), effect.rate_limit, strict=True))
    return values


_NO_EFFECT = FaultEffect()


#: What the call that comes nearest looks like.
NEAREST = {"request": CALL, "differences": [{"field": str, "wanted": object, "there": object}]}


def nearest_to_json(call_filter: CallFilter, call: Call | None) -> dict[str, Any] | None:
    """The call that comes nearest to a filter, and where it differs."""
    if call is None:
        return None
    differences = [
        {"field": name, "wanted": wanted, "there": there}
        for name, wanted, there in call_filter.differences(call)
    ]
    return {"request": call_to_json(call), "differences": differences}


#: What the clock looks like.
CLOCK = {"now": str, "frozen": bool, "offset": float}


def clock_to_json(setting: ClockSetting) -> dict[str, Any]:
    """How the clock is set, and what it shows."""
    return {
        "now": time_to_json(setting.now()),
        "frozen": setting.frozen is not None,
        "offset": setting.offset,
    }
