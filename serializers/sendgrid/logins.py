"""Credentials: the further logins of SendGrid."""

from collections.abc import Iterator

from marshmallow import ValidationError

from legacygrid.models.settings import CREDENTIAL, Gate
from legacygrid.serializers.login_kinds import Group, LoginKind, LoginScreen, SecretHolder
from legacygrid.serializers.login_settings import (
    FormField,
    PermissionBit,
    Widget,
    can_manage,
    description,
    enabled,
)
from legacygrid.serializers.parameters import flat
from legacygrid.serializers.seed_fields import Strict
from legacygrid.serializers.sendgrid.fields import Name, Password


def _wrong_name(name: str) -> Iterator[str]:
    try:
        Name().read("username", name)
    except ValidationError as error:
        yield from flat(error.messages)


def _wrong_password(password: str, holder: SecretHolder) -> Iterator[str]:
    """By the policy of the profile."""
    try:
        if Password(holder.profile, required=True).read("password", password) is None:
            yield "Password is required"
    except ValidationError as error:
        yield from flat(error.messages)


def _bit(name: str, help: str, text: str) -> PermissionBit:
    return PermissionBit(name, Strict(), help, field=FormField(name, text, Widget.BOX))


LOGINS = LoginKind(
    name=CREDENTIAL,
    noun="credential",
    add="Add credential",
    # Most calls are an account's own.
    add_command="legacygrid account add {name}",
    settings=(
        description(),
        enabled(FormField("Enabled", widget=Widget.BOX)),
        _bit("email", "May send by SMTP and by mail.send.", "Sends, by SMTP and by mail.send."),
        _bit("api", "May make the calls that send no mail.", "Makes all other calls."),
        _bit("web", "May log in to the website.", "Logs in to this website."),
        can_manage(
            "Sees all calls and mail, and changes API users and SMTP users, on this website."
        ),
    ),
    name_rule=_wrong_name,
    secret_rule=_wrong_password,
    screen=LoginScreen(
        name=FormField("User name", "3 to 64 characters."),
        above=(Group("", ("description",)),),
        # The permissions of the call that adds one, and what websites have beside.
        groups=(
            Group("Permissions", ("email", "api", "web")),
            Group("", ("can_manage", "enabled")),
        ),
        doors={"email": Gate.SMTP, "api": Gate.API, "web": Gate.CONSOLE},
        place=3,
    ),
)
