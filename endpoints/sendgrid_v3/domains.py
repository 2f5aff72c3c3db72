"""/v3/whitelabel/domains: the domains of a primary account's mail; v2's whitelabel records. A
subuser has none of its own.
"""

from dataclasses import replace
from typing import Any

from legacygrid import reasons
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.models import mail_domain
from legacygrid.models.account import Account
from legacygrid.models.mail_domain import MailDomain
from legacygrid.reasons import BadParameters, Problem
from legacygrid.registry.not_emulated import NOT_EMULATED
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import domains as serializers
from legacygrid.serializers.sendgrid_v3.domains import KNOWN, DomainRecord, Validation

family = new_family()

#: A domain that nobody can have (RFC 2606): its entries are never found.
_NOBODYS = ".invalid"
_DOMAINS, ONE = "v3/whitelabel/domains", "v3/whitelabel/domains/{id}"
REFUSES = (reasons.UnknownMailDomain,)
NUMBER = {"id": "1"}
_OFONE = Contract(evidence=KNOWN, params=serializers.domain_id, refuses=REFUSES, example=NUMBER)


@family.operation(
    _DOMAINS,
    task="GET",
    scopes=("whitelabel.read",),
    contract=Contract(evidence=KNOWN, params=serializers.domain_filter, rows=serializers.domains),
)
def list_domains(
    caller: Account, limit: int = 50, offset: int = 0, **wanted: Any
) -> list[DomainRecord]:
    """List the account's domains, oldest first."""
    if wanted.get("username", caller.username) != caller.username:
        return []
    records = [
        each
        for each in MailDomain.all_of(caller)
        if wanted.get("domain", each.parts[1]) == each.parts[1]
    ]
    return [DomainRecord(each, caller) for each in records[offset : offset + limit]]


@family.operation(
    _DOMAINS,
    task="POST",
    effect=WRITES,
    scopes=("whitelabel.create",),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.new_domain,
        rows=serializers.domain,
        refuses=(reasons.NotEmulated,),
        status=201,
        example={"domain": "example.net", "subdomain": "em"},
    ),
)
def add_domain(
    caller: Account, domain: str, subdomain: str = "", default: bool = False, **more: Any
) -> DomainRecord:
    """Add a domain to the account; it is valid once it was validated."""
    _require_emulated(caller, more)
    # The service makes such a name where none is given.
    subdomain = subdomain or f"em{caller.id}"
    name = f"{subdomain}.{domain}"
    if MailDomain.of(caller, name):
        raise BadParameters(Problem("domain", serializers.TAKEN))
    record = MailDomain.add(caller, name, subdomain=subdomain, valid=False)
    if default:
        mail_domain.set_default(record, is_default=True)
    return _tell(caller, str(record.id))


@family.operation(
    f"{_DOMAINS}/default",
    task="GET",
    scopes=("whitelabel.read",),
    contract=Contract(evidence=KNOWN, rows=serializers.domains),
)
def get_default_domain(caller: Account) -> list[DomainRecord]:
    """Tell the domain of accounts that have none of their own, as a list of one, or of none."""
    return [DomainRecord(each, caller) for each in MailDomain.all_of(caller) if each.is_default]


@family.operation(
    ONE,
    task="GET",
    scopes=("whitelabel.read",),
    contract=replace(_OFONE, rows=serializers.domain),
)
def get_domain(caller: Account, id: str) -> DomainRecord:
    """Tell one of the account's domains."""
    return _tell(caller, id)


@family.operation(
    ONE,
    task="PATCH",
    effect=WRITES,
    scopes=("whitelabel.update",),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.domain_edit,
        rows=serializers.domains,
        refuses=(*REFUSES, reasons.NotEmulated),
        example={**NUMBER, "default": True},
    ),
)
def change_domain(caller: Account, id: str, **given: Any) -> list[DomainRecord]:
    """Have a domain be that of accounts without one of their own, or no longer."""
    record = find_record(caller, id)
    _require_emulated(caller, given)
    if "default" in given:
        mail_domain.set_default(record, given["default"])
    return [_tell(caller, id)]


@family.operation(
    ONE,
    task="DELETE",
    effect=WRITES,
    scopes=("whitelabel.delete",),
    contract=replace(_OFONE, status=204),
)
def delete_domain(caller: Account, id: str) -> None:
    """Take a domain away, also from the subusers that use it."""
    mail_domain.take_away(find_record(caller, id))


@family.operation(
    f"{ONE}/validate",
    task="POST",
    effect=WRITES,
    scopes=("whitelabel.update",),
    contract=replace(_OFONE, rows=serializers.validation),
)
def validate_domain(caller: Account, id: str) -> Validation:
    """Find a domain valid. No DNS is asked: all are, but for those in `.invalid`."""
    record = find_record(caller, id)
    is_valid = not record.domain.endswith(_NOBODYS)
    MailDomain.update(valid=is_valid).where(MailDomain.id == record.id).execute()
    return Validation(DomainRecord(record, caller), is_valid)


def find_record(account: Account, id: str) -> MailDomain:
    """The account's record of that number.

    :raises UnknownMailDomain: there is none.
    """
    record = MailDomain.find(account, id)
    if record is None:
        raise reasons.UnknownMailDomain(hint=f"{account.username!r} has no domain {id[:64]!r}")
    return record


def _tell(account: Account, id: str) -> DomainRecord:
    return DomainRecord(find_record(account, id), account)


def _require_emulated(account: Account, given: dict[str, Any]) -> None:
    """See that nothing is asked for that the store does not keep.

    :raises NotEmulated: a subuser's own domain, or entries of the DNS that its owner sees to.
    """
    wanted = {
        "a domain of a subuser's own": not account.is_primary
        or given.get("username", account.username) != account.username,
        "custom_spf": given.get("custom_spf", False),
        "automatic_security: false": not given.get("automatic_security", True),
    }
    for name, is_wanted in wanted.items():
        if is_wanted:
            raise reasons.NotEmulated(NOT_EMULATED.fill(name=name))
