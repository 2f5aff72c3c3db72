"""The requests of the control API, field by field: which calls and messages are meant, faults, the
clock, and events.
"""

import json
from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from legacygrid.models.message import DISPOSITIONS
from legacygrid.registry.conventions import FORMATS
from legacygrid.serializers.seeds import MOMENTS
from legacygrid.wsgi.values import FORBIDDEN, why_unwritable

OUTCOMES = ("pending", "done", "refused", "unmatched", "fault")
#: What a reset takes back.
PARTS = ("state", "requests", "messages", "faults", "clock")
#: What can happen to a message at a recipient.
EVENTS = ("bounce", "block", "defer", "deliver", "unsubscribe")
#: Customers Mail Cloud's numbers of reasons, which its manual documents.
CODES = {
    1: "unknown host",
    2: "unknown user",
    3: "resend timeout",
    4: "rejected",
    5: "over capacity",
    6: "forward error",
    7: "receiving server error",
    8: "oversized",
    9: "address format",
    10: "blocked address",
    11: "unsubscribed address",
    99: "other",
}
#: Seconds that a fault may hold up an answer.
MAX_DELAY = 600
_EFFECTS = ("reason", "status", "rate_limit", "truncate", "reset")
#: When a matching call triggers a fault.
TRIGGER_FIELDS = ("times", "after", "probability", "seed")
#: The server alone frames an answer.
_FRAMING = {"content-length", "transfer-encoding", "connection"}


class ControlSchema(Schema):
    """A request of the control API; a field that it does not have is refused."""

    class Meta:
        unknown = RAISE


def _check_numbers(value: Any) -> None:
    """What Python's JSON reads and others do not (NaN, Infinity) would come back in the answer."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        raise ValidationError("must hold numbers that JSON has") from None


class CallFilterSchema(ControlSchema):
    """Which calls are meant."""

    account = fields.String()
    operation = fields.String()
    task = fields.String()
    format = fields.String(validate=validate.OneOf(FORMATS))
    method = fields.String()
    caller = fields.String()
    outcome = fields.String(validate=validate.OneOf(OUTCOMES))
    status = fields.Integer()
    after = fields.Integer()
    params = fields.Dict(keys=fields.String(), validate=_check_numbers)


class CallQuerySchema(CallFilterSchema):
    """Which calls are meant, and how many of them at most."""

    limit = fields.Integer(validate=validate.Range(min=1))


class ResetSchema(ControlSchema):
    """What is reset, if not everything."""

    account = fields.String()
    parts = fields.List(
        fields.String(validate=validate.OneOf(PARTS)),
        load_default=PARTS,
        data_key="only",
        validate=validate.Length(min=1),
    )


class ClockSchema(ControlSchema):
    """How the clock is set: one of these, or nothing for real time."""

    frozen = fields.AwareDateTime(format="iso", validate=MOMENTS)
    offset = fields.Float(validate=validate.Range(min=-(10**10), max=10**10))
    advance = fields.Float(validate=validate.Range(min=0, max=10**10))

    @validates_schema
    def check_single(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """No two of them."""
        if len(data) > 1:
            raise ValidationError("give one of frozen, offset, advance", sorted(data)[0])


class RateLimitSchema(ControlSchema):
    """What the headers of a 429 say."""

    limit = fields.Integer(load_default=600, validate=validate.Range(min=1))
    seconds = fields.Integer(load_default=60, validate=validate.Range(min=0, max=10**9))


def _check_xml(text: str) -> None:
    if FORBIDDEN.search(text):
        raise ValidationError("contains characters that XML 1.0 forbids")


class FaultSchema(ControlSchema):
    """A fault: which calls trigger it, and what goes wrong with them."""

    operation = fields.String()
    task = fields.String()
    account = fields.String()
    caller = fields.String()
    user = fields.String()
    recipient = fields.String()
    times = fields.Integer(strict=True, validate=validate.Range(min=1))
    after = fields.Integer(strict=True, validate=validate.Range(min=0))
    probability = fields.Float(validate=validate.Range(min=0, max=1, min_inclusive=False))
    seed = fields.Integer(strict=True)

    delay = fields.Float(validate=validate.Range(min=0, max=MAX_DELAY))
    reason = fields.String()
    texts = fields.List(
        fields.String(validate=_check_xml), validate=validate.Length(min=1, max=100)
    )
    status = fields.Integer(strict=True, validate=validate.Range(min=200, max=599))
    body = fields.String(validate=validate.Length(max=1024 * 1024))
    headers = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}\Z")),
        values=fields.String(
            validate=validate.Regexp(r"[\t\x20-\x7e]{0,4000}\Z", error="must be printable ASCII")
        ),
    )
    rate_limit = fields.Nested(RateLimitSchema)
    truncate = fields.Integer(strict=True, validate=validate.Range(min=0))
    reset = fields.String(validate=validate.OneOf(("before", "after")))

    @validates_schema
    def check_effect(self, data: Mapping[str, Any], **kwargs: Any) -> None:
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


def _check_writable(text: str) -> None:
    """Refuse what XML 1.0 cannot hold: a list of another format may have to.

    :raises ValidationError: it holds characters that XML 1.0 forbids.
    """
    if why := why_unwritable(text):
        raise ValidationError(why)


class MessageFilterSchema(ControlSchema):
    """Which messages are meant."""

    account = fields.String(attribute="primary")
    caller = fields.String()
    via = fields.String(validate=validate.OneOf(("http", "smtp", "bounce")))
    operation = fields.String()
    disposition = fields.String(validate=validate.OneOf(DISPOSITIONS))
    archived = fields.Boolean(truthy={True, "true", "1"}, falsy={False, "false", "0"})
    queue_id = fields.String()
    to = fields.String()
    sender = fields.String(data_key="from")
    subject = fields.String()
    after = fields.Integer(validate=validate.Range(min=0, max=2**63 - 1))


class MessageQuerySchema(MessageFilterSchema):
    """Which messages are meant, how many of them at most, and whether with their contents."""

    header = fields.String()
    body = fields.String()
    words = fields.String()
    limit = fields.Integer(validate=validate.Range(min=1, max=2**31 - 1))
    whole = fields.Boolean(
        truthy={True, "true", "1"}, falsy={False, "false", "0"}, load_default=False
    )


class EventSchema(ControlSchema):
    """What happens to a message."""

    event = fields.String(required=True, validate=validate.OneOf(EVENTS))
    recipient = fields.String()
    code = fields.Integer(strict=True, validate=validate.OneOf(tuple(CODES)))
    reason = fields.String(validate=(validate.Length(max=1000), _check_writable))

    @validates_schema
    def check_code(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A code is for what goes wrong."""
        if "code" in data and data["event"] in ("deliver", "unsubscribe"):
            raise ValidationError("goes with bounce, block and defer alone", "code")


class RelaySchema(ControlSchema):
    """To whom a message is passed on: to nobody whom the request does not name."""

    to = fields.List(fields.String(), validate=validate.Length(max=100), load_default=())
    original_recipients = fields.Boolean(truthy={True}, falsy={False}, load_default=False)
    sender = fields.String(data_key="from")
