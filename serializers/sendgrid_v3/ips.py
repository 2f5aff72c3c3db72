"""/v3/ips: what its calls take and answer. Warming up, pools and names in the DNS are not kept of
an address, nor since when it is there.
"""

from typing import Any

from marshmallow import missing

from legacygrid.models import ip_addresses
from legacygrid.models.ip_addresses import AddressUse
from legacygrid.registry.evidence import documented
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3.fields import (
    BodyList,
    BodyText,
    PathText,
    QueryFlag,
    QueryInteger,
    QueryText,
)
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.writers import Row
from legacygrid.wsgi.rest import ARRAY

_OPENAPI = "twilio/sendgrid-oai of January 2026"
KNOWN = documented(f"{_OPENAPI}, tsg_ips_v3")
SUBUSERS_KNOWN = documented(f"{_OPENAPI}, tsg_subusers_v3")


#: Of a page, and of the addresses of a subuser.
_MOST, _MOST_IPS = 2**31 - 1, 10_000
ASCENDING, DESCENDING = DIRECTIONS = ("asc", "desc")


class AddressSet(BodyList):
    """Addresses; without one, a subuser sends from none."""

    if_absent = "array"

    def is_absent(self, value: Any) -> bool:
        """An empty array says something."""
        return value is missing or value is None

    def absent(self, name: str) -> Any:
        """Nothing else can be the body."""
        raise self.error("array", name)


class IpText(BodyText):
    """An IP address; whether the account has it, it knows itself."""

    def read(self, name: str, value: str) -> Any:
        """The address as it is stored."""
        super().read(name, value)
        try:
            return ip_addresses.normalize(value)
        except ValueError:
            raise self.error("ip", name) from None


class SortDirection(QueryText):
    """In which order of the addresses."""

    def read(self, name: str, value: str) -> str:
        """The word for it."""
        if value not in DIRECTIONS:
            raise self.error("direction", name)
        return value

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "string", "enum": list(DIRECTIONS)}

    def rule(self) -> str:
        """What is taken."""
        return "asc or desc"


def ip_filter(profile: Profile) -> Params:
    """GET: some of them. None has a name in the DNS that could be left out."""
    return {
        "ip": IpText(),
        "exclude_whitelabels": QueryFlag(),
        "limit": QueryInteger(1, _MOST),
        "offset": QueryInteger(0, _MOST),
        "subuser": QueryText(64),
        "sort_by_direction": SortDirection(),
    }


def ip_name(profile: Profile) -> Params:
    """The address that the path names."""
    return {"ip_address": PathText(64)}


def ip_set(profile: Profile) -> Params:
    """PUT subusers/NAME/ips: the body is an array."""
    return {"username": PathText(64), ARRAY: AddressSet(IpText(required=True), most=_MOST_IPS)}


def _ip(use: AddressUse) -> Row:
    return {
        "ip": use.address,
        "pools": [],
        "whitelabeled": False,
        "start_date": None,
        "subusers": use.subusers,
        "warmup": False,
        "assigned_at": None,
    }


def _one_ip(use: AddressUse) -> Row:
    return {
        "ip": use.address,
        "subusers": use.subusers,
        "rdns": "",
        "pools": [],
        "warmup": False,
        "start_date": None,
        "whitelabeled": False,
    }


def _assigned_ip(use: AddressUse) -> Row:
    return {"ip": use.address, "pools": [], "warmup": False, "start_date": None}


_ASSIGNED = {"ip": str, "pools": [str], "warmup": bool, "start_date": (int, None)}
_IP = {**_ASSIGNED, "whitelabeled": bool, "subusers": [str]}
ips = make_rows(lambda uses: list(map(_ip, uses)), [{**_IP, "assigned_at": (int, None)}])
ip = make_rows(_one_ip, {**_IP, "rdns": str})
assigned_ips = make_rows(lambda uses: list(map(_assigned_ip, uses)), [_ASSIGNED])
assigned = make_rows(lambda addresses: {"ips": addresses}, {"ips": [str]})
