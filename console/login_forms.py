"""The forms of further logins: a field for each setting of a kind, and what the fields say."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from wtforms import BooleanField, Field, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from legacygrid.console.forms import Form, LinesField, SecretField, TextField
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.models.login import Login
from legacygrid.serializers.login_kinds import Group, LoginKind
from legacygrid.serializers.login_settings import (
    Entry,
    FormField,
    LoginSetting,
    Widget,
    merge,
)
from legacygrid.serializers.seed_fields import time_zones

_REQUIRED = {"required": True}
_WHOLE = re.compile(r"\s*(\d{1,12})\s*", re.ASCII)


class SettingsForm(Form):
    """What can be set of a further login.

    :cvar kind: the logins that it is of.
    """

    kind: LoginKind

    @classmethod
    def values(cls, login: Login) -> dict[str, Any]:
        """What the fields show of a login; those that a new login must have are empty."""
        settings = [each for each in cls.kind.settings if each.field]
        values = {each.name: each.show(login) for each in settings}
        if login.key is None:
            values |= {each.name: "" for each in settings if each.is_required}
        return values

    @property
    def groups(self) -> list[tuple[str, list[Field]]]:
        """The fields below the secret: those that stand together, under a legend; without a legend,
        each for itself.
        """
        return self._fields_of(self.kind.groups)

    @property
    def above(self) -> list[tuple[str, list[Field]]]:
        """The same of the fields above the secret."""
        return self._fields_of(self.kind.screen.above)

    def _fields_of(self, groups: tuple[Group, ...]) -> list[tuple[str, list[Field]]]:
        return [
            (
                _(group.legend) if group.legend else "",
                [self[name] for name in group.names if name in self],
            )
            for group in groups
        ]

    def entry(self) -> Entry:
        """What the fields say, as a seed would."""
        blank = self.kind.blank()
        given = [each for each in self._settings() if not self._is_unchosen(each)]
        return merge(each.read(self._value(each, blank)) for each in given)

    def changes(self, login: Login) -> Entry:
        """What the fields say and the login does not; a permission bit that was never given stays
        so, unless somebody changes it.
        """
        before = merge(setting.read(setting.show(login)) for setting in self._settings())
        return _differing(self.entry(), before)

    def check(self) -> None:
        """Write at each field what the system's rules have against it."""
        self.add_settings_errors(self.kind.wrong_settings(self.entry(), is_new=True))

    def _settings(self) -> list[LoginSetting]:
        return [setting for setting in self.kind.settings if setting.name in self]

    def _is_unchosen(self, setting: LoginSetting) -> bool:
        """Whether the field is a list of which nothing is chosen."""
        is_list = setting.field is not None and setting.field.widget is Widget.TIME_ZONE
        return is_list and not self[setting.name].data

    def _value(self, setting: LoginSetting, blank: Login) -> Any:
        """What a field says; an empty one says what a new login has."""
        data = self[setting.name].data
        match setting.field and setting.field.widget:
            case Widget.BOX:
                return bool(data)
            case Widget.RADIO:
                return data or ""
            case Widget.NUMBER if data and (whole := _WHOLE.fullmatch(str(data))):
                return int(whole[1])
        return data or setting.show(blank)


def _differing(entry: Entry, before: Entry) -> Entry:
    changes: Entry = {}
    for name, value in entry.items():
        if isinstance(value, dict):
            changes[name] = _differing(value, before[name])
        elif value != before.get(name):
            changes[name] = value
    return changes


def _make_field(setting: LoginSetting, field: FormField) -> Field:
    """The field of wtforms for a setting; the rules of the wire check it, not wtforms."""
    label, text = _l(field.label), _l(field.description) if field.description else ""
    match field.widget:
        case Widget.BOX:
            return BooleanField(label, description=text)
        case Widget.RADIO:
            choices = [SelectChoice(value, _l(words)) for value, words in field.choices]
            return RadioField(label, description=text, choices=choices, validate_choice=False)
        case Widget.TIME_ZONE:
            zones = list(map(SelectChoice, sorted(time_zones())))
            choices = [SelectChoice("", _l("Choose one")), *zones] if setting.is_required else zones
            return SelectField(
                label,
                description=text,
                choices=choices,
                render_kw=_REQUIRED if setting.is_required else {},
                validate_choice=False,
            )
        case Widget.NUMBER:
            return TextField(label, text, render_kw={"inputmode": "numeric"})
        case Widget.LINES:
            return LinesField(label, description=text)
    return TextField(label, text)


F = TypeVar("F", bound=SettingsForm)


def with_settings(kind: LoginKind) -> Callable[[type[F]], type[F]]:
    """Give a form a field for each setting of a kind."""

    def decorate(form: type[F]) -> type[F]:
        form.kind = kind
        for setting in kind.settings:
            if setting.field:
                setattr(form, setting.name, _make_field(setting, setting.field))
        return form

    return decorate


class LoginForm(SettingsForm):
    """The form of a login on the page "API users": its settings, name and secret."""

    #: Labelled in the words of each system; `rekey` is the box of who changes the secret.
    secret: SecretField
    confirmation: SecretField
    rekey: BooleanField

    @property
    def is_new(self) -> bool:
        """Whether the login is to be added."""
        return "rekey" not in self

    @property
    def new_secret(self) -> str | None:
        """What the login gets as its secret; none where it keeps the one that it has."""
        return self.secret.data or "" if self.is_new or self.rekey.data else None

    def check(self) -> None:
        """The rules of the settings, and that the secret was typed twice."""
        super().check()
        if self.new_secret not in (None, self.confirmation.data or ""):
            self.add_error(
                "confirmation", _("This differs from the %(name)s.", name=self.secret.label.text)
            )


@cache
def _login_form(kind: LoginKind) -> type[LoginForm]:
    screen = kind.screen
    fields = {
        # Of a login that is there, the secret is changed behind this box alone.
        "rekey": BooleanField(_l(screen.change)),
        "secret": SecretField(_l(screen.secret.label), _l(screen.secret.description)),
        "confirmation": SecretField(_l(screen.confirmation)),
    }
    if not kind.make_name:
        name = screen.name
        fields["name"] = TextField(_l(name.label), _l(name.description), render_kw=_REQUIRED)
    return with_settings(kind)(type("KindForm", (LoginForm,), fields))


def form_to_add(kind: LoginKind) -> LoginForm:
    """The form of a login that is not there yet."""
    make = _login_form(kind)
    form = make(data=make.values(kind.blank()))
    del form.rekey
    for setting in kind.settings:
        if setting.field and setting.field.only_edits:
            del form[setting.name]
    for name in ("secret", "confirmation"):
        form[name].render_kw = {**form[name].render_kw, **_REQUIRED}
    return form


def form_to_edit(kind: LoginKind, login: Login) -> LoginForm:
    """The form of a login that is there."""
    make = _login_form(kind)
    return make(data={"name": login.name} | make.values(login))
