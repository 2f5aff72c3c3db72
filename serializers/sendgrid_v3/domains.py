"""whitelabel/domains and whitelabel/links of v3: what their calls take, answer and refuse."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from legacygrid.models.account import Account
from legacygrid.models.mail_domain import MailDomain
from legacygrid.registry.evidence import Sentence, documented, inferred
from legacygrid.serializers.json_types import Literals
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3.fields import (
    BodyFlag,
    BodyText,
    PathText,
    QueryInteger,
    QueryText,
)
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.writers import Row

OPENAPI = "twilio/sendgrid-oai of January 2026"
KNOWN = documented(f"{OPENAPI}, tsg_domain_authentication_v3")
LINKS_KNOWN = documented(f"{OPENAPI}, tsg_link_branding_v3")
TAKEN = Sentence(
    "An authenticated domain already exists for this URL.",
    inferred("two records of one name could not be told apart; the words are ours"),
)
#: Of a page.
_MOST = 2**31 - 1
_HOSTNAME = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)


class DomainName(BodyText):
    """A domain, or the part of one that stands before another."""

    def read(self, name: str, value: str) -> str:
        """The name in lower case."""
        super().read(name, value)
        if not _HOSTNAME.fullmatch(value):
            raise self.error("hostname", name)
        return value.lower()


def new_domain(profile: Profile) -> Params:
    """POST."""
    return {
        "domain": DomainName(200, required=True),
        "subdomain": DomainName(50),
        "username": BodyText(64),
        "default": BodyFlag(),
        "automatic_security": BodyFlag(),
        "custom_spf": BodyFlag(),
    }


def domain_id(profile: Profile) -> Params:
    """The record that the path names."""
    return {"id": PathText(20)}


def domain_edit(profile: Profile) -> Params:
    """PATCH."""
    return {**domain_id(profile), "default": BodyFlag(), "custom_spf": BodyFlag()}


def association(profile: Profile) -> Params:
    """POST subuser."""
    return {**domain_id(profile), "username": BodyText(64, required=True)}


def association_of(profile: Profile) -> Params:
    """DELETE subuser."""
    return {**domain_id(profile), **user_name(profile)}


def domain_filter(profile: Profile) -> Params:
    """GET: some of them."""
    return {**link_filter(profile), "username": QueryText(64), "domain": DomainName(200)}


def link_filter(profile: Profile) -> Params:
    """GET: how many, and how many of the first are left out."""
    return {"limit": QueryInteger(1, _MOST), "offset": QueryInteger(0, _MOST)}


def user_name(profile: Profile) -> Params:
    """The subuser who is meant."""
    return {"username": QueryText(64, required=True)}


class DomainRecord(NamedTuple):
    """A record as it is told.

    :param account: the one that has it, or the subuser that it is told to be of.
    """

    record: MailDomain
    account: Account


class DnsEntry(NamedTuple):
    """What the DNS has to have for a record."""

    name: str
    host: str
    data: str


#: The names of what the DNS has to have for the mail of a record.
_ENTRIES = ("mail_cname", "dkim1", "dkim2")


def list_entries(told: DomainRecord) -> Iterator[DnsEntry]:
    """What the DNS has to have for the mail of a record."""
    _, domain = told.record.parts
    service = f"u{told.record.account_id}.wl.sendgrid.net"
    yield DnsEntry("mail_cname", told.record.domain, service)
    for number in (1, 2):
        host = f"s{number}._domainkey.{domain}"
        yield DnsEntry(f"dkim{number}", host, f"s{number}.domainkey.{service}")


def _to_json(told: DomainRecord) -> Row:
    record = told.record
    subdomain, domain = record.parts
    return {
        "id": record.id,
        "user_id": told.account.id,
        "subdomain": subdomain,
        "domain": domain,
        "username": told.account.username,
        "ips": [],
        "custom_spf": False,
        "default": record.is_default,
        "legacy": False,
        "automatic_security": True,
        "valid": record.valid,
        "dns": {
            each.name: {
                "valid": record.valid,
                "type": "cname",
                "host": each.host,
                "data": each.data,
            }
            for each in list_entries(told)
        },
    }


class Validation(NamedTuple):
    """What came of a look at the DNS.

    :param is_valid: whether all was found as it has to be.
    """

    told: DomainRecord
    is_valid: bool


def _validation(validation: Validation) -> Row:
    results = {
        each.name: {
            "valid": validation.is_valid,
            "reason": None
            if validation.is_valid
            else f'Expected CNAME for "{each.host}" to match "{each.data}".',
        }
        for each in list_entries(validation.told)
    }
    record = validation.told.record
    return {"id": record.id, "valid": validation.is_valid, "validation_results": results}


def _link(told: DomainRecord) -> Row:
    """What v2 has as the `url_domain` of a record."""
    record = told.record
    subdomain, _, domain = record.url_domain.partition(".")
    entries = {
        "domain_cname": record.url_domain,
        "owner_cname": f"{record.account_id}.{domain}",
    }
    return {
        "id": record.id,
        "domain": domain,
        "subdomain": subdomain,
        "username": told.account.username,
        "user_id": told.account.id,
        "default": record.is_default,
        "valid": record.valid,
        "legacy": False,
        "dns": {
            name: {"valid": record.valid, "type": "cname", "host": host, "data": "sendgrid.net"}
            for name, host in entries.items()
        },
    }


_ENTRY = {"valid": bool, "type": Literals(("cname",)), "host": str, "data": str}
_BOTH = {
    **dict.fromkeys(("id", "user_id"), int),
    **dict.fromkeys(("subdomain", "domain", "username"), str),
    **dict.fromkeys(("default", "legacy", "valid"), bool),
}
_DOMAIN = {
    **_BOTH,
    "ips": [str],
    "custom_spf": bool,
    "automatic_security": bool,
    "dns": dict.fromkeys(_ENTRIES, _ENTRY),
}
_LINK = {**_BOTH, "dns": dict.fromkeys(("domain_cname", "owner_cname"), _ENTRY)}
_RESULTS = {name: {"valid": bool, "reason": (str, None)} for name in _ENTRIES}
domain = make_rows(_to_json, _DOMAIN)
domains = make_rows(lambda records: list(map(_to_json, records)), [_DOMAIN])
validation = make_rows(_validation, {"id": int, "valid": bool, "validation_results": _RESULTS})
link = make_rows(_link, _LINK)
links = make_rows(lambda records: list(map(_link, records)), [_LINK])
