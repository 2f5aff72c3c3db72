"""What a seed may say of an account beside its profile and its logins: its time zone, addresses,
apps, credits, monitors, hostnames, lists and counts.
"""

from collections.abc import Mapping
from datetime import date
from ipaddress import ip_address
from operator import itemgetter
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from legacygrid.models.account import REGIONS
from legacygrid.models.credits import MODES, PERIODS, RECURRING
from legacygrid.models.event_webhooks import EVENTS, STATUS_CHANGE
from legacygrid.models.parse_hosts import fold_host
from legacygrid.models.statistics import COUNTERS
from legacygrid.models.suppression import KINDS
from legacygrid.serializers.seed_apps import Apps
from legacygrid.serializers.seed_fields import MOMENTS, Count, EachOnce, Strict, is_time_zone
from legacygrid.serializers.sendgrid.fields import Email
from legacygrid.serializers.suggestions import ListOf, SuggestingSchema, object_of
from legacygrid.serializers.texts import Text

Field = fields.Field[Any]


class TextOrEntry(Text):
    """An entry of a list, of which mostly no more than a text is told.

    :param entry: the schema of one that is an object; `member` is what a text stands for.
    """

    def __init__(self, entry: type[Schema], member: str) -> None:
        super().__init__(255, required=True)
        self._entry = entry()
        self._member = member

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The entry as an object."""
        if isinstance(value, Mapping):
            return self._entry.load(value)
        return {self._member: super().deserialize(value, attr, data, **kwargs)}


def _is_address(text: str) -> None:
    try:
        ip_address(text)
    except ValueError:
        raise ValidationError("is no IP address") from None


def _is_day(text: str) -> None:
    try:
        is_day = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_day = False
    if not is_day:
        raise ValidationError("is no day; write as in 2015-03-01")


class SeedDay(fields.String):
    """A day, as YYYY-MM-DD."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=_is_day, **more)


class _Credits(SuggestingSchema):
    wanted = '"mode", and "remain" or "credit" and "period"'
    mode = fields.String(required=True, validate=validate.OneOf(MODES))
    credit = Count()
    remain = Count()
    period = fields.String(validate=validate.OneOf(PERIODS))
    start_date = SeedDay()
    end_date = SeedDay()
    last_reset = SeedDay()

    @validates_schema
    def tells_how_many(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """What a period brings, or what is left."""
        needed = ("credit", "period") if data["mode"] == RECURRING else ("remain",)
        text = self.fields["mode"].error_messages["required"]
        missing = {name: [text] for name in needed if name not in data}
        if missing:
            raise ValidationError(missing)


class _MailDomain(SuggestingSchema):
    domain = Text(255, required=True)
    url_domain = Text(255)
    subdomain = Text(255)
    default = Strict()
    valid = Strict()


class _Monitor(SuggestingSchema):
    name = Text(255, required=True)
    email = Email(255, required=True)
    frequency = Count(1, required=True)


class _Monitored(SuggestingSchema):
    name = Text(255, required=True)
    mails = Count()


class _ParseHost(SuggestingSchema):
    hostname = Text(255, required=True)
    url = Text(required=True)
    spam_check = Strict()
    send_raw = Strict()


class _Invitation(SuggestingSchema):
    email = Email(255, required=True)
    scopes = EachOnce(fields.String(validate=validate.Length(1, 100)))
    is_admin = Strict()
    token = Text(64)
    expires = fields.AwareDateTime(format="iso", validate=MOMENTS, required=True)


class _EventWebhook(SuggestingSchema):
    id = fields.String(validate=validate.Length(1, 100))
    url = Text(2000, required=True)
    friendly_name = Text(255)
    enabled = Strict()
    events = EachOnce(fields.String(validate=validate.OneOf((*EVENTS, STATUS_CHANGE))))
    created = fields.AwareDateTime(format="iso", validate=MOMENTS)
    updated = fields.AwareDateTime(format="iso", validate=MOMENTS)


class _Suppression(SuggestingSchema):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    email = Text(required=True)
    reason = Text()
    status = Text()
    ip = Text()
    created = fields.AwareDateTime(format="iso", validate=MOMENTS)
    removed = fields.AwareDateTime(format="iso", validate=MOMENTS)


def suppression_schema() -> Schema:
    """The schema of one entry of a list."""
    return _Suppression()


_COUNTS: dict[str, Field] = {name: Count() for name in COUNTERS}
_Statistic: type[SuggestingSchema] = type(
    "_Statistic",
    (SuggestingSchema,),
    {"day": SeedDay(required=True), "category": Text(), "part": Text(), **_COUNTS},
)


def _list_place(entry: Mapping[str, Any]) -> object:
    """An address is on a list once; it may have been taken off it several times."""
    return id(entry) if "removed" in entry else (entry["kind"], entry["email"].lower())


def _count_place(entry: Mapping[str, Any]) -> object:
    return entry["day"], entry.get("category", ""), entry.get("part", "")


def _of_every_account() -> dict[str, Field]:
    return {
        "time_zone": fields.String(validate=is_time_zone),
        "ips": EachOnce(fields.String(validate=_is_address)),
        "apps": Apps(),
        "credits": object_of(_Credits),
        "parse": EachOnce(_ParseHost, lambda entry: fold_host(entry["hostname"])),
        "region": fields.String(validate=validate.OneOf(REGIONS)),
        "invitations": EachOnce(_Invitation, lambda entry: entry["email"].lower()),
        "event_webhooks": EachOnce(_EventWebhook, itemgetter("url")),
        "suppressions": EachOnce(_Suppression, _list_place),
        "statistics": EachOnce(_Statistic, _count_place),
    }


def of_primaries() -> dict[str, Field]:
    """The members of a primary account, new each time: a schema keeps its fields."""
    return _of_every_account() | {
        "mail_domains": ListOf(TextOrEntry(_MailDomain, "domain"), load_default=list),
        "monitors": EachOnce(_Monitor, itemgetter("name")),
    }


def of_subusers() -> dict[str, Field]:
    """The same of a subuser."""
    return _of_every_account() | {
        "mail_domain": Text(255),
        "monitors": EachOnce(TextOrEntry(_Monitored, "name"), itemgetter("name")),
    }
