"""What the control API takes and tells of the outbox: which messages are sought, what a message is,
what befalls it.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from legacygrid.endpoints.control.records import ControlRequest, moment
from legacygrid.mail.mime import effects
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.models.message import DISPOSITIONS, Message, Recipient
from legacygrid.wsgi.values import unwritable

#: What may befall a message at a recipient.
EVENTS = ("bounce", "block", "defer", "deliver", "unsubscribe")
#: Customers Mail Cloud's numbers of reasons, which its manual documents.
CODES = {
    1: "unknown host", 2: "unknown user", 3: "resend timeout", 4: "rejected", 5: "over capacity", 6: "forward error",
    7: "receiving server error", 8: "oversized", 9: "address format", 10: "blocked address",
    11: "unsubscribed address", 99: "other",
}  # fmt: skip


def is_writable(text: str) -> None:
    """Whether every format can tell the text.

    :raises ValidationError: it holds characters that XML 1.0 forbids.
    """
    if why := unwritable(text):
        raise ValidationError(why)


class SoughtMessages(ControlRequest):
    """Which messages are looked for."""

    account = fields.String(attribute="primary")
    caller = fields.String()
    via = fields.String(validate=validate.OneOf(("http", "smtp", "bounce")))
    operation = fields.String()
    disposition = fields.String(validate=validate.OneOf(DISPOSITIONS))
    archived = fields.Boolean(truthy={True, "true", "1"}, falsy={False, "false", "0"})
    to = fields.String()
    sender = fields.String(data_key="from")
    subject = fields.String()
    after = fields.Integer(validate=validate.Range(min=0, max=2**63 - 1))


class ListedMessages(SoughtMessages):
    """Which messages are looked for, how many of them at most, and whether with what is in them."""

    limit = fields.Integer(validate=validate.Range(min=1, max=2**31 - 1))
    whole = fields.Boolean(
        truthy={True, "true", "1"}, falsy={False, "false", "0"}, load_default=False
    )


class Event(ControlRequest):
    """What shall befall a message."""

    event = fields.String(required=True, validate=validate.OneOf(EVENTS))
    recipient = fields.String()
    code = fields.Integer(strict=True, validate=validate.OneOf(tuple(CODES)))
    reason = fields.String(validate=(validate.Length(max=1000), is_writable))

    @validates_schema
    def fits(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A code is for what goes wrong."""
        if "code" in data and data["event"] in ("deliver", "unsubscribe"):
            raise ValidationError("goes with bounce, block and defer alone", "code")


def told_message(message: Message, recipients: Iterable[Recipient]) -> dict[str, Any]:
    """A message of the outbox, without what is in it."""
    labels = json.loads(message.labels_json or "{}")
    return {
        "id": message.id,
        "time": moment(message.at),
        "world": message.world,
        "account": message.primary,
        "subuser": "" if message.account == message.primary else message.account,
        "caller": message.caller,
        "kind": message.kind,
        "via": message.via,
        "operation": message.operation,
        "mail_from": message.mail_from,
        "from": message.header_from,
        "subject": message.subject,
        "message_id": message.message_id,
        "size": message.size,
        "disposition": message.disposition,
        "reason": message.reason,
        "archived": message.archived,
        "ip_pool": message.ip_pool,
        "labels": labels,
        "recipients": list(map(_told_recipient, recipients)),
    }


def told_whole(message: Message, recipients: Iterable[Recipient]) -> dict[str, Any]:
    """A message with what is in it: text, HTML, and the addresses that it links to."""
    mail = ParsedMail.parse(bytes(message.source))
    text, html = mail.bodies
    links = list(effects.find_links(mail))
    return told_message(message, recipients) | {"text": text, "html": html, "links": links}


def _told_recipient(recipient: Recipient) -> dict[str, Any]:
    return {
        "address": recipient.address,
        "kind": recipient.kind,
        "outcome": recipient.outcome,
        "code": recipient.code,
        "reason": recipient.reason,
        "time": moment(recipient.at),
    }
