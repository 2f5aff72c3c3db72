"""The filters of x-smtpapi, in whose place a mail of v3 has mail settings and tracking settings."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class _Setting(NamedTuple):
    """A setting of v3.

    :param kind: mail_settings or tracking_settings.
    :param fields: the name in v3 of each setting of the filter.
    """

    kind: str
    name: str
    fields: Mapping[str, str] = {}


_SETTINGS = {
    "clicktrack": _Setting("tracking_settings", "click_tracking", {"enable_text": "enable_text"}),
    "opentrack": _Setting(
        "tracking_settings", "open_tracking", {"replace": "substitution_tag"}
    ),
    "subscriptiontrack": _Setting(
        "tracking_settings",
        "subscription_tracking",
        {"text/html": "html", "text/plain": "text", "replace": "substitution_tag"},
    ),
    "ganalytics": _Setting(
        "tracking_settings",
        "ganalytics",
        {name: name for name in ("utm_source", "utm_medium", "utm_term", "utm_content",
                                 "utm_campaign")},
    ),
    "footer": _Setting("mail_settings", "footer", {"text/html": "html", "text/plain": "text"}),
    "bypass_list_management": _Setting("mail_settings", "bypass_list_management"),
}  # fmt: skip
_SWITCHES = frozenset(["enable_text"])
#: Filters that no mail of v3 can have.
LOST = ("bcc", "spamcheck", "template", "gravatar", "domainkeys", "dkim")


def make_settings(filters: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The settings of a mail, and its template.

    :param filters: those of x-smtpapi, with `enable` among the settings of each.
    """
    made: dict[str, Any] = {}
    for app, given in filters.items():
        setting = _SETTINGS.get(app)
        if setting:
            made.setdefault(setting.kind, {})[setting.name] = _make(setting, given)
    template = filters.get("templates", {})
    if _is_on(template.get("enable", "")) and template.get("template_id"):
        made["template_id"] = template["template_id"]
    return made


def _make(setting: _Setting, given: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {"enable": _is_on(given.get("enable", ""))}
    for old, new in setting.fields.items():
        if old in given:
            made[new] = _is_on(given[old]) if old in _SWITCHES else given[old]
    return made


def _is_on(text: str) -> bool:
    return text not in ("", "0", "false")
