"""The settings of further logins, as seeds, the command line and the console give them: one schema
for each system.
"""

import re
import zoneinfo
from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from legacygrid.mail.mime import headers
from legacygrid.models import period
from legacygrid.models.settings import CMC, CREDENTIAL, DOTMAILER, ROLES, SMTP2GO, STATUSES

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")
#: Between which a rate limit of SMTP2GO lies, as its manual has it.
LIMITS = validate.Range(min=1, max=2**31 - 1)


#: Files beside the IANA's zones: the machine's own, the one of no place, the one for rules without
#: dates.
_NO_ZONES = {"localtime", "Factory", "posixrules"}


@cache
def time_zones() -> frozenset[str]:
    """The names of the IANA's time zones."""
    return frozenset(zoneinfo.available_timezones() - _NO_ZONES)


def is_time_zone(name: str) -> None:
    """Whether it is the name of a time zone.

    :raises ValidationError: it is not.
    """
    if name not in time_zones():
        raise ValidationError("is no time zone; write as in Europe/London")


def is_period(text: str) -> None:
    """Whether it is a period as SMTP2GO writes them.

    :raises ValidationError: it is not.
    """
    if text != text.strip():
        raise ValidationError("cannot begin or end with a space")
    try:
        period.read(text)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def is_address(text: str) -> None:
    """Whether it is an e-mail address, one that mail can be addressed to.

    :raises ValidationError: it is not.
    """
    if not _is_written(text):
        raise ValidationError("is not a valid email address")


def is_destination(text: str) -> None:
    """Whether notices of bounces can go there: `from`, `drop`, or an e-mail address.

    :raises ValidationError: they cannot.
    """
    if text not in ("from", "drop") and not _is_written(text):
        raise ValidationError("must be from, drop or a valid email address")


def _is_written(text: str) -> bool:
    try:
        return bool(_EMAIL.match(text) and headers.write_address("", text))
    except headers.UnwritableValue:
        return False


class Strict(fields.Boolean):
    """True or false; Python takes 1 and 1.0 for true, JSON does not."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number; Python takes true for 1, JSON does not."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class _Settings(Schema):
    class Meta:
        unknown = RAISE


class CredentialSettings(_Settings):
    """Of a credential of SendGrid."""

    role = fields.String(validate=validate.OneOf(ROLES))


class ApiUserSettings(_Settings):
    """Of an API user of Customers Mail Cloud."""

    role = fields.String(validate=validate.OneOf(ROLES))
    reference = Strict()
    download = Strict()
    own_data_only = Strict()
    time_zone = fields.String(validate=is_time_zone)


class DotmailerSettings(_Settings):
    """Of an API user of dotmailer."""

    role = fields.String(validate=validate.OneOf(ROLES))
    time_zone = fields.String(validate=is_time_zone)
    is_tiered = Strict()


class SmtpUserSettings(_Settings):
    """Of an SMTP user of SMTP2GO."""

    status = fields.String(validate=validate.OneOf(STATUSES))
    custom_ratelimit = Strict()
    custom_ratelimit_value = Whole(strict=True, validate=LIMITS, allow_none=True)
    custom_ratelimit_period = fields.String(validate=is_period, allow_none=True)
    ip_pool = Whole(strict=True, validate=validate.Range(min=0, max=2**31 - 1), allow_none=True)
    feedback_enabled = Strict()
    feedback_domain = fields.String()
    feedback_html = fields.String()
    feedback_text = fields.String()
    open_tracking_enabled = Strict()
    click_tracking_enabled = Strict()
    archive_enabled = Strict()
    audit_email = fields.String(validate=is_address, allow_none=True)
    bounce_notifications = fields.String(validate=is_destination)


_SCHEMAS: Mapping[str, type[Schema]] = {
    CREDENTIAL: CredentialSettings,
    CMC: ApiUserSettings,
    DOTMAILER: DotmailerSettings,
    SMTP2GO: SmtpUserSettings,
}
#: The kinds of further logins.
KINDS = (CREDENTIAL, CMC, DOTMAILER, SMTP2GO)


def schema(kind: str) -> Schema:
    """The schema of the settings of a login of that kind."""
    return _SCHEMAS.get(kind, _Settings)()


class Further(Schema):
    """What a seed says of a login beside its name, secret and permissions."""

    kind = fields.String(validate=validate.OneOf(KINDS))
    enabled = Strict()
    description = fields.String(validate=validate.Length(max=1000))
    settings = fields.Dict(keys=fields.String())

    @validates_schema
    def of_its_kind(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """The settings are those of its kind."""
        if wrong := schema(data.get("kind", CREDENTIAL)).validate(data.get("settings", {})):
            raise ValidationError({"settings": wrong})

    @post_load
    def as_read(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """The settings as their schema reads them; so they are stored."""
        if "settings" in data:
            data["settings"] = schema(data.get("kind", CREDENTIAL)).load(data["settings"])
        return data
