"""What the emulator does not answer either: newsletter/*, reseller.*, customer.credential."""

from legacygrid.migration import sources
from legacygrid.migration.rows import Kind, Row
from legacygrid.registry.evidence import documented

_PARTNERS = documented("the vendor's API for partners, which others have no access to")
#: Actions of v2's newsletters, and where Marketing Campaigns has the like.
_NEWSLETTERS = {
    "newsletter": ("add edit get list delete", "/v3/marketing/singlesends"),
    "newsletter/category": ("create add list remove", "categories of /v3/marketing/singlesends"),
    "newsletter/identity": ("add edit get list delete", "/v3/marketing/senders"),
    "newsletter/lists": ("add edit get delete", "/v3/marketing/lists"),
    "newsletter/lists/email": ("add get count delete", "/v3/marketing/contacts"),
    "newsletter/recipients": ("add get delete", "send_to of /v3/marketing/singlesends"),
    "newsletter/schedule": ("add get delete", "/v3/marketing/singlesends/{id}/schedule"),
    "newsletter/variations": (
        "add edit get list delete schedule cancel pickwinner",
        "the A/B tests of /v3/marketing/singlesends",
    ),
}
_OTHER = "it is another product, Marketing Campaigns, whose requests are not told here"
_RESELLER = (
    "account add billing checkusername credential delete ip manage manageSubuser packages pending"
    " subuserManage"
)
ROWS = (
    *(
        Row(
            f"{folder}/{action}",
            "",
            Kind.LOSSY,
            sources.OTHER_PRODUCT,
            losses=(_OTHER,),
            instead=target,
        )
        for folder, (actions, target) in _NEWSLETTERS.items()
        for action in actions.split()
    ),
    *(
        Row(
            f"reseller.{action}",
            "",
            Kind.NONE,
            _PARTNERS,
            reason="it is for partners alone",
            instead="/v3/partners/accounts, for who is one",
        )
        for action in _RESELLER.split()
    ),
    Row(
        "customer.credential",
        "",
        Kind.NONE,
        sources.ABSENCE,
        reason="logins of a subuser by name and password do not exist",
        instead="POST /v3/api_keys on behalf of the subuser",
    ),
)
