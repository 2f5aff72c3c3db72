"""`/__admin/faults`: what goes wrong with which calls. Part of the control API."""

from collections.abc import Iterable, Mapping
from dataclasses import fields as fields_of
from typing import Any

from flask import Blueprint, Response, jsonify

from legacygrid.endpoints.control import request_bodies, smtp_faults
from legacygrid.endpoints.control.descriptions import describe
from legacygrid.endpoints.control.errors import Answer, BadRequest, refuse
from legacygrid.endpoints.control.fault_schemas import TRIGGER_FIELDS, FaultSchema
from legacygrid.endpoints.control.records import FAULT, fault_to_json
from legacygrid.endpoints.control.request_bodies import world_filter
from legacygrid.grid import current_grid
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.harness.fault_hints import find_hint
from legacygrid.harness.fault_periods import FaultPeriod
from legacygrid.harness.fault_targets import SMTP, Target
from legacygrid.harness.faults import InjectedFault
from legacygrid.reasons import Reason
from legacygrid.serializers.dialects import Dialect
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

blueprint = Blueprint("faults", __name__)
_TARGET_FIELDS = {each.name for each in fields_of(Target)}
_EFFECT_FIELDS = {each.name for each in fields_of(FaultEffect)}
#: The call whose mail is checked for spam.
_SENDING = "mail.send"


def find_faults() -> list[InjectedFault]:
    """Those of the request's world, or all."""
    return current_grid().faults.of_world(world_filter())


@blueprint.get("/faults")
@describe({"faults": [FAULT]})
def faults() -> Response:
    """The faults that are set, with how many calls triggered them."""
    blocking.about_to_block(Lane.READ)
    return jsonify(faults=list(map(_tell, find_faults())))


@blueprint.post("/faults")
@describe(FAULT, status=(201,), body=FaultSchema)
def create() -> Answer:
    """Set a fault."""
    fault = make_fault(request_bodies.load_body(FaultSchema()), world_filter())
    blocking.about_to_block()
    current_grid().faults.add(fault)
    return jsonify(_tell(fault)), 201


@blueprint.delete("/faults")
@describe({"removed": int})
def cancel_all() -> Response:
    """Cancel all faults."""
    existing = find_faults()
    current_grid().faults.cancel(existing)
    return jsonify(removed=len(existing))


@blueprint.delete("/faults/<int:number>")
@describe({"removed": int}, refuses=(404,))
def cancel(number: int) -> Answer:
    """Cancel one fault."""
    existing = [fault for fault in find_faults() if fault.number == number]
    if not existing:
        return refuse("id", f"there is no fault {number}", 404)
    current_grid().faults.cancel(existing)
    return jsonify(removed=1)


def _tell(fault: InjectedFault) -> dict[str, Any]:
    """A fault, and why it can do nothing as things are, if that is so."""
    hint = find_hint(fault, current_grid().store)
    return fault_to_json(fault) | ({"hint": hint} if hint else {})


def make_fault(loaded: dict[str, Any], world: str | None) -> InjectedFault:
    """The fault that somebody describes.

    :param loaded: as `FaultSchema` loads it.
    :param world: whose calls it is for; none for those of all worlds.
    :raises BadRequest: with the fields that are wrong.
    """
    effect = _select(_EFFECT_FIELDS, loaded)
    if loaded.get("operation") == SMTP:
        effect |= smtp_faults.check(loaded, world)
    else:
        effect |= _check(loaded)
    if "texts" in loaded:
        effect["texts"] = tuple(loaded["texts"])
    if "rate_limit" in loaded:
        effect["rate_limit"] = loaded["rate_limit"]["limit"], loaded["rate_limit"]["seconds"]
    target = Target(**_select(_TARGET_FIELDS, loaded), world=world)
    return InjectedFault(
        FaultEffect(**effect),
        target,
        **_select(TRIGGER_FIELDS, loaded),
        period=_read_period(loaded),
        is_outage=loaded.get("outage", False),
    )


def _read_period(loaded: Mapping[str, Any]) -> FaultPeriod:
    moments = {name: loaded[name].timestamp() for name in ("since", "until") if name in loaded}
    return FaultPeriod(**moments, **_select(("every", "lasting"), loaded))


def _check(loaded: dict[str, Any]) -> dict[str, Any]:
    """Check a fault of calls; what its effect is made from.

    :raises BadRequest: with the fields that are wrong.
    """
    if "recipient" in loaded:
        raise BadRequest({"recipient": [f"goes with operation={SMTP} alone"]})
    if "spam_score" in loaded and loaded.get("operation") != _SENDING:
        raise BadRequest({"spam_score": [f"goes with operation={_SENDING} or {SMTP} alone"]})
    dialects = _find_dialects(loaded)
    return {"reason": _find_reason(loaded, dialects)} if "reason" in loaded else {}


def _select(names: Iterable[str], loaded: Mapping[str, Any]) -> dict[str, Any]:
    return {name: loaded[name] for name in names if name in loaded}


def _find_dialects(loaded: Mapping[str, Any]) -> list[Dialect]:
    """Those in which the fault may be worded."""
    routes = list(current_grid().operations.values())
    if "system" in loaded:
        routes = [route for route in routes if route.system.name == loaded["system"]]
    if not routes:
        existing = ", ".join(system.name for system in current_grid().systems)
        raise BadRequest({"system": [f"there is no such system; there are {existing}"]})
    if "operation" not in loaded:
        return [route.dialect for route in routes]
    name = loaded["operation"]
    request_bodies.check_operation(name, SMTP)
    if missing := current_grid().gaps.named(name):
        return [missing.dialect]  # Nobody knows which tasks it had.
    routes = [route for route in routes if route.operation.name == name]
    if not routes:
        raise BadRequest({"operation": [f"{loaded['system']} has no such operation"]})
    tasks = routes[0].tasks
    if "task" in loaded and loaded["task"] not in tasks:
        existing = ", ".join(filter(None, tasks)) or "none"
        raise BadRequest({"task": [f"{name} has no such task; it has {existing}"]})
    return [route.dialect for route in routes]


def _find_reason(loaded: Mapping[str, Any], dialects: list[Dialect]) -> type[Reason]:
    """The reason of that name, if every one of the dialects can word it."""
    name, operation = loaded["reason"], loaded.get("operation", "")
    worded = [
        {key[1] if isinstance(key, tuple) else key for key in dialect.sayings}
        for dialect in dialects
    ]
    known = {reason.__name__: reason for reason in set.intersection(*worded)}
    if name not in known:
        more = "" if operation else ", and others of an operation that you name"
        existing = f"there are {', '.join(sorted(known))}{more}"
        raise BadRequest({"reason": [f"there is no {name[:100]!r} here; {existing}"]})
    is_wordless = any(dialect.saying(known[name], operation).text is None for dialect in dialects)
    if is_wordless and "texts" not in loaded:
        raise BadRequest({"texts": [f"{name} has no words of its own; say them"]})
    return known[name]
