"""Teammates: the people of SendGrid's v3 who log in by names of their own."""

from typing import Any

from marshmallow import fields, validate

from legacygrid.models.account import PROFILE
from legacygrid.models.login import Login
from legacygrid.models.settings import Gate
from legacygrid.models.teammates import TEAMMATE
from legacygrid.serializers.login_kinds import Group, LoginKind, LoginScreen
from legacygrid.serializers.login_settings import (
    Entry,
    FormField,
    LoginSetting,
    Widget,
    can_manage,
    description,
    enabled,
)
from legacygrid.serializers.seed_fields import EachOnce
from legacygrid.serializers.sendgrid.logins import LOGINS as CREDENTIALS


class _Scopes(LoginSetting):
    """A list in a seed; for people a text, with space between them."""

    def read(self, value: str | None) -> Entry:
        """What a value says of a login."""
        return {"settings": {self.stored: list(dict.fromkeys((value or "").split()))}}

    def show(self, login: Login) -> str:
        """The value of a login, a line for each."""
        return "\n".join(login.settings.scopes)  # type: ignore[attr-defined]


def _count(text: str) -> str:
    number = len(text.split())
    return f"{number} scope{'' if number == 1 else 's'}" if number else ""


def _told(name: str) -> str:
    return f"The {name.replace('_', ' ')} of a teammate, which v3 tells."


def _text(limit: int) -> Any:
    return fields.String(validate=validate.Length(max=limit))


LOGINS = LoginKind(
    name=TEAMMATE,
    noun="teammate",
    add="Add teammate",
    # Most calls by name and password are an account's own.
    add_command="legacygrid account add {name}",
    settings=(
        description(),
        enabled(FormField("Enabled", widget=Widget.BOX)),
        LoginSetting(
            "email",
            _text(255),
            "Where letters to a teammate go.",
            "--email-address",
            FormField("E-mail"),
            str,
        ),
        can_manage("Does all that the owner does by v3, and changes API users on this website."),
        _Scopes(
            "scopes",
            EachOnce(_text(100)),
            "What a teammate may do by v3, such as 'stats.read user.profile.read'.",
            field=FormField(
                "Scopes", "One a line, such as stats.read; an admin needs none.", Widget.LINES
            ),
            words=_count,
        ),
        *(LoginSetting(name, _text(255), _told(name)) for name in sorted(PROFILE)),
    ),
    # Of one vendor, in one table of names.
    name_rule=CREDENTIALS.name_rule,
    secret_rule=CREDENTIALS.secret_rule,
    screen=LoginScreen(
        name=FormField("User name", "3 to 64 characters."),
        above=(Group("", ("email", "description")),),
        groups=(Group("", ("can_manage", "scopes", "enabled")),),
        doors={"v3 by HTTP Basic": Gate.API, "website": Gate.CONSOLE},
        summary=("email", "can_manage", "scopes"),
        place=4,
    ),
)
