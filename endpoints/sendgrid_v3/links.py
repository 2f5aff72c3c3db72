"""/v3/whitelabel/links: the domains of links in a primary account's mail, where these have one of
their own. They are told as v2's whitelabel records have them, and are not set here.
"""

from legacygrid import reasons
from legacygrid.endpoints.sendgrid_v3.domains import find_record
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.models import mail_domain, subusers
from legacygrid.models.account import Account
from legacygrid.models.mail_domain import MailDomain
from legacygrid.registry.operations import Contract
from legacygrid.serializers.sendgrid_v3 import domains as serializers
from legacygrid.serializers.sendgrid_v3.domains import LINKS_KNOWN, DomainRecord

family = new_family()

_READ = ("whitelabel.read",)


@family.operation(
    "v3/whitelabel/links",
    task="GET",
    scopes=_READ,
    contract=Contract(evidence=LINKS_KNOWN, params=serializers.link_filter, rows=serializers.links),
)
def list_links(caller: Account, limit: int = 50, offset: int = 0) -> list[DomainRecord]:
    """List the account's domains of links, oldest first."""
    records = [each for each in MailDomain.all_of(caller) if each.url_domain]
    return [DomainRecord(each, caller) for each in records[offset : offset + limit]]


@family.operation(
    "v3/whitelabel/links/{id}",
    task="GET",
    scopes=_READ,
    contract=Contract(
        evidence=LINKS_KNOWN,
        params=serializers.domain_id,
        rows=serializers.link,
        refuses=(reasons.UnknownMailDomain,),
        example={"id": "1"},
    ),
)
def get_link(caller: Account, id: str) -> DomainRecord:
    """Tell one of the account's domains of links."""
    return _require_link(find_record(caller, id), caller)


@family.operation(
    "v3/whitelabel/links/subuser",
    task="GET",
    scopes=_READ,
    contract=Contract(
        evidence=LINKS_KNOWN,
        params=serializers.user_name,
        rows=serializers.link,
        refuses=(reasons.UnknownMailDomain, reasons.UnknownSubuser),
        example={"username": "ada"},
    ),
)
def get_link_of_subuser(caller: Account, username: str) -> DomainRecord:
    """Tell the domain of the links in a subuser's mail."""
    subuser = subusers.find(caller, username)
    return _require_link(mail_domain.find_assigned(subuser), subuser)


def _require_link(record: MailDomain | None, account: Account) -> DomainRecord:
    """A record that has a domain of its own for links.

    :raises UnknownMailDomain: it has none, or there is no record.
    """
    if record is None or not record.url_domain:
        raise reasons.UnknownMailDomain(hint="its links have the domain of its mail")
    return DomainRecord(record, account)
