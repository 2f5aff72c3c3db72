"""What an API key of SendGrid's v3 may be made for: the permissions that its vendor listed in 2020.

A scope is a thing and what is done to it: `alerts.read`. Not every thing of the list is emulated,
and keys may be made for all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from legacygrid.models.account import Account

_ALL = "create delete read update"
_SETTING = "read update"

#: What is done to each thing.
_ACTIONS: Mapping[str, str] = {
    "access_settings.activity": "read",
    "access_settings.whitelist": _ALL,
    "alerts": _ALL,
    "api_keys": _ALL,
    "asm.groups": _ALL,
    "asm.groups.suppressions": _ALL,
    "asm.suppressions.global": _ALL,
    "billing": _ALL,
    "browsers.stats": "read",
    "categories": _ALL,
    "categories.stats": "read",
    "categories.stats.sums": "read",
    "clients.desktop.stats": "read",
    "clients.phone.stats": "read",
    "clients.stats": "read",
    "clients.tablet.stats": "read",
    "clients.webmail.stats": "read",
    "credentials": _ALL,
    "design_library": _ALL,
    "devices.stats": "read",
    "email_activity": "read",
    "geo.stats": "read",
    "ips": "read update",
    "ips.assigned": "read",
    "ips.pools": _ALL,
    "ips.pools.ips": _ALL,
    "ips.warmup": _ALL,
    "mail": "send",
    "mail.batch": _ALL,
    "mail_settings": "read",
    "mail_settings.address_whitelist": _SETTING,
    "mail_settings.bcc": _SETTING,
    "mail_settings.bounce_purge": _SETTING,
    "mail_settings.footer": _SETTING,
    "mail_settings.forward_bounce": _SETTING,
    "mail_settings.forward_spam": _SETTING,
    "mail_settings.plain_content": _SETTING,
    "mail_settings.spam_check": _SETTING,
    "mail_settings.template": _SETTING,
    "mailbox_providers.stats": "read",
    "marketing_campaigns": _ALL,
    "messages": "read",
    "newsletter": _ALL,
    "partner_settings": "read",
    "partner_settings.new_relic": _SETTING,
    "scheduled_sends": _ALL,
    "sso.settings": _ALL,
    "sso.teammates": _ALL,
    "stats": "read",
    "stats.global": "read",
    "subusers": _ALL,
    "subusers.credits": _ALL,
    "subusers.credits.remaining": _ALL,
    "subusers.monitor": _ALL,
    "subusers.reputations": "read",
    "subusers.stats": "read",
    "subusers.stats.monthly": "read",
    "subusers.stats.sums": "read",
    "subusers.summary": "read",
    "suppression": _ALL,
    "suppression.blocks": _ALL,
    "suppression.bounces": _ALL,
    "suppression.invalid_emails": _ALL,
    "suppression.spam_reports": _ALL,
    "suppression.unsubscribes": _ALL,
    "teammates": _ALL,
    "templates": _ALL,
    "templates.versions": _ALL,
    "templates.versions.activate": _ALL,
    "tracking_settings": "read",
    "tracking_settings.click": _SETTING,
    "tracking_settings.google_analytics": _SETTING,
    "tracking_settings.open": _SETTING,
    "tracking_settings.subscription": _SETTING,
    "user.account": "read",
    "user.credits": "read",
    "user.email": _ALL,
    "user.multifactor_authentication": _ALL,
    "user.password": _SETTING,
    "user.profile": _ALL,
    "user.scheduled_sends": _ALL,
    "user.settings.enforced_tls": _SETTING,
    "user.timezone": _SETTING,
    "user.username": _SETTING,
    "user.webhooks.event.settings": _SETTING,
    "user.webhooks.event.test": _ALL,
    "user.webhooks.parse.settings": _ALL,
    "user.webhooks.parse.stats": "read",
    "validations.email": _ALL,
    "whitelabel": _ALL,
}
#: What is a parent's alone begins with one of these (inferred: a subuser has no subusers).
_OF_PARENTS = ("ips.", "subusers.")


@cache
def _list_all(is_primary: bool) -> tuple[str, ...]:
    names = (
        f"{thing}.{action}" for thing, actions in _ACTIONS.items() for action in actions.split()
    )
    return tuple(sorted(name for name in names if is_primary or not name.startswith(_OF_PARENTS)))


def list_scopes(account: Account) -> tuple[str, ...]:
    """All scopes that a key of an account may have, in alphabetical order."""
    return _list_all(account.is_primary)


def find_invalid(names: Iterable[str], account: Account) -> list[str]:
    """Those of these names that are no scope of the account's."""
    known = frozenset(list_scopes(account))
    return [name for name in names if name not in known]


def are_scopes(names: Sequence[str]) -> bool:
    """Whether all that a key is limited to are scopes, so that it is one of v3's; else there are
    endpoints among them, or nothing.
    """
    return bool(names) and set(names) <= set(_list_all(True))
