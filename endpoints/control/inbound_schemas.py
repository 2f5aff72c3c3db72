"""Requests of the control API that bring mail from outside, field by field."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from legacygrid.endpoints.control.schemas import ControlSchema
from legacygrid.mail.mime.composing import Address
from legacygrid.mail.mime.headers import UnwritableValue, write_address
from legacygrid.mail.mime.lenient import parse_mailbox
from legacygrid.serializers.json_types import JsonSchema, to_schema

#: What a mail is made of, where it does not come whole.
_PARTS = ("subject", "text", "html", "headers", "attachments")
_ONE_LINE = validate.Regexp(r"[^\x00-\x1f\x7f]{0,1000}\Z", error="must be one line of text")
#: A report has several.
_LINES = validate.Regexp(r"[^\x00-\x09\x0b-\x1f\x7f]{0,100000}\Z", error="must be text")


class Base64Field(fields.Field[bytes]):
    """Bytes in Base64."""

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "contentEncoding": "base64"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bytes:
        try:
            return base64.b64decode("".join(value.split()), validate=True)
        except (binascii.Error, ValueError, AttributeError):
            raise ValidationError("must be Base64") from None


class SourceField(fields.Field[bytes]):
    """A mail as a text: UTF-8, its lines ended in any way."""

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return to_schema(str)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bytes:
        if not isinstance(value, str):
            raise ValidationError("must be a text")
        return "\r\n".join(value.replace("\r\n", "\n").split("\n")).encode()


class SenderField(fields.Field[Address]):
    """An address with or without a name; empty for the sender of a bounce."""

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return to_schema(str)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Address:
        found = parse_mailbox(value) if isinstance(value, str) and value else Address("")
        if found is None or not isinstance(value, str):
            raise ValidationError("must be an address, such as Ada <ada@example.com>")
        return found


class RecipientsField(fields.Field[list[str]]):
    """An address, or a list of them; each may have its world in front."""

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return to_schema((str, [str]))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        addresses = [value] if isinstance(value, str) else value
        if not isinstance(addresses, list) or not 0 < len(addresses) <= 1000:
            raise ValidationError("must be an address, or a list of 1 to 1000")
        try:
            return [write_address("to", each) for each in addresses]
        except (UnwritableValue, AttributeError, TypeError):
            raise ValidationError("must be addresses, such as ada@example.com") from None


class AttachedFileSchema(ControlSchema):
    """A file."""

    filename = fields.String(required=True, validate=_ONE_LINE)
    content = Base64Field(required=True)
    content_type = fields.String(data_key="type", validate=_ONE_LINE)
    content_id = fields.String(validate=_ONE_LINE)


class FindingsSchema(ControlSchema):
    """What the receiving server found out about a mail."""

    sender_ip = fields.String(validate=_ONE_LINE)
    spf = fields.String(data_key="SPF", validate=_ONE_LINE)
    dkim = fields.String(validate=_ONE_LINE)
    spam_score = fields.String(validate=_ONE_LINE)
    spam_report = fields.String(validate=_LINES)


class InboundSchema(FindingsSchema):
    """A mail from outside, whole or in parts."""

    sender = SenderField(required=True, data_key="from")
    to = RecipientsField(required=True)
    raw = SourceField()
    raw_base64 = Base64Field()
    subject = fields.String()
    text = fields.String()
    html = fields.String()
    headers = fields.Dict(keys=fields.String(), values=fields.String())
    attachments = fields.List(fields.Nested(AttachedFileSchema), validate=validate.Length(max=1000))

    @validates_schema
    def check_single(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A mail is whole, or in parts."""
        given = [name for name in ("raw", "raw_base64", *_PARTS) if name in data]
        whole = [name for name in given if name.startswith("raw")]
        if whole and len(given) > 1:
            raise ValidationError(f"goes with no {given[1]}", given[0])
        if not whole and not data["sender"].address:
            raise ValidationError("may be empty with raw alone", "from")

    @post_load
    def gather(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """What was found out, apart; one source, however it came."""
        found = {name: data.pop(name) for name in FindingsSchema().fields if name in data}
        if "raw_base64" in data:
            data["raw"] = data.pop("raw_base64")
        return data | {"findings": found}
