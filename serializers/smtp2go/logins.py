"""SMTP users: the further logins of SMTP2GO. A setting of theirs is one row here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from legacygrid.models.settings import ALLOWED, BLOCKED, SANDBOX, SMTP2GO, STATUSES, Gate
from legacygrid.models.smtp_users import Reset
from legacygrid.serializers.json_fields import Boolean, Integer, JsonValue, String
from legacygrid.serializers.login_kinds import Group, LoginKind, LoginScreen, SecretHolder
from legacygrid.serializers.login_rules import check_address, too_long
from legacygrid.serializers.login_settings import (
    FormField,
    LoginSetting,
    Widget,
    description,
    enabled,
)
from legacygrid.serializers.seed_fields import Strict, Whole
from legacygrid.serializers.smtp2go.fields import (
    NO_PERIOD,
    PeriodText,
    Ruled,
    Status,
    check_destination,
    check_period,
)
from legacygrid.serializers.smtp2go.login_rules import make_password, wrong_name, wrong_password

#: Characters of a text whose length is not documented: those of a long footer.
LONG_TEXT = 100_000
MOST = 2**31 - 1


def _wrong_secret(secret: str, holder: SecretHolder) -> Iterator[str]:
    yield from wrong_password(secret)
    yield from too_long(secret)


@dataclass(frozen=True, eq=False, kw_only=True)
class SmtpSetting(LoginSetting):
    """A setting that calls read and write, too.

    :param param: what a call takes for it.
    :param member: its name in answers, if that is another one.
    :param in_answers: what an answer says of a value.
    """

    param: JsonValue
    member: str = ""
    in_answers: Callable[[Any], Any] = lambda value: value


def _switch(name: str, help: str, label: str) -> SmtpSetting:
    field = FormField(label, widget=Widget.BOX)
    param = Boolean(default=Reset.TO_DEFAULT)
    return SmtpSetting(name=name, rule=Strict(), help=help, field=field, param=param)


def _number(name: str, least: int, help: str, field: FormField, member: str = "") -> SmtpSetting:
    rule = Whole(strict=True, validate=validate.Range(min=least, max=MOST), allow_none=True)
    param = Integer(least, MOST, default=Reset.TO_DEFAULT)
    return SmtpSetting(name=name, rule=rule, help=help, field=field, param=param, member=member)


def _text(name: str, help: str, field: FormField, param: String, **rule: Any) -> SmtpSetting:
    """A line, or several."""
    return SmtpSetting(name=name, rule=fields.String(**rule), help=help, field=field, param=param)


def _lines(name: str, help: str, label: str) -> SmtpSetting:
    param = String(LONG_TEXT, default=Reset.TO_DEFAULT)
    return _text(name, help, FormField(label, widget=Widget.LINES), param)


SETTINGS = (
    SmtpSetting(
        name="status",
        rule=fields.String(validate=validate.OneOf(STATUSES)),
        help="What happens to its mail.",
        field=FormField(
            "Sending status",
            widget=Widget.RADIO,
            choices=(
                (ALLOWED, "allowed: its mail counts as delivered"),
                (BLOCKED, "blocked: its mail is refused"),
                (SANDBOX, "sandbox: its mail is taken, and goes nowhere"),
            ),
        ),
        param=Status(),
    ),
    _switch("custom_ratelimit", "Has a rate limit of its own.", "Limit how much it sends"),
    _number(
        "custom_ratelimit_value",
        1,
        "Number of e-mails in a period.",
        FormField("Emails", f"1 to {MOST}", Widget.NUMBER),
    ),
    SmtpSetting(
        name="custom_ratelimit_period",
        rule=fields.String(validate=check_period, allow_none=True),
        help="The period: 1 day, 2 months 3:00:00, 0:30:00.",
        field=FormField("In which period", "As in 1 day, 2 months 3:00:00 or 0:30:00."),
        param=PeriodText(),
        in_answers=lambda period: period or NO_PERIOD,
    ),
    _number(
        "ip_pool",
        0,
        "IP pool that its mail is sent from.",
        FormField(
            "IP pool", "The number of a pool of addresses that it sends from.", Widget.NUMBER
        ),
        member="ippool",
    ),
    _switch(
        "feedback_enabled",
        "Adds an unsubscribe footer to its mail.",
        "Put the unsubscribe footer below its mail",
    ),
    _text(
        "feedback_domain",
        "Domain of the link in the footer.",
        FormField("Domain of its links", "A domain, or default."),
        Ruled(lambda text: None, "a domain, or default"),
    ),
    _lines("feedback_html", "The footer in HTML.", "HTML"),
    _lines("feedback_text", "The footer in plain text.", "Text"),
    _switch("open_tracking_enabled", "Tracks when its mail is opened.", "Track opens"),
    _switch("click_tracking_enabled", "Tracks when links in its mail are clicked.", "Track clicks"),
    _switch("archive_enabled", "Its mail is archived.", "Archive its mail"),
    _text(
        "audit_email",
        "Address that gets a copy of all its mail.",
        FormField("Audit e-mail", "Gets a blind copy of all its mail."),
        Ruled(check_address, "an e-mail address", "address"),
        validate=check_address,
        allow_none=True,
    ),
    _text(
        "bounce_notifications",
        "Where bounce notices go: from, drop, or an address.",
        FormField(
            "Bounce notifications",
            "from: to the sender. drop: to nobody. Or an e-mail address that gets them.",
        ),
        Ruled(check_destination, "from, drop, or an e-mail address"),
        validate=check_destination,
    ),
)

LOGINS = LoginKind(
    name=SMTP2GO,
    noun="SMTP user",
    add="Add an SMTP user",
    add_command="legacygrid login add ACCOUNT {name} --kind smtp2go",
    settings=(description("What sends mail as this user."), enabled(), *SETTINGS),
    name_rule=wrong_name,
    secret_rule=_wrong_secret,
    # The rule of names has no such character.
    allows_tilde=True,
    make_secret=make_password,
    screen=LoginScreen(
        name=FormField("User name", "5 to 100 letters, digits, and . _ - @"),
        secret=FormField(
            "E-mail password",
            "Long, and of several kinds of characters: 64 bits of entropy. Empty, one is made, and "
            "shown once.",
        ),
        groups=(
            Group("", ("description", "status")),
            Group(
                "Rate limit",
                ("custom_ratelimit", "custom_ratelimit_value", "custom_ratelimit_period"),
            ),
            Group(
                "Footer", ("feedback_enabled", "feedback_domain", "feedback_html", "feedback_text")
            ),
            Group("Tracking", ("open_tracking_enabled", "click_tracking_enabled")),
            Group("Copies and notices", ("archive_enabled", "audit_email", "bounce_notifications")),
            Group("", ("ip_pool",)),
        ),
        doors={"SMTP": Gate.SMTP},
        place=None,
    ),
)
