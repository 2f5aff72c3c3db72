"""The forms of further logins: fields in the words of the system that a login is of, and what they
say of it.
"""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, Field, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from legacygrid.console.forms import Form, SecretField, TextField
from legacygrid.models.login import Login
from legacygrid.models.settings import (
    ADMIN,
    CMC,
    CREDENTIAL,
    DOTMAILER,
    NORMAL,
    DotmailerUser,
    Gate,
)
from legacygrid.serializers import login_rules
from legacygrid.serializers.login_settings import time_zones

#: What is said of a login, as a seed says it.
Entry = dict[str, Any]
#: The boxes and fields that stand together, under a legend; without one, each for itself.
Groups = list[tuple[str, list[Field]]]
_NEEDED = {"required": True}


def _zones(label: str, description: str, default: str = "") -> SelectField:
    # Nothing is chosen for somebody who has to say where they are.
    choices = [
        *([] if default else [SelectChoice("", "Choose one")]),
        *map(SelectChoice, sorted(time_zones())),
    ]
    needed = {} if default else _NEEDED
    return SelectField(
        label,
        description=description,
        choices=choices,
        default=default,
        render_kw=needed,
        validate_choice=False,
    )


class LoginForm(Form):
    """What can be set of any further login: its secret, and what it is for.

    :cvar kind: the system that it is of.
    """

    kind: str
    #: Of a login that is there, the secret is changed behind this box alone.
    rekey = BooleanField("Change password")
    secret = SecretField("Password")
    confirmation = SecretField("Confirm password")
    description = TextField("Description", "To tell it from others.")

    @property
    def is_new(self) -> bool:
        """Whether the login is to be added."""
        return "rekey" not in self

    @property
    def new_secret(self) -> str | None:
        """What the login gets as its secret; none where it keeps the one that it has."""
        return self.secret.data or "" if self.is_new or self.rekey.data else None

    @property
    def groups(self) -> Groups:
        """The fields beside name, secret and description, in the order of the system's screen."""
        raise NotImplementedError

    @classmethod
    def shown(cls, login: Login) -> dict[str, Any]:
        """What the fields say of a login that is there."""
        return {
            "name": login.name,
            "description": login.description,
            "enabled": bool(login.enabled),
        }

    @staticmethod
    def said(values: Mapping[str, Any]) -> Entry:
        """What the values of the fields say, as a seed would."""
        return {
            "description": values["description"] or "",
            "enabled": bool(values.get("enabled", True)),
        }

    @classmethod
    def adding(cls) -> "LoginForm":
        """The form for one that is not there yet."""
        form = cls()
        del form.rekey
        for name in ("secret", "confirmation"):
            form[name].render_kw = {**form[name].render_kw, **_NEEDED}
        return form

    @classmethod
    def editing(cls, login: Login) -> "LoginForm":
        """The form for one that is there."""
        return cls(data=cls.shown(login))

    def check(self) -> None:
        """Let its system's rules say at each field what is wrong with it, but for name and secret."""
        self.add_settings_errors(
            login_rules.wrong_settings(self.kind, self.said(self.data), is_new=True)
        )
        if self.new_secret not in (None, self.confirmation.data or ""):
            self.add_error("confirmation", f"This differs from the {self.secret.label.text}.")

    def changes(self, login: Login) -> Entry:
        """What they say that is otherwise with the login; a bit that was never given stays so, if
        nobody turns it.
        """
        return _differing(self.said(self.data), self.said(self.shown(login)))


def _differing(said: Entry, before: Entry) -> Entry:
    found: Entry = {}
    for name, value in said.items():
        if isinstance(value, dict):
            value = _differing(value, before[name])
        elif value == before.get(name):
            continue
        found[name] = value
    return found


