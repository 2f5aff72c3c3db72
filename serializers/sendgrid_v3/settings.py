"""tracking_settings and mail_settings of v3: what they are called, and which app of v2 each of them
is. What v2 kept as texts, v3 has as values of a type each.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from legacygrid.models.apps import FORWARD_BOUNCE, AppSetting
from legacygrid.models.bounce_purge import BOUNCE_PURGE
from legacygrid.serializers.json_fields import JsonValue
from legacygrid.serializers.json_types import JsonType
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.sendgrid.app_kinds import BY_NAME
from legacygrid.serializers.sendgrid.fields import EMAIL
from legacygrid.serializers.sendgrid_v3.fields import (
    BodyFlag,
    BodyInteger,
    BodyList,
    BodyText,
)
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.writers import Row

#: Days after which a list forgets a bounce, at most.
_MOST_DAYS = 3650
#: Addresses and domains of a list at most, and characters of each.
_MOST_ADDRESSES, _LONGEST_ADDRESS = 1000, 320
ENABLED = "enabled"


class ForwardAddresses(BodyText):
    """Who gets something forwarded: addresses with commas between them; none, if it is empty."""

    def read(self, name: str, value: str) -> str:
        """The addresses as given."""
        super().read(name, value)
        addresses = [each.strip() for each in value.split(",")] if value else []
        if not all(map(EMAIL.fullmatch, addresses)):
            raise self.error("addresses", name)
        return value

    def rule(self) -> str:
        """What is taken."""
        return "e-mail addresses, with commas between them"


class ValueKind(NamedTuple):
    """A kind of values.

    :param make: makes the parameter.
    :param store: what is stored of a value: a text, or a list of them.
    :param tell: the value of what is stored; an empty text where nothing is.
    :param json_type: what that looks like.
    """

    make: Callable[[], JsonValue]
    store: Callable[[Any], Any]
    tell: Callable[[Any], Any]
    json_type: JsonType


def _tell_list(stored: Any) -> list[str]:
    # v2 took one text for a list, too.
    return [stored] if stored and isinstance(stored, str) else list(stored)


_TEXT = ValueKind(lambda: BodyText(default=""), str, str, str)
_FORWARDED = ValueKind(lambda: ForwardAddresses(1000, default=""), str, str, str)
_FLAG = ValueKind(
    BodyFlag, lambda is_on: str(int(is_on)), lambda stored: stored in ("1", "true"), bool
)
_DAYS = ValueKind(
    lambda: BodyInteger(1, _MOST_DAYS, default=""),
    str,
    lambda stored: int(stored) if stored else None,
    (int, None),
)
_ADDRESSES = ValueKind(
    lambda: BodyList(BodyText(_LONGEST_ADDRESS, required=True), most=_MOST_ADDRESSES),
    list,
    _tell_list,
    [str],
)


class Member(NamedTuple):
    """What is set beside `enabled`.

    :param name: in v3, and `stored` in v2's settings of the app.
    """

    name: str
    kind: ValueKind
    stored: str


class Setting(NamedTuple):
    """A setting.

    :param name: the last part of its path; one without a call of its own is listed alone.
    :param app: the name under which an account has it.
    :param members: in alphabetical order, as answers have them.
    """

    name: str
    app: str
    title: str
    description: str
    members: tuple[Member, ...] = ()
    has_call: bool = True

    def params(self, profile: Profile) -> Params:
        """PATCH: what is not given stays."""
        return {ENABLED: BodyFlag()} | {each.name: each.kind.make() for each in self.members}

    def to_store(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What is stored of what was given, beside whether it is on."""
        return {
            each.stored: each.kind.store(given[each.name])
            for each in self.members
            if each.name in given
        }

    def rows(self, profile: Profile) -> Rows:
        """The whole setting, from what the account has of the app."""
        told = {each.name: each.kind.json_type for each in self.members}
        return make_rows(self._to_json, {ENABLED: bool, **told})(profile)

    def _to_json(self, setting: AppSetting) -> Row:
        stored = setting.settings
        told = {each.name: each.kind.tell(stored.get(each.stored, "")) for each in self.members}
        return dict(sorted({ENABLED: setting.active, **told}.items()))


def _of_app(name: str, app: str, *members: Member, title: str = "", **more: Any) -> Setting:
    """A setting that v2 has as an app, under the same title unless another is given."""
    kind = BY_NAME[app]
    return Setting(name, app, title or kind.title, kind.description, members, **more)


def _members(kind: ValueKind, *names: str) -> tuple[Member, ...]:
    return tuple(Member(name, kind, name) for name in names)


_HTML = Member("html_content", _TEXT, "text/html")
_PLAIN = Member("plain_content", _TEXT, "text/plain")
_EMAIL = Member("email", _FORWARDED, "email")
#: In the order in which a list has them.
TRACKING = (
    _of_app("open", "opentrack"),
    _of_app("click", "clicktrack", *_members(_FLAG, "enable_text")),
    _of_app(
        "subscription",
        "subscriptiontrack",
        _HTML,
        _PLAIN,
        *_members(_TEXT, "landing", "replace", "url"),
    ),
    _of_app(
        "google_analytics",
        "ganalytics",
        *_members(_TEXT, "utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term"),
    ),
)
MAIL = (
    _of_app("address_whitelist", "addresswhitelist", Member("list", _ADDRESSES, "list")),
    Setting(
        "bounce_purge",
        BOUNCE_PURGE,
        "Bounce Purge",
        "Allows you to automatically purge bounce records from SendGrid after a specified number"
        " of days.",
        _members(_DAYS, "hard_bounces", "soft_bounces"),
    ),
    _of_app("event_notify", "eventnotify", has_call=False),
    _of_app("footer", "footer", _HTML, _PLAIN),
    Setting(
        "forward_bounce",
        FORWARD_BOUNCE,
        "Forward Bounce",
        "Allows you to forward bounces to a specific email address.",
        (_EMAIL,),
    ),
    _of_app("forward_spam", "forwardspam", _EMAIL),
    _of_app("template", "template", _HTML, title="Legacy Email Template"),
    # Retired in 2020, and still in the manual's list.
    _of_app("spam_check", "spamcheck", has_call=False),
)


class ListedSetting(NamedTuple):
    """A setting, and whether an account has it on."""

    setting: Setting
    is_on: bool


def _tracking(listed: list[ListedSetting]) -> Row:
    return {
        "result": [
            {
                "name": each.setting.name,
                "title": each.setting.title,
                "description": each.setting.description,
                ENABLED: each.is_on,
            }
            for each in listed
        ]
    }


def _mail(listed: list[ListedSetting]) -> Row:
    return {
        "result": [
            {
                "title": each.setting.title,
                ENABLED: each.is_on,
                "name": each.setting.name,
                "description": each.setting.description,
            }
            for each in listed
        ]
    }


#: Two lists, with the keys of each record in the order of the manual's samples.
_LISTED = {"result": [{"name": str, "title": str, "description": str, ENABLED: bool}]}
tracking_list = make_rows(_tracking, _LISTED)
mail_list = make_rows(_mail, _LISTED)
