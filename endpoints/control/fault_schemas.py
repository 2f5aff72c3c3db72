"""The request for a fault, field by field: which calls trigger it, and what goes wrong."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate, validates_schema

from legacygrid.endpoints.control.schemas import ControlSchema
from legacygrid.serializers.seed_fields import MOMENTS, NO_TIME
from legacygrid.wsgi.values import FORBIDDEN

#: Seconds that a fault may hold up an answer.
MAX_DELAY = 600
_EFFECTS = ("reason", "status", "rate_limit", "truncate", "reset", "spam_score")
#: When a matching call triggers a fault.
TRIGGER_FIELDS = ("times", "after", "probability", "seed")
#: When, by the emulator's clock.
PERIOD_FIELDS = ("since", "until", "every", "lasting")
#: Effects of an outage: nothing is carried out.
_OF_OUTAGES = ("status", "reset")
#: Seconds of a period at most.
_YEARS = 10**9
#: The server alone frames an answer.
_FRAMING = {"content-length", "transfer-encoding", "connection"}


class RateLimitSchema(ControlSchema):
    """What the headers of a 429 say."""

    error_messages: ClassVar[dict[str, str]] = {  # type: ignore[misc]
        "type": 'must be true or an object such as {"limit": 600, "seconds": 60}'
    }

    limit = fields.Integer(load_default=600, validate=validate.Range(min=1))
    seconds = fields.Integer(load_default=60, validate=validate.Range(min=0, max=10**9))


class _RateLimit(fields.Nested):
    """A rate limit; true stands for the usual one."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize({} if value is True else value, *args, **kwargs)


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
    system = fields.String()
    recipient = fields.String()
    times = fields.Integer(strict=True, validate=validate.Range(min=1))
    after = fields.Integer(strict=True, validate=validate.Range(min=0))
    probability = fields.Float(validate=validate.Range(min=0, max=1, min_inclusive=False))
    seed = fields.Integer(strict=True)
    outage = fields.Boolean(truthy={True}, falsy={False})
    since = fields.AwareDateTime(format="iso", validate=MOMENTS, error_messages=NO_TIME)
    until = fields.AwareDateTime(format="iso", validate=MOMENTS, error_messages=NO_TIME)
    every = fields.Float(validate=validate.Range(min=0, max=_YEARS, min_inclusive=False))
    lasting = fields.Float(validate=validate.Range(min=0, max=_YEARS, min_inclusive=False))

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
    rate_limit = _RateLimit(RateLimitSchema)
    truncate = fields.Integer(strict=True, validate=validate.Range(min=0))
    reset = fields.String(validate=validate.OneOf(("before", "after")))
    spam_score = fields.Float(validate=validate.Range(min=-1000, max=1000))

    @validates_schema
    def check_period(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Brown-outs come every so often, and last so long."""
        for name, needed in (("every", "lasting"), ("lasting", "every")):
            if name in data and needed not in data:
                raise ValidationError(f"needs {needed}", name)
        if data.get("outage") and data.get("reset") == "after":
            raise ValidationError("an outage carries nothing out: before", "reset")
        if data.get("outage") and not any(name in data for name in _OF_OUTAGES):
            raise ValidationError(f"comes with {' or '.join(_OF_OUTAGES)}", "outage")

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
