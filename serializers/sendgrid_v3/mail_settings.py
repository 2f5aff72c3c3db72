"""The settings of one mail of mail/send, and the apps of X-SMTPAPI that do the same."""

from collections.abc import Mapping
from typing import Any

from legacygrid.serializers.json_fields import JsonValue
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.sendgrid_v3 import mail_messages
from legacygrid.serializers.sendgrid_v3.mail_fields import (
    HiddenMailString,
    MailArray,
    MailFlag,
    MailObject,
    MailString,
    RequiredNumber,
    refuse,
)

#: Unsubscribe groups that a mail may show.
MAX_GROUPS = 25
#: Categories of a mail, and characters of one.
MAX_CATEGORIES, MAX_CATEGORY = 10, 255
#: Characters of the name of a pool of IP addresses.
_POOL = range(2, 65)
_BYPASSES = ("bypass_spam_management", "bypass_bounce_management", "bypass_unsubscribe_management")
#: By setting: the app that does it, and the app's names of what it is set to.
_APPS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "bypass_list_management": ("bypass_list_management", {}),
    **{name: (name, {}) for name in _BYPASSES},
    "footer": ("footer", {"text": "text/plain", "html": "text/html"}),
    "click_tracking": ("clicktrack", {"enable_text": "enable_text"}),
    "open_tracking": ("opentrack", {"substitution_tag": "replace"}),
    "subscription_tracking": (
        "subscriptiontrack",
        {"text": "text/plain", "html": "text/html", "substitution_tag": "replace"},
    ),
    "ganalytics": (
        "ganalytics",
        {
            name: name
            for name in ("utm_source", "utm_medium", "utm_term", "utm_content", "utm_campaign")
        },
    ),
}


def _setting(**others: JsonValue) -> MailObject:
    """A setting that can be switched."""
    return MailObject({"enable": MailFlag(), **others})


class MailSettings(MailObject):
    """How the mail is handled."""

    is_shown = False

    def __init__(self) -> None:
        footer = _setting(text=HiddenMailString(), html=HiddenMailString())
        bypasses = {name: _setting() for name in ("bypass_list_management", *_BYPASSES)}
        super().__init__({**bypasses, "footer": footer, "sandbox_mode": _setting()})

    def read(self, name: str, value: dict[str, Any]) -> dict[str, Any]:
        """The settings, as they are read."""
        read: dict[str, Any] = super().read(name, value)
        enabled = {key for key, setting in read.items() if setting.get("enable")}
        if "bypass_list_management" in enabled and not enabled.isdisjoint(_BYPASSES):
            raise refuse(f"{name}.bypass_list_management", mail_messages.BYPASSES)
        return read


def is_sandboxed(settings: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a mail is checked, and goes to nobody.

    :param settings: `mail_settings`, as they are read.
    """
    return bool(settings.get("sandbox_mode", {}).get("enable"))


class TrackingSettings(MailObject):
    """How it is followed what recipients do with the mail."""

    is_shown = False

    def __init__(self) -> None:
        texts = ("text", "html", "substitution_tag")
        utm = {name: MailString() for name in _APPS["ganalytics"][1]}
        super().__init__(
            {
                "click_tracking": _setting(enable_text=MailFlag()),
                "open_tracking": _setting(substitution_tag=MailString()),
                "subscription_tracking": _setting(**{name: MailString() for name in texts}),
                "ganalytics": _setting(**utm),
            }
        )


def to_filters(*groups: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The settings as the filters of X-SMTPAPI, in whose place they are.

    :param groups: `mail_settings` and `tracking_settings`, as they are read.
    """
    settings = {name: each for group in groups for name, each in group.items()}
    return {
        app: _to_filter(settings[name], {"enable": "enable", **names})
        for name, (app, names) in _APPS.items()
        if name in settings
    }


def _to_filter(setting: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    return {
        names[key]: str(int(value)) if isinstance(value, bool) else value
        for key, value in setting.items()
    }


class UnsubscribeGroup(MailObject):
    """The unsubscribe group of the mail."""

    def __init__(self) -> None:
        groups = MailArray(RequiredNumber(), most=MAX_GROUPS)
        super().__init__({"group_id": RequiredNumber(), "groups_to_display": groups})


class Category(MailString):
    """The name of a category."""

    def read(self, name: str, value: str) -> str:
        """The name."""
        if len(value) > MAX_CATEGORY:
            raise refuse(name, mail_messages.CATEGORY, most=MAX_CATEGORY)
        return value

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "string", "maxLength": MAX_CATEGORY}


class MailCategories(MailArray):
    """The categories of all mails of a call."""

    def __init__(self) -> None:
        super().__init__(Category(), most=MAX_CATEGORIES)

    def read(self, name: str, value: list[Any]) -> list[str]:
        """Their names, each once."""
        read: list[str] = super().read(name, value)
        if len(set(read)) < len(read):
            raise refuse(name, mail_messages.CATEGORY_TWICE)
        return read


class PoolName(MailString):
    """The pool of IP addresses that the mail goes out by."""

    def read(self, name: str, value: str) -> str:
        """The name."""
        if len(value) not in _POOL:
            raise refuse(name, mail_messages.POOL, least=_POOL[0], most=_POOL[-1])
        return value

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "string", "minLength": _POOL[0], "maxLength": _POOL[-1]}

    def rule(self) -> str:
        """Its length."""
        return f"a string of {_POOL[0]} to {_POOL[-1]} characters"
