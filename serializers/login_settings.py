"""What can be set of a further login: a row for each thing, read by seeds, commands, the console
and calls.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NamedTuple

from marshmallow import fields, validate

from legacygrid.models.login import Login
from legacygrid.models.settings import ADMIN, NORMAL, ROLES
from legacygrid.serializers.seed_fields import Strict, is_time_zone

#: What is set of a login, as a seed has it: `enabled`, `description`, `permissions`, `settings`.
Entry = dict[str, Any]


class Widget(Enum):
    """What the console asks for a value with."""

    BOX = auto()
    RADIO = auto()
    LINE = auto()
    #: A line for a whole number.
    NUMBER = auto()
    #: A text of several lines.
    LINES = auto()
    #: A list of all time zones to choose one from.
    TIME_ZONE = auto()


class FormField(NamedTuple):
    """How the console asks for something.

    :param choices: of a radio button: each value, and what it is called.
    :param only_edits: a new login has no such field.
    """

    label: str
    description: str = ""
    widget: Widget = Widget.LINE
    choices: tuple[tuple[str, str], ...] = ()
    only_edits: bool = False


@dataclass(frozen=True, eq=False)
class LoginSetting:
    """One thing that can be set of a login; as it is here, a setting of its system.

    :param name: of the setting in a seed, and of the field in the console.
    :param rule: what is taken.
    :param help: what `legacygrid login add --help` says of its option; if empty, it has none.
    :param spelling: of the option; by default the name with dashes, and `--no-` for a switch.
    :param field: how the console asks for it; without one, it does not.
    :param words: what the console's list says of a value; nothing for the empty text.
    :param is_required: a new login must have it.
    """

    name: str
    rule: fields.Field[Any]
    help: str = ""
    spelling: str = ""
    field: FormField | None = None
    words: Callable[[Any], str] | None = None
    is_required: bool = False

    @property
    def stored(self) -> str:
        """The name of the setting that is stored; empty for what is no setting of the system."""
        return self.name

    @property
    def is_switch(self) -> bool:
        """Whether it is on or off."""
        return isinstance(self.rule, Strict)

    @property
    def option(self) -> str:
        """The option of the command line: `--time-zone`, `--download/--no-download`."""
        name = self.name.replace("_", "-")
        return self.spelling or (f"--{name}/--no-{name}" if self.is_switch else f"--{name}")

    def read(self, value: Any) -> Entry:
        """What a value says of a login."""
        return {"settings": {self.stored: value}}

    def show(self, login: Login) -> Any:
        """The value of a login."""
        return getattr(login.settings, self.stored)


class Column(LoginSetting):
    """Something that logins of all systems have: `enabled`, `description`."""

    stored = ""

    def read(self, value: Any) -> Entry:
        """What a value says of a login."""
        return {self.name: value}

    def show(self, login: Login) -> Any:
        """The value of a login."""
        return getattr(login, self.name)


class Lock(Column):
    """A box to lock a login, which is the other way round than `enabled`."""

    def read(self, value: Any) -> Entry:
        """What a value says of a login."""
        return {"enabled": not value}

    def show(self, login: Login) -> bool:
        """Whether a login is locked."""
        return not login.enabled


class PermissionBit(LoginSetting):
    """One of the permission bits `email`, `api` and `web`."""

    stored = ""

    def read(self, value: Any) -> Entry:
        """What a value says of a login."""
        return {"permissions": {self.name: value}}

    def show(self, login: Login) -> bool:
        """Whether the bit grants; one that was never given does."""
        return login.grants(self.name)


class AccountManager(LoginSetting):
    """A box for the role: on for `admin`, off for `normal`."""

    stored = "role"
    is_switch = True

    def read(self, value: Any) -> Entry:
        """What a value says of a login."""
        return {"settings": {"role": ADMIN if value else NORMAL}}

    def show(self, login: Login) -> bool:
        """Whether a login is an admin."""
        return login.is_admin


def if_on(words: str) -> Callable[[Any], str]:
    """Words for the list, of what is on."""
    return lambda is_on: words if is_on else ""


def merge(entries: Iterable[Entry]) -> Entry:
    """What several values say of a login, together."""
    merged: Entry = {}
    for entry in entries:
        for key, value in entry.items():
            merged[key] = merged.get(key, {}) | value if isinstance(value, dict) else value
    return merged


# Rows that several systems have

ROLE = fields.String(validate=validate.OneOf(ROLES))
DESCRIPTION_RULE = fields.String(validate=validate.Length(max=1000))


def description(text: str = "To tell it from others.") -> LoginSetting:
    """What a login is for.

    :param text: what the console says about the field.
    """
    field = FormField("Description", text)
    return Column("description", DESCRIPTION_RULE, "What the login is for.", field=field)


def enabled(field: FormField | None = None) -> LoginSetting:
    """Whether a login can log in."""
    text = "Whether the login may authenticate at all."
    return Column("enabled", Strict(), text, "--enabled/--disabled", field=field)


def can_manage(text: str) -> LoginSetting:
    """Whether a login manages the account's others.

    :param text: what the console says about the field.
    """
    return AccountManager(
        "can_manage",
        ROLE,
        "May manage the account's other logins: by the API of dotmailer, on the website for "
        "SendGrid.",
        "--can-manage-account/--no-can-manage-account",
        FormField("Can manage account", text, Widget.BOX),
        if_on("can manage account"),
    )


def time_zone(field: FormField, *, is_required: bool = False) -> LoginSetting:
    """In which dates of a login are read and written."""
    return LoginSetting(
        "time_zone",
        fields.String(validate=is_time_zone),
        "Time zone of the dates in requests and answers, such as Asia/Tokyo.",
        field=field,
        words=str,
        is_required=is_required,
    )
