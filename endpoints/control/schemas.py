"""The requests of the control API, field by field: which calls and messages are meant, the clock,
and events.
"""

import json
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from legacygrid.auth.claims import PLACES
from legacygrid.models.message import DISPOSITIONS
from legacygrid.registry.conventions import FORMATS
from legacygrid.serializers.near_names import suggest
from legacygrid.serializers.seed_fields import MOMENTS, NO_TIME, STATUS, check_writable
from legacygrid.serializers.suggestions import SuggestingSchema

OUTCOMES = ("pending", "done", "refused", "unmatched", "fault")
#: What a reset takes back.
PARTS = ("state", "requests", "messages", "faults", "clock")
#: What can happen to a message at a recipient.
EVENTS = (
    "bounce", "block", "defer", "deliver", "unsubscribe", "spamreport", "open", "click",
)  # fmt: skip
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


class ControlSchema(SuggestingSchema):
    """A request of the control API; a field that it does not have is refused."""

    def explain_unknown(self, field: Any, names: list[str]) -> str:
        """What is said of a field that there is not."""
        return f"there is no such field; {suggest(field, names) or _list(names)}"


def _list(names: list[str]) -> str:
    return f"there are {', '.join(names)}"


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
    credentials_from = fields.String(validate=validate.OneOf((*PLACES, "")))
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


class EndSchema(ControlSchema):
    """What outlives a world that is taken away."""

    keep = fields.String(validate=validate.OneOf(("snapshots",)))


class ClockSchema(ControlSchema):
    """How the clock is set: one of these, or nothing for real time."""

    frozen = fields.AwareDateTime(format="iso", validate=MOMENTS, error_messages=NO_TIME)
    offset = fields.Float(validate=validate.Range(min=-(10**10), max=10**10))
    advance = fields.Float(validate=validate.Range(min=0, max=10**10))

    @validates_schema
    def check_single(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """No two of them."""
        if len(data) > 1:
            raise ValidationError("give one of frozen, offset, advance", sorted(data)[0])


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
    reason = fields.String(validate=(validate.Length(max=1000), check_writable))
    url = fields.String(validate=(validate.Length(max=8000), check_writable))
    status = fields.String(validate=STATUS)
    useragent = fields.String(validate=(validate.Length(max=1000), check_writable))

    @validates_schema
    def check_useragent(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A program is what opens or clicks."""
        if "useragent" in data and data["event"] not in ("open", "click"):
            raise ValidationError("goes with open and click alone", "useragent")

    @validates_schema
    def check_url(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A URL is for what was clicked."""
        if ("url" in data) != (data["event"] == "click"):
            raise ValidationError("goes with click alone, which needs it", "url")

    @validates_schema
    def check_code(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A code is for what goes wrong."""
        if "code" in data and data["event"] not in ("bounce", "block", "defer"):
            raise ValidationError("goes with bounce, block and defer alone", "code")

    @validates_schema
    def check_status(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A status is for what comes back."""
        if "status" in data and data["event"] not in ("bounce", "block"):
            raise ValidationError("goes with bounce and block alone", "status")


class RelaySchema(ControlSchema):
    """To whom a message is passed on: to nobody whom the request does not name."""

    to = fields.List(fields.String(), validate=validate.Length(max=100), load_default=())
    original_recipients = fields.Boolean(truthy={True}, falsy={False}, load_default=False)
    sender = fields.String(data_key="from")