class ApiUserForm(LoginForm):
    """An API user of Customers Mail Cloud."""

    kind = CMC
    name = TextField(
        "API User",
        "The api_user of calls and the user name of SMTP, as an e-mail address.",
        render_kw=_NEEDED,
    )
    rekey = BooleanField("Change API key")
    secret = SecretField(
        "API Key",
        "The api_key of calls and the password of SMTP: 8 or more characters, letters and digits.",
    )
    confirmation = SecretField("API Key (confirmation)")
    role = RadioField(
        "Authorization",
        description="Admin may use all calls. Normal may read, and edit nothing.",
        choices=[SelectChoice(ADMIN, "Admin"), SelectChoice(NORMAL, "Normal")],
        default=NORMAL,
        validate_choice=False,
    )
    reference = BooleanField("View data that holds e-mail addresses", default=True)
    download = BooleanField("Download such data", default=True)
    api = BooleanField("HTTP-API", default=True)
    email = BooleanField(
        "SMTP", description="Acts at once: there is no mail server to reflect it on.", default=True
    )
    own_data_only = BooleanField(
        "Only refer to this user's sending data",
        description="Bounces, deliveries and statistics of its own mail alone. The block list stays whole.",
    )
    time_zone = _zones("Time Zone", "Of the dates in its requests and answers.")
    locked = BooleanField("Lock this account", description="HTTP-API and SMTP are shut to it.")

    @classmethod
    def adding(cls) -> LoginForm:
        """The form for one that is not there yet, which nobody locks."""
        form = super().adding()
        del form.locked
        return form

    @property
    def groups(self) -> Groups:
        """As on its system's screen."""
        return [
            ("", [self.role]),
            ("Operation Authorization", [self.reference, self.download]),
            ("Access Authorization", [self.api, self.email, self.own_data_only]),
            ("", [self.time_zone, *([] if self.is_new else [self.locked])]),
        ]

    @classmethod
    def shown(cls, login: Login) -> dict[str, Any]:
        """What the fields say of a login that is there."""
        gates = {
            "api": login.opens(Gate.API),
            "email": login.opens(Gate.SMTP),
            "locked": not login.enabled,
        }
        return super().shown(login) | vars(login.settings) | gates

    @staticmethod
    def said(values: Mapping[str, Any]) -> Entry:
        """What the values of the fields say, as a seed would."""
        settings = {name: bool(values[name]) for name in ("reference", "download", "own_data_only")}
        zone = {"time_zone": values["time_zone"]} if values["time_zone"] else {}
        return {
            **LoginForm.said(values),
            "enabled": not values.get("locked", False),
            "permissions": {name: bool(values[name]) for name in ("api", "email")},
            "settings": {"role": values["role"], **settings, **zone},
        }


def _role(can_manage: object) -> str:
    return ADMIN if can_manage else NORMAL


class DotmailerForm(LoginForm):
    """An API user of dotmailer, whose name nobody chooses."""

    kind = DOTMAILER
    description = TextField(
        "Description", "Which system uses it, such as a shop; one API user for each is best."
    )
    secret = SecretField(
        "Password",
        "8 or more characters, not letters alone; without your e-mail address or company.",
    )
    enabled = BooleanField("Enabled", default=True)
    for_mail = BooleanField(
        "Transactional e-mail user", description="Sends by SMTP, and makes no calls."
    )
    can_manage = BooleanField("Can manage account", description="Adds API users by calls.")
    time_zone = _zones("Time zone", "Which account-info tells.", default=DotmailerUser.time_zone)

    @property
    def groups(self) -> Groups:
        """As on its system's screen, and what its API has beside."""
        return [("", [self.enabled, self.for_mail, self.can_manage, self.time_zone])]

    @classmethod
    def shown(cls, login: Login) -> dict[str, Any]:
        """What the fields say of a login that is there."""
        for_mail = login.opens(Gate.SMTP) and not login.opens(Gate.API)
        return (
            super().shown(login)
            | vars(login.settings)
            | {"for_mail": for_mail, "can_manage": login.is_admin}
        )

    @staticmethod
    def said(values: Mapping[str, Any]) -> Entry:
        """What the values of the fields say, as a seed would."""
        for_mail = bool(values["for_mail"])
        zone = {"time_zone": values["time_zone"]} if values["time_zone"] else {}
        return {
            **LoginForm.said(values),
            "permissions": {"api": not for_mail, "email": for_mail},
            "settings": {"role": _role(values["can_manage"]), **zone},
        }


class CredentialForm(LoginForm):
    """A credential of SendGrid."""

    kind = CREDENTIAL
    name = TextField("User name", "3 to 64 characters.", render_kw=_NEEDED)
    enabled = BooleanField("Enabled", default=True)
    email = BooleanField("email", description="Sends, by SMTP and by mail.send.", default=True)
    api = BooleanField("api", description="Makes all other calls.", default=True)
    web = BooleanField("web", description="Logs in to this website.", default=True)
    can_manage = BooleanField(
        "Can manage account",
        description="Sees all calls and mail, and changes API users and SMTP users, on this website.",
    )

    @property
    def groups(self) -> Groups:
        """The permissions of the call that adds one, and what websites have beside."""
        return [
            ("Permissions", [self.email, self.api, self.web]),
            ("", [self.can_manage, self.enabled]),
        ]

    @classmethod
    def shown(cls, login: Login) -> dict[str, Any]:
        """What the fields say of a login that is there."""
        gates = {
            "email": login.opens(Gate.SMTP),
            "api": login.opens(Gate.API),
            "web": login.opens(Gate.CONSOLE),
        }
        return super().shown(login) | gates | {"can_manage": login.is_admin}

    @staticmethod
    def said(values: Mapping[str, Any]) -> Entry:
        """What the values of the fields say, as a seed would."""
        return {
            **LoginForm.said(values),
            "permissions": {name: bool(values[name]) for name in ("email", "api", "web")},
            "settings": {"role": _role(values["can_manage"])},
        }
