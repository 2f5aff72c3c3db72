"""/v3/whitelabel/domains/.../subuser: which domain of its parent's a subuser's mail is from; one at
most.
"""

from dataclasses import replace

from legacygrid import reasons
from legacygrid.endpoints.sendgrid_v3.domains import NUMBER, ONE, REFUSES, find_record
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.models import mail_domain, subusers
from legacygrid.models.account import Account
from legacygrid.registry.evidence import recorded
from legacygrid.registry.not_emulated import NOT_EMULATED
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import domains as serializers
from legacygrid.serializers.sendgrid_v3.domains import KNOWN, DomainRecord

family = new_family()

_OF_SUBUSER = "v3/whitelabel/domains/subuser"
_DIGITALOCEAN = "digitalocean/terraform-provider-sendgrid issue 6, 2021: 404 where there is none"
_ASSOCIATE = Contract(
    evidence=KNOWN,
    params=serializers.association,
    rows=serializers.domain,
    refuses=(*REFUSES, reasons.UnknownSubuser),
    status=201,
    example={**NUMBER, "username": "ada"},
)
_BY_NAME = Contract(
    evidence=recorded(_DIGITALOCEAN),
    params=serializers.user_name,
    rows=serializers.domain,
    refuses=(*REFUSES, reasons.UnknownSubuser),
    example={"username": "ada"},
)


@family.operation(
    f"{ONE}/subuser",
    task="POST",
    effect=WRITES,
    scopes=("whitelabel.update", "whitelabel.create"),
    contract=_ASSOCIATE,
)
def associate_domain(caller: Account, id: str, username: str) -> DomainRecord:
    """Let a subuser's mail be from one of the account's domains, in the place of another."""
    record, subuser = find_record(caller, id), subusers.find(caller, username)
    subuser.change(mail_domain=record.domain)
    return DomainRecord(record, subuser)


@family.operation(
    f"{ONE}/subuser:add",
    task="POST",
    effect=WRITES,
    scopes=("whitelabel.update", "whitelabel.create"),
    contract=replace(_ASSOCIATE, refuses=(*_ASSOCIATE.refuses, reasons.NotEmulated)),
)
def add_domain(caller: Account, id: str, username: str) -> DomainRecord:
    """Let a subuser's mail be from one of the account's domains; a second one is not emulated."""
    record, subuser = find_record(caller, id), subusers.find(caller, username)
    if subuser.mail_domain not in ("", record.domain):
        name = "a second domain of a subuser"
        raise reasons.NotEmulated(NOT_EMULATED.fill(name=name))
    subuser.change(mail_domain=record.domain)
    return DomainRecord(record, subuser)


@family.operation(
    f"{ONE}/subuser",
    task="DELETE",
    effect=WRITES,
    scopes=("whitelabel.update", "whitelabel.delete"),
    contract=replace(
        _BY_NAME,
        evidence=KNOWN,
        params=serializers.association_of,
        rows=None,
        status=204,
        example={**NUMBER, "username": "ada"},
    ),
)
def dissociate_one(caller: Account, id: str, username: str) -> None:
    """Let a subuser's mail no longer be from that domain."""
    record, assigned = find_record(caller, id), _find_assigned(caller, username)
    if assigned.account.mail_domain != record.domain:
        raise reasons.UnknownMailDomain(hint=f"{username[:64]!r} uses another domain")
    assigned.account.change(mail_domain="")


@family.operation(_OF_SUBUSER, task="GET", scopes=("whitelabel.read",), contract=_BY_NAME)
def get_domain_of_subuser(caller: Account, username: str) -> DomainRecord:
    """Tell the domain that a subuser's mail is from."""
    return _find_assigned(caller, username)


@family.operation(
    _OF_SUBUSER,
    task="DELETE",
    effect=WRITES,
    scopes=("whitelabel.update", "whitelabel.delete"),
    contract=replace(_BY_NAME, evidence=KNOWN, rows=None, status=204),
)
def dissociate_domain(caller: Account, username: str) -> None:
    """Let a subuser's mail be from no domain of its own."""
    _find_assigned(caller, username).account.change(mail_domain="")


@family.operation(
    f"{_OF_SUBUSER}/all",
    task="GET",
    scopes=("whitelabel.read",),
    contract=replace(_BY_NAME, evidence=KNOWN, rows=serializers.domains),
)
def list_domains_of_subuser(caller: Account, username: str) -> list[DomainRecord]:
    """Tell the domain that a subuser's mail is from, as a list of one, or of none."""
    subuser = subusers.find(caller, username)
    record = mail_domain.find_assigned(subuser)
    return [DomainRecord(record, subuser)] if record else []


def _find_assigned(parent: Account, username: str) -> DomainRecord:
    """The record that a subuser uses.

    :raises UnknownSubuser: the account has no such subuser.
    :raises UnknownMailDomain: the subuser uses none.
    """
    subuser = subusers.find(parent, username)
    record = mail_domain.find_assigned(subuser)
    if record is None:
        raise reasons.UnknownMailDomain(hint=f"{username[:64]!r} uses no domain of its parent's")
    return DomainRecord(record, subuser)
