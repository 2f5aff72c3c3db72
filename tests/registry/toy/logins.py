"""Players: the further logins of Toy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from marshmallow import fields, validate

from legacygrid.models.settings import Gate, LoginSettings
from legacygrid.serializers.login_kinds import LoginKind, LoginScreen, SecretHolder
from legacygrid.serializers.login_settings import (
    FormField,
    LoginSetting,
    Widget,
    description,
    enabled,
)

MOODS = ("happy", "sad")


@dataclass(frozen=True)
class Player(LoginSettings, kind="toy"):
    """A player, and its mood."""

    gates: ClassVar[Mapping[Gate, str]] = {Gate.API: "api"}

    mood: str = "happy"


def _wrong_name(name: str) -> Iterator[str]:
    if len(name) > 10:
        yield "A player's name has 10 letters at most."


def _wrong_secret(secret: str, holder: SecretHolder) -> Iterator[str]:
    if len(secret) < 4:
        yield "A player's password has 4 letters at least."


LOGINS = LoginKind(
    name="toy",
    noun="player",
    add="Add a player",
    add_command="legacygrid login add ACCOUNT {name} --kind toy",
    settings=(
        description(),
        enabled(FormField("Enabled", widget=Widget.BOX)),
        LoginSetting(
            "mood",
            fields.String(validate=validate.OneOf(MOODS)),
            "How it feels.",
            field=FormField(
                "Mood",
                widget=Widget.RADIO,
                choices=(("happy", "Happy"), ("sad", "Sad")),
            ),
            words=str,
        ),
    ),
    name_rule=_wrong_name,
    secret_rule=_wrong_secret,
    screen=LoginScreen(doors={"API": Gate.API}),
)
