"""/v3/user/webhooks/parse/settings: hostnames whose mail is posted to an application; v2's
`parse.*`.
"""

from typing import Any

from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.grid import Grid
from legacygrid.models import mail_domain, parse_hosts
from legacygrid.models.account import Account
from legacygrid.models.parse_hosts import ParseHost, UnknownHost, fold_host
from legacygrid.reasons import BadParameters, Problem
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import parse_settings as serializers
from legacygrid.serializers.sendgrid_v3.parse_settings import KNOWN

family = new_family()

_SCOPE = "user.webhooks.parse.settings"
_SETTINGS, _ONE = "v3/user/webhooks/parse/settings", "v3/user/webhooks/parse/settings/{hostname}"
_URL, _HOST = {"url": "http://example.com/parse"}, {"hostname": "v3.example.com"}


@family.operation(
    _SETTINGS,
    task="GET",
    scopes=(f"{_SCOPE}.read",),
    contract=Contract(evidence=KNOWN, rows=serializers.all_settings),
)
def list_hosts(caller: Account) -> list[ParseHost]:
    """List the account's hostnames, oldest first."""
    return parse_hosts.of(caller)


@family.operation(
    _SETTINGS,
    task="POST",
    effect=WRITES,
    scopes=(f"{_SCOPE}.create",),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.new_setting,
        rows=serializers.setting,
        status=201,
        example={**_HOST, **_URL, "send_raw": True},
    ),
)
def add_host(caller: Account, grid: Grid, hostname: str, url: str, **more: bool) -> ParseHost:
    """Have mail to a hostname posted to a URL."""
    is_free = grid.profile.parse_hosts == "any"
    if not (is_free or mail_domain.is_covered(caller, fold_host(hostname))):
        raise BadParameters(Problem("hostname", serializers.FOREIGN.fill(hostname=hostname)))
    added = parse_hosts.add(caller, hostname, url, **more)
    if added is None:
        raise BadParameters(Problem("hostname", serializers.TAKEN.fill(hostname=hostname)))
    return added


@family.operation(
    _ONE,
    task="GET",
    scopes=(f"{_SCOPE}.read",),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.one_setting,
        rows=serializers.setting,
        refuses=(UnknownHost,),
        example=_HOST,
    ),
)
def get_host(caller: Account, hostname: str) -> ParseHost:
    """Tell one of the account's hostnames."""
    return _find(caller, hostname)


@family.operation(
    _ONE,
    task="PATCH",
    effect=WRITES,
    scopes=(f"{_SCOPE}.update",),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.setting_edit,
        rows=serializers.setting,
        refuses=(UnknownHost,),
        example={**_HOST, **_URL},
    ),
)
def change_host(caller: Account, hostname: str, **changed: Any) -> ParseHost:
    """Change what is given of one of the account's hostnames."""
    host = _find(caller, hostname)
    if changed:
        ParseHost.update(changed).where(ParseHost.id == host.id).execute()
    return _find(caller, hostname)


@family.operation(
    _ONE,
    task="DELETE",
    effect=WRITES,
    scopes=(f"{_SCOPE}.delete",),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.one_setting,
        refuses=(UnknownHost,),
        status=204,
        example=_HOST,
    ),
)
def delete_host(caller: Account, hostname: str) -> None:
    """Stop posting mail to one of the account's hostnames; it is free for others."""
    _find(caller, hostname).delete_instance()


def _find(account: Account, hostname: str) -> ParseHost:
    """A hostname that the account has registered.

    :raises UnknownHost: it has not.
    """
    found = parse_hosts.find(account, hostname)
    if found is None:
        raise UnknownHost(hint=f"{account.username!r} has no hostname {hostname[:64]!r}")
    return found
