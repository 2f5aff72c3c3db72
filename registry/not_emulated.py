"""Names that the real v2 had and that are not emulated yet, in one place; a typo is told apart from
them.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from legacygrid import reasons
from legacygrid.reasons import Reason

#: Under /apiv2/. `customer.*` and `reseller.*` only: recordings show that other names answered
#: their 404 there.
APIV2 = frozenset(
    f"customer.{name}"
    for name in (
        "apps", "credential", "eventposturl", "geturl", "invalidemails", "ip", "limit", "monitor", "parse", "sendip",
        "stats", "whitelabel",
    )
) | frozenset(
    f"reseller.{name}"
    for name in (
        "account", "add", "billing", "checkusername", "credential", "delete", "ip", "manage", "manageSubuser",
        "packages", "pending", "subuserManage",
    )
)  # fmt: skip

#: Under /api/: module and actions.
_API_MODULES = {
    "blocks": "get delete count",
    "bounces": "get delete count",
    "eventposturl": "get set delete",
    "filter": "getavailable activate deactivate setup getsettings",
    "invalidemails": "get delete count",
    "parse": "get set delete",
    "spamreports": "get delete count",
    "stats": "get getAdvanced",
    "unsubscribes": "get add delete",
    "user": "bounces spamreports unsubscribes",
}
_API_FOLDERS = {
    "timezone": "get edit list",
    "newsletter": "add edit get list delete",
    "newsletter/category": "create add list remove",
    "newsletter/identity": "add edit get list delete",
    "newsletter/lists": "add edit get delete",
    "newsletter/lists/email": "add get count delete",
    "newsletter/recipients": "add get delete",
    "newsletter/schedule": "add get delete",
    "newsletter/variations": "add edit get list delete schedule cancel pickwinner",
}
API = frozenset(
    [f"{module}.{action}" for module, actions in _API_MODULES.items() for action in actions.split()]
    + [
        f"{module}/{action}"
        for module, actions in _API_FOLDERS.items()
        for action in actions.split()
    ]
)

#: Under /v2/, dotmailer's: the first part of the path.
V2 = frozenset(
    (
        "accounts", "address-books", "campaigns", "contact-journey", "contacts", "contacts-transactional-data",
        "custom-from-addresses", "data-fields", "document-folders", "email", "image-folders", "preferences", "programs",
        "segments", "sms-messages", "surveys", "templates", "transactional-data",
    )
)  # fmt: skip

#: Under /v3/, SMTP2GO's.
_V3_FOLDERS = {
    "activity": "search",
    "allowed_senders": "add remove update view",
    "api_keys": "add edit permissions remove view",
    "archive": "email search",
    "domain": "add remove returnpath tracking verify view",
    "email": "batch mime scheduled search",
    "ip_allow_list": "add edit remove view",
    "single_sender_emails": "add remove view",
    "sms": "send summary view-received view-sent",
    "stats": "email_bounces email_cycle email_history email_spam email_summary email_unsubs",
    "subaccount": "add close reopen resend-invitation update",
    "suppression": "add remove view",
    "template": "add delete edit search view",
    "webhook": "add edit remove view",
}
V3 = frozenset(
    f"{folder}/{action}" for folder, actions in _V3_FOLDERS.items() for action in actions.split()
)


def why_not(path: str, known: Iterable[str]) -> Reason:
    """Why nothing answers at that path, which comes without its suffix, as those that are known do."""
    for prefix, names in (("/apiv2/", APIV2), ("/api/", API)):
        if path.startswith(prefix) and (name := path.removeprefix(prefix)) in names:
            return reasons.NotEmulated(
                f"{name} is not emulated", hint="the real v2 had it; this emulator does not"
            )
    if path.startswith("/v3/") and (name := path.removeprefix("/v3/")) in V3:
        return reasons.NotEmulated(
            f"{name} is not emulated", hint="SMTP2GO's API had it; this emulator does not"
        )
    if path.startswith("/v2/") and (name := path.split("/")[2]) in V2:
        return reasons.NotEmulated(
            f"{name} is not emulated", hint="dotmailer's API had it; this emulator does not"
        )
    near = [
        f", but {close} is one" for close in get_close_matches(path[:100], known, 1, cutoff=0.8)
    ]
    return reasons.UnknownMethod(
        hint=f"no such method under that prefix{''.join(near)}; see: legacygrid routes"
    )
