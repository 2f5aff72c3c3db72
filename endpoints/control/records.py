"""What the control API takes and tells: criteria, faults, the clock, and the calls of the journal."""

import json
from collections.abc import Mapping
from dataclasses import fields as fields_of
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from legacygrid.harness.calls import Call
from legacygrid.harness.clock import Hands
from legacygrid.harness.faults import FaultEffect, InjectedFault
from legacygrid.harness.journal import Criteria
from legacygrid.registry.conventions import FORMATS
from legacygrid.serializers.seeds import MOMENTS
from legacygrid.wsgi.values import FORBIDDEN

OUTCOMES = ("pending", "done", "refused", "unmatched", "fault")
#: What a reset takes back.
PARTS = ("state", "requests", "messages", "faults", "clock")
#: Seconds that a fault may hold up an answer.
MAX_DELAY = 600
_EFFECTS = ("reason", "status", "rate_limit", "truncate", "reset")
#: How an answer is framed is the server's to say.
_FRAMING = {"content-length", "transfer-encoding", "connection"}


class ControlRequest(Schema):
    """A request of the control API; a field that it does not have is refused."""

    class Meta:
        unknown = RAISE


def _tellable(value: Any) -> None:
    """What Python's JSON reads and others do not (NaN, Infinity) would come back in the answer."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        raise ValidationError("must hold numbers that JSON has") from None


class Sought(ControlRequest):
    """Which calls are looked for."""

    account = fields.String()
    operation = fields.String()
    task = fields.String()
    format = fields.String(validate=validate.OneOf(FORMATS))
    method = fields.String()
    caller = fields.String()
    outcome = fields.String(validate=validate.OneOf(OUTCOMES))
    status = fields.Integer()
    after = fields.Integer()
    params = fields.Dict(keys=fields.String(), validate=_tellable)


class Listed(Sought):
    """Which calls are looked for, and how many of them at most."""

    limit = fields.Integer(validate=validate.Range(min=1))


class Reset(ControlRequest):
    """What is reset, if not everything."""

    account = fields.String()
    parts = fields.List(
        fields.String(validate=validate.OneOf(PARTS)),
        load_default=PARTS,
        data_key="only",
        validate=validate.Length(min=1),
    )


class ClockSetting(ControlRequest):
    """How the clock is set: one of these, or nothing for real time."""

    frozen = fields.AwareDateTime(format="iso", validate=MOMENTS)
    offset = fields.Float(validate=validate.Range(min=-(10**10), max=10**10))
    advance = fields.Float(validate=validate.Range(min=0, max=10**10))

    @validates_schema
    def one(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """No two of them."""
        if len(data) > 1:
            raise ValidationError("give one of frozen, offset, advance", sorted(data)[0])


class RateLimit(ControlRequest):
    """What the headers of a 429 tell."""

    limit = fields.Integer(load_default=600, validate=validate.Range(min=1))
    seconds = fields.Integer(load_default=60, validate=validate.Range(min=0, max=10**9))


def _writable(text: str) -> None:
    if FORBIDDEN.search(text):
        raise ValidationError("contains characters that XML 1.0 forbids")


class Order(ControlRequest):
    """A fault that is ordered."""

    operation = fields.String()
    task = fields.String()
    account = fields.String()
    caller = fields.String()
    user = fields.String()
    times = fields.Integer(strict=True, validate=validate.Range(min=1))
    after = fields.Integer(strict=True, validate=validate.Range(min=0))
    probability = fields.Float(validate=validate.Range(min=0, max=1, min_inclusive=False))
    seed = fields.Integer(strict=True)

    delay = fields.Float(validate=validate.Range(min=0, max=MAX_DELAY))
    reason = fields.String()
    texts = fields.List(fields.String(validate=_writable), validate=validate.Length(min=1, max=100))
    status = fields.Integer(strict=True, validate=validate.Range(min=200, max=599))
    body = fields.String(validate=validate.Length(max=1024 * 1024))
    headers = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}\Z")),
        values=fields.String(
            validate=validate.Regexp(r"[\t\x20-\x7e]{0,4000}\Z", error="must be printable ASCII")
        ),
    )
    rate_limit = fields.Nested(RateLimit)
    truncate = fields.Integer(strict=True, validate=validate.Range(min=0))
    reset = fields.String(validate=validate.OneOf(("before", "after")))

    @validates_schema
    def one_effect(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Exactly one thing goes wrong; a delay may be all, or come beside it."""
        given = [name for name in _EFFECTS if name in data]
        if len(given) > 1:
            raise ValidationError(f"cannot come with {given[0]}", given[1])
        if not given and "delay" not in data:
            raise ValidationError(
                f"nothing goes wrong: give one of delay, {', '.join(_EFFECTS)}", "effect"
            )
        for name, needs in (("texts", "reason"), ("body", "status"), ("headers", "status")):
            if name in data and needs not in data:
                raise ValidationError(f"goes with {needs} alone", name)
        for name in data.get("headers", ()):
            if name.lower() in _FRAMING:
                raise ValidationError(f"{name} is the server's to say", "headers")


def moment(seconds: float) -> str:
    """A moment as the control API tells it: ISO 8601, UTC, to the millisecond."""
    try:
        return (
            datetime.fromtimestamp(seconds, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z")
        )
    except (ValueError, OverflowError):
        return f"{seconds:.3f}"


def told_call(call: Call) -> dict[str, Any]:
    """A call of the journal."""
    return {
        "id": call.number,
        "time": moment(call.at),
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
        "user_agent": call.user_agent,
        "status": call.status,
        "outcome": call.outcome,
        "ms": None if call.seconds is None else round(call.seconds * 1000, 3),
        "refusal": _told_refusal(call),
        "tolerated": list(call.tolerated),
        "fault": call.fault.number if call.fault else None,
    }


def _told_refusal(call: Call) -> dict[str, Any] | None:
    if call.refusal is None or call.evidence is None:
        return None
    return {
        "reason": type(call.refusal).__name__,
        "texts": list(call.refusal.texts),
        "hint": call.refusal.hint,
        "evidence": {"level": call.evidence.level, "source": call.evidence.source},
    }


def told_fault(fault: InjectedFault) -> dict[str, Any]:
    """A fault that is ordered, with how often it fitted and fired."""
    told: dict[str, Any] = {"id": fault.number}
    told |= {each.name: getattr(fault.target, each.name) for each in fields_of(fault.target)}
    told |= {name: getattr(fault, name) for name in ("times", "after", "probability", "seed")}
    return told | _told_effect(fault.effect) | {"seen": fault.seen, "fired": fault.fired}


def _told_effect(effect: FaultEffect) -> dict[str, Any]:
    told = {each.name: getattr(effect, each.name) for each in fields_of(effect)}
    told["reason"] = effect.reason.__name__ if effect.reason else None
    if effect.rate_limit:
        told["rate_limit"] = dict(zip(("limit", "seconds"), effect.rate_limit, strict=True))
    return {name: value for name, value in told.items() if value != getattr(_NOTHING, name)}


_NOTHING = FaultEffect()


def told_nearest(criteria: Criteria, call: Call | None) -> dict[str, Any] | None:
    """The call that comes nearest to what was looked for, and where it differs."""
    if call is None:
        return None
    differences = [
        {"field": name, "wanted": wanted, "there": there}
        for name, wanted, there in criteria.differences(call)
    ]
    return {"request": told_call(call), "differences": differences}


def told_clock(hands: Hands) -> dict[str, Any]:
    """How the clock is set, and what it shows."""
    return {"now": moment(hands.now()), "frozen": hands.frozen is not None, "offset": hands.offset}
