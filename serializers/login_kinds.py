"""What the further logins of one system are, in one declaration; what is wrong with one, by its
rules.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from functools import cached_property
from typing import Any, NamedTuple

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.settings import Gate, settings_type
from legacygrid.serializers.login_settings import DESCRIPTION_RULE, FormField, LoginSetting
from legacygrid.serializers.parameters import flat
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.seed_fields import Strict
from legacygrid.serializers.suggestions import SuggestingSchema
from legacygrid.wsgi.values import why_unwritable

#: What is set of a login beside its name, secret, kind and permissions.
_BESIDE = ("enabled", "description", "settings")
_NAME, _PASSWORD = FormField("Name"), FormField("Password")
#: In `LoginScreen.summary`, the words for what a login may use.
DOORS = "doors"


class SecretHolder(NamedTuple):
    """Whom a new secret is for.

    :param name: that of the login; empty where it has none yet.
    :param account: whose login it is.
    """

    name: str
    account: Account
    profile: Profile


class Group(NamedTuple):
    """Settings that the console shows together.

    :param legend: above them; without one, each stands for itself.
    """

    legend: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class LoginScreen:
    """How the console shows the logins of a system.

    :param name: the field of a login's name; its label and description are words of a sentence
        where names are made.
    :param secret: the field of its secret, `confirmation` and `change` the labels beside it, and
        `proof` the noun for it in a sentence.
    :param above: the settings between name and secret; `groups` those below the secret. A setting
        that neither names comes last.
    :param doors: the words for what a login may use.
    :param summary: what the list says of a login: names of settings, and `DOORS`; by default the
        doors, and then all settings as on the form.
    :param states: what a login that can log in is, and one that cannot.
    :param is_ticked: logins are deleted several at a time, by ticking them, without a password.
    :param place: where the system stands on the page "API users", low numbers first; none if it has
        a page of its own.
    """

    name: FormField = _NAME
    secret: FormField = _PASSWORD
    confirmation: str = "Confirm password"
    change: str = "Change password"
    proof: str = "password"
    above: tuple[Group, ...] = ()
    groups: tuple[Group, ...] = ()
    doors: Mapping[str, Gate] = field(
        default_factory=lambda: {"API": Gate.API, "SMTP": Gate.SMTP, "website": Gate.CONSOLE}
    )
    summary: tuple[str, ...] = ()
    states: tuple[str, str] = ("enabled", "disabled")
    is_ticked: bool = False
    place: int | None = 100


@dataclass(frozen=True, eq=False, kw_only=True)
class LoginKind:
    """The further logins of one system.

    :param name: how the store, seeds and the command line call the kind.
    :param noun: what one of them is called; `add` is the label of the button that adds one.
    :param add_command: the command that adds one; `{name}` stands for its name.
    :param settings: what can be set of one, in the order of the command line's help.
    :param name_rule: what is wrong with a name, a sentence for each thing; `secret_rule` the same
        of a secret.
    :param allows_tilde: the rule of names decides alone about a `~` at the beginning.
    :param make_name: the system makes the names itself, and nobody changes one.
    :param make_secret: the system can make passwords itself.
    """

    name: str
    noun: str
    add: str
    add_command: str
    settings: tuple[LoginSetting, ...]
    name_rule: Callable[[str], Iterable[str]]
    secret_rule: Callable[[str, SecretHolder], Iterable[str]]
    screen: LoginScreen = field(default_factory=LoginScreen)
    allows_tilde: bool = False
    make_name: Callable[[], str] | None = None
    make_secret: Callable[[], str] | None = None

    @cached_property
    def by_name(self) -> Mapping[str, LoginSetting]:
        """The settings by their names."""
        return {setting.name: setting for setting in self.settings}

    @cached_property
    def schema(self) -> Schema:
        """What is stored for a login, each setting by its rule.

        :raises KeyError: a setting that is stored has no row.
        """
        rules = {setting.stored: setting.rule for setting in self.settings}
        stored = [each.name for each in dataclass_fields(settings_type(self.name)) if each.repr]
        return SuggestingSchema.from_dict({name: rules[name] for name in stored})()

    @cached_property
    def _entry_schema(self) -> Schema:
        return further([self])()

    def blank(self) -> Login:
        """A login of which nothing is set, in no store."""
        return Login(kind=self.name, name="", enabled=True, description="", settings_json="")

    # What is wrong

    def wrong_name(self, name: str) -> list[str]:
        """What is wrong with the name of a login: a sentence for each thing."""
        wrong = list(self.name_rule(name))
        if name.startswith("~") and not self.allows_tilde:
            # Ours, not the systems': by SMTP, what follows is a world.
            wrong.append("The name cannot begin with ~.")
        bad = why_unwritable(name)
        return [*wrong, f"The name {bad}"] if bad else wrong

    def wrong_secret(self, secret: str, holder: SecretHolder) -> list[str]:
        """What is wrong with a new secret: a sentence for each thing."""
        return list(self.secret_rule(secret, holder))

    def wrong_settings(self, entry: Mapping[str, Any], is_new: bool) -> dict[str, list[str]]:
        """What is wrong with what is set of a login, by name: a phrase for each thing."""
        given = {name: entry[name] for name in _BESIDE if name in entry}
        messages: dict[str, Any] = self._entry_schema.validate(given)
        settings = messages.pop("settings", {})
        wrong: dict[str, list[str]] = {
            name: [*flat(texts)] for name, texts in (settings | messages).items()
        }
        texts = {"description": entry.get("description"), **entry.get("settings", {})}
        if is_new:
            needed = [each.stored for each in self.settings if each.is_required]
            wrong |= {name: ["is required"] for name in needed if name not in texts}
        for name, text in texts.items():
            if bad := why_unwritable(str(text)):
                wrong[name] = [*wrong.get(name, []), bad]
        return wrong

    def wrong_entry(self, entry: Mapping[str, Any], is_new: bool) -> list[str]:
        """The same, a line for each thing."""
        wrong = self.wrong_settings(entry, is_new)
        paths = {name: name if name in _BESIDE else f"settings: {name}" for name in wrong}
        return [f"{paths[name]}: {text}" for name, texts in wrong.items() for text in texts]

    # What people see

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The settings of the form below the secret, together as the console shows them."""
        placed = {
            name for group in (*self.screen.above, *self.screen.groups) for name in group.names
        }
        rest = tuple(each.name for each in self.settings if each.field and each.name not in placed)
        return (*self.screen.groups, Group("", rest)) if rest else self.screen.groups

    def summarise(self, login: Login) -> list[str]:
        """What a login may use and what is set of it, in the words of its system."""
        on_form = [name for group in self.groups for name in group.names]
        words: list[str] = []
        for name in self.screen.summary or (DOORS, *on_form):
            if name == DOORS:
                doors = [text for text, gate in self.screen.doors.items() if login.opens(gate)]
                words += doors or ["no access"]
                continue
            setting = self.by_name[name]
            words.append(setting.words(setting.show(login)) if setting.words else "")
        return [*filter(None, words)]


class _Further(Schema):
    enabled = Strict()
    description = DESCRIPTION_RULE
    settings = fields.Dict(
        keys=fields.String(),
        error_messages={"invalid": "must be an object of settings by their names"},
    )
    #: The schema of the settings of each kind.
    schemas: Mapping[str, Schema]

    @validates_schema
    def of_its_kind(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """The settings are those of its kind."""
        if wrong := self.schemas[data["kind"]].validate(data.get("settings", {})):
            raise ValidationError({"settings": wrong})

    @post_load
    def as_read(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """The settings as their schema reads them; so they are stored."""
        if "settings" in data:
            data["settings"] = self.schemas[data["kind"]].load(data["settings"])
        return data


def further(kinds: Iterable[LoginKind]) -> type[Schema]:
    """The schema of what a seed says of a login beside its name, secret and permissions.

    :param kinds: those that there are; the first is that of a login that does not say.
    """
    schemas = {kind.name: kind.schema for kind in kinds}
    names = tuple(schemas)
    kind = fields.String(validate=validate.OneOf(names), load_default=names[0])
    return type("Further", (_Further,), {"kind": kind, "schemas": schemas})
