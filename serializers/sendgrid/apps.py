"""What customer.apps, filter.* and the calls for the URL of events take and say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from legacygrid import reasons
from legacygrid.registry.evidence import inferred, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.serializers.dialects import Saying, Sayings
from legacygrid.serializers.json_types import JsonSchema, Literals, MapOf
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.sendgrid.app_kinds import KINDS, AppKind
from legacygrid.serializers.sendgrid.fields import Email
from legacygrid.serializers.texts import Text
from legacygrid.serializers.writers import Row
from legacygrid.wsgi.values import PhpArray, flatten

# What is sent


class EventUrl(Text):
    """Where something is posted to, in any form: `www.example.com/notify` was taken. It may hold a
    password, so no journal shows it.
    """

    is_shown = False


class Score(Text):
    """A score of the spam check; empty clears it."""

    def read(self, name: str, text: str) -> str:
        """The number as given."""
        if text and not is_number(text):
            raise self.error("number", name)
        return text

    def rule(self) -> str:
        """What is taken."""
        return "a number such as 5.0"


class TextList(Text):
    """Several texts: `list[]=a&list[]=b`. They replace those before; one empty text clears them."""

    def decode(self, name: str, value: Any) -> Any:
        """The texts, without empty ones."""
        self.readable(name, value)
        given = flatten(value) if isinstance(value, PhpArray) else [("", value)]
        return [text for _, text in given if text]

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "array", "items": {"type": "string"}}

    def rule(self) -> str:
        """What is taken."""
        return "a list of texts, as list[]"


def is_number(text: str) -> bool:
    """Whether a text is a number, with or without a fraction."""
    whole, _, fraction = text.partition(".")
    return text.isascii() and len(text) <= 20 and (whole + fraction).isdigit()


def app_name(profile: Profile) -> Params:
    """activate, deactivate and getsettings."""
    return {"name": Text(255, required=True)}


def app_settings(profile: Profile) -> Params:
    """setup: the settings of all apps, each of which takes its own."""
    fields = {"email": Email(255), "list": TextList(), "url": EventUrl(), "max_score": Score()}
    names = dict.fromkeys(setting for kind in KINDS for setting in kind.settings)
    return {**app_name(profile), **{name: fields.get(name) or Text() for name in names}}


def post_url(profile: Profile) -> Params:
    """eventposturl.set."""
    return {"url": EventUrl(2000, required=True)}


# What is answered


class AppRow(NamedTuple):
    """An app, and whether an account has it on."""

    kind: AppKind
    is_active: bool


@dataclass(frozen=True)
class ToldSettings:
    """What is told of the settings of an app, by name."""

    settings: Mapping[str, Any]


def tell_settings(kind: AppKind, stored: Mapping[str, Any]) -> ToldSettings:
    """What is told of an app's settings.

    :param stored: what was set up.
    """
    names = (name for name in kind.settings if name in stored or name in kind.told)
    return ToldSettings({name: stored.get(name, "") for name in names})


def app_rows(profile: Profile) -> Rows:
    """The apps of an account."""
    told = {"name": str, "title": str, "description": str, "activated": bool}
    return Rows("apps", "app", json=_app, xml=_app_xml, json_type=told)


def _app(row: AppRow) -> Row:
    kind = row.kind
    told = {"name": kind.name, "title": kind.title, "description": kind.description}
    return {**told, "activated": row.is_active}


def _app_xml(row: AppRow) -> Row:
    return {**_app(row), "activated": int(row.is_active)}


def settings_rows(profile: Profile) -> Rows:
    """The settings of one app."""
    told = {"settings": (MapOf((str, [str])), Literals(("null",)))}
    return Rows("app", "app", json=_settings, xml=_settings_xml, json_type=told, alone=True)


def _settings(told: ToldSettings) -> Row:
    # The manual's sample of an app without settings.
    return {"settings": told.settings or "null"}


def _settings_xml(told: ToldSettings) -> Row:
    return told.settings


# What is refused

_TEXT = "Permission denied, not authorized"
_HTML = {"Content-Type": "text/html; charset=utf-8"}
_BOTH_DOORS = inferred("as by customer.apps")
#: An app that there is not, or that cannot be switched off; a caller who may not, as well.
SAYINGS: Sayings = {
    ("customer.apps", reasons.NotAuthorised): Saying(
        401, _TEXT, recorded(f"{e.GEM_2012}: an unknown app, its type, too"), headers=_HTML
    ),
    **{
        (f"filter.{action}", reasons.NotAuthorised): Saying(401, _TEXT, _BOTH_DOORS, headers=_HTML)
        for action in ("getavailable", "activate", "deactivate", "setup", "getsettings")
    },
}
