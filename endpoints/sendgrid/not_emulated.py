"""Names that the real Web API v2 answered and the emulator does not yet."""

from legacygrid.registry.not_emulated import Gap, spell

_SERVICE = "the real v2"

#: `customer.*` and `reseller.*` only: recordings show that other names answered their 404 there.
_APIV2 = {
    "customer": "credential",
    "reseller": "account add billing checkusername credential delete ip manage manageSubuser"
    " packages pending subuserManage",
}
_FOLDERS = {
    "newsletter": "add edit get list delete",
    "newsletter/category": "create add list remove",
    "newsletter/identity": "add edit get list delete",
    "newsletter/lists": "add edit get delete",
    "newsletter/lists/email": "add get count delete",
    "newsletter/recipients": "add get delete",
    "newsletter/schedule": "add get delete",
    "newsletter/variations": "add edit get list delete schedule cancel pickwinner",
}

NOT_EMULATED = (
    Gap("/apiv2/", spell(_APIV2, "."), _SERVICE),
    Gap("/api/", spell(_FOLDERS, "/"), _SERVICE),
)
