"""customer.ip, .sendip, .whitelabel, .geturl: what scripts set up for a subuser."""

import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

from legacygrid import reasons
from legacygrid.endpoints.sendgrid.customer import is_password_of, make_family
from legacygrid.grid import Grid
from legacygrid.models import ip_addresses, mail_domain
from legacygrid.models.account import Account
from legacygrid.models.mail_domain import MailDomain
from legacygrid.registry.evidence import documented, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid import setup_params, setup_rows
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

family = make_family()


@family.operation(
    "customer.ip",
    contract=Contract(
        evidence=recorded(e.GEM_2012),
        params=setup_params.ip_use,
        rows=setup_rows.ip_rows,
        example={"list": "free"},
    ),
)
def list_ips(caller: Account, **which: str) -> list[str]:
    """List the account's IP addresses, or those that are free, taken or available."""
    use = which.get("list", ip_addresses.ALL)
    if use != ip_addresses.ALL:
        blocking.about_to_block(Lane.READ)  # There may be many subusers to look at.
    return ip_addresses.list_by_use(caller, use)


@family.operation(
    "customer.sendip",
    task="list",
    contract=Contract(
        evidence=recorded(e.GEM_2012), rows=setup_rows.sendip_row, example={"user": "ada"}
    ),
)
def list_sendips(subuser: Account) -> list[str]:
    """Tell the IP addresses that a subuser sends from."""
    return ip_addresses.list_assigned(subuser)


@family.operation(
    "customer.sendip",
    task="append",
    effect=WRITES,
    contract=Contract(
        evidence=recorded(e.GEM_2012),
        params=setup_params.ip_set,
        refuses=(ip_addresses.ForeignAddress,),
        example={"user": "ada", "set": "specify", "ip": ip_addresses.DEFAULT},
    ),
)
def set_sendips(caller: Account, subuser: Account, **given: Any) -> None:
    """Give a subuser none, all or some of the account's IP addresses, and no others."""
    which, named = given["set"], given.get("ip", [])
    if which == setup_params.SPECIFY and not named:
        raise ip_addresses.ForeignAddress(hint="set=specify names no ip[]")
    addresses = {
        setup_params.NONE: [],
        setup_params.ALL: ip_addresses.list_own(caller),
        setup_params.SPECIFY: named,
    }[which]
    ip_addresses.assign(caller, subuser, addresses)


@family.operation(
    "customer.whitelabel",
    task="list",
    contract=Contract(evidence=recorded(e.GEM_2012), rows=setup_rows.whitelabel_rows),
)
def list_whitelabels(caller: Account) -> list[MailDomain]:
    """List the account's whitelabel records, oldest first."""
    return MailDomain.all_of(caller)


@family.operation(
    "customer.whitelabel",
    task="append",
    effect=WRITES,
    contract=Contract(
        evidence=documented(e.MANUAL_WHITELABEL),
        params=setup_params.mail_domain,
        refuses=(reasons.UnknownMailDomain,),
        example={"user": "ada", "mail_domain": "em.example.com"},
    ),
)
def set_whitelabel(caller: Account, subuser: Account, **record: str) -> None:
    """Let a subuser's mail bear a whitelabel record of the account, and no longer another."""
    mail_domain.assign(caller, subuser, record["mail_domain"])


@family.operation(
    "customer.geturl",
    contract=Contract(
        evidence=recorded(f"{e.GEM_2012}; what the hash is made of is inferred"),
        params=setup_params.entrance,
        rows=setup_rows.entrance_row,
        example={"user": "ada"},
    ),
)
def make_entrance(caller: Account, subuser: Account, grid: Grid, password: str = "") -> str:
    """Tell the query by which a page of the parent's showed the subuser's website; it opens nothing
    here.
    """
    is_right = not password or is_password_of(caller, grid, subuser.username, password)
    at = int(grid.clock.now(caller.world))
    claim = f"{caller.username}\n{subuser.username}\n{at}".encode()
    seal = hmac.new(subuser.seal.encode(), claim, hashlib.sha256).hexdigest()[:32]
    query = {
        "al_username": caller.username,
        "al_subuser_name": subuser.username,
        "al_hash": f"{seal}-{at}" if is_right else "NULL",
    }
    return urlencode(query)
