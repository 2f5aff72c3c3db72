"""/v3/ips: the addresses of a primary account, and the subusers that send from each."""

from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import Caller
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.models import ip_addresses, subusers
from legacygrid.models.account import Account
from legacygrid.models.ip_addresses import AddressUse, ForeignAddress
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import ips as serializers
from legacygrid.serializers.sendgrid_v3.ips import KNOWN, SUBUSERS_KNOWN
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane
from legacygrid.wsgi.rest import ARRAY

family = new_family(callers=Caller.PRIMARY, acts_for_subusers=False)


@family.operation(
    "v3/ips",
    task="GET",
    scopes=("ips.read",),
    contract=Contract(evidence=KNOWN, params=serializers.ip_filter, rows=serializers.ips),
)
def list_ips(
    caller: Account,
    limit: int = 10,
    offset: int = 0,
    sort_by_direction: str = "",
    **wanted: Any,
) -> list[AddressUse]:
    """List the account's addresses, oldest first; ten, unless it says."""
    uses = _list_uses(caller)
    if "ip" in wanted:
        uses = [each for each in uses if each.address == wanted["ip"]]
    if "subuser" in wanted:
        uses = [each for each in uses if wanted["subuser"] in each.subusers]
    if sort_by_direction:
        is_falling = sort_by_direction == serializers.DESCENDING
        uses.sort(key=lambda each: ip_addresses.order_of(each.address), reverse=is_falling)
    return uses[offset : offset + limit]


@family.operation(
    "v3/ips/assigned",
    task="GET",
    scopes=("ips.assigned.read",),
    contract=Contract(evidence=KNOWN, rows=serializers.assigned_ips),
)
def list_assigned_ips(caller: Account) -> list[AddressUse]:
    """List the addresses that a subuser sends from."""
    return [each for each in _list_uses(caller) if each.subusers]


@family.operation(
    "v3/ips/{ip_address}",
    task="GET",
    scopes=("ips.read",),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.ip_name,
        rows=serializers.ip,
        refuses=(ForeignAddress,),
        example={"ip_address": ip_addresses.DEFAULT},
    ),
)
def get_ip(caller: Account, ip_address: str) -> AddressUse:
    """Tell who sends from one of the account's addresses."""
    for each in _list_uses(caller):
        if each.address == ip_address:
            return each
    raise ForeignAddress(hint=f"{caller.username!r} has no address {ip_address[:64]!r}")


@family.operation(
    "v3/subusers/{username}/ips",
    task="PUT",
    effect=WRITES,
    scopes=("ips.update", "subusers.update"),
    contract=Contract(
        evidence=SUBUSERS_KNOWN,
        params=serializers.ip_set,
        rows=serializers.assigned,
        refuses=(ForeignAddress, reasons.UnknownSubuser),
        example={"username": "ada", ARRAY: [ip_addresses.DEFAULT]},
    ),
)
def set_ips_of_subuser(caller: Account, username: str, body: list[str]) -> list[str]:
    """Let a subuser send from these addresses of the account, and no others."""
    subuser = subusers.find(caller, username)
    ip_addresses.assign(caller, subuser, body)
    return ip_addresses.list_assigned(subuser)


def _list_uses(account: Account) -> list[AddressUse]:
    blocking.about_to_block(Lane.READ)  # There may be many subusers to look at.
    return ip_addresses.list_uses(account)
