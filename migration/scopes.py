"""Which scope a key needs for a request: v3's own names (its list of 2020)."""

from collections.abc import Mapping

_VERBS = {"GET": "read", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
#: How the scope of a path begins, the longest first that fits; the verb says how it ends.
_FAMILIES: Mapping[str, str] = {
    "/v3/subusers/{user}/credits/remaining": "subusers.credits.remaining",
    "/v3/subusers/{user}/credits": "subusers.credits",
    "/v3/subusers/stats": "subusers.stats",
    "/v3/subusers": "subusers",
    "/v3/user/profile": "user.profile",
    "/v3/user/username": "user.username",
    "/v3/user/email": "user.email",
    "/v3/user/password": "user.password",
    "/v3/user/webhooks/event/settings": "user.webhooks.event.settings",
    "/v3/user/webhooks/parse/settings": "user.webhooks.parse.settings",
    "/v3/api_keys": "api_keys",
    "/v3/teammates": "teammates",
    "/v3/ips": "ips",
    "/v3/whitelabel": "whitelabel",
    "/v3/suppression/bounces": "suppression.bounces",
    "/v3/suppression/blocks": "suppression.blocks",
    "/v3/suppression/invalid_emails": "suppression.invalid_emails",
    "/v3/suppression/spam_reports": "suppression.spam_reports",
    "/v3/suppression/unsubscribes": "suppression.unsubscribes",
    "/v3/asm/suppressions/global": "asm.suppressions.global",
    "/v3/mail_settings": "mail_settings",
    "/v3/tracking_settings": "tracking_settings",
    "/v3/stats": "stats",
    "/v3/browsers/stats": "browsers.stats",
    "/v3/clients/stats": "clients.stats",
    "/v3/devices/stats": "devices.stats",
    "/v3/geo/stats": "geo.stats",
    "/v3/mailbox_providers/stats": "mailbox_providers.stats",
    "/v3/categories/stats": "categories.stats",
    "/v3/categories": "categories",
}
#: Where each setting has scopes of its own; and where every change is an update.
_SETTINGS = ("/v3/mail_settings", "/v3/tracking_settings")
_EVENTS = "/v3/user/webhooks/event/settings"


def find_scope(verb: str, path: str) -> str:
    """The scope of a request.

    :param path: with its places in braces.
    """
    if path == "/v3/mail/send":
        return "mail.send"
    family = max((each for each in _FAMILIES if path.startswith(each)), key=len)
    words = [_FAMILIES[family]]
    if family in _SETTINGS:
        words += path.removeprefix(family).strip("/").split("/")
    can = _VERBS[verb]
    if family == _EVENTS and can != "read":
        can = "update"
    return ".".join(filter(None, [*words, can]))
