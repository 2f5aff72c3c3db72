"""customer.parse and parse.*: hostnames whose mail is posted to an application, of a subuser and of
the account itself.
"""

from dataclasses import replace
from typing import Any

from legacygrid.auth.principal import OWNERS
from legacygrid.endpoints.sendgrid.customer import make_family
from legacygrid.grid import Grid
from legacygrid.models import mail_domain, parse_hosts
from legacygrid.models.account import Account
from legacygrid.models.parse_hosts import ParseHost, fold_host
from legacygrid.models.store_commands import name_command
from legacygrid.reasons import BadParameters, Problem
from legacygrid.registry.evidence import documented, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import WRITES, Contract, Family
from legacygrid.serializers.sendgrid import parse, words
from legacygrid.serializers.sendgrid.messages import MESSAGES

of_subusers = make_family()
family = Family("parse", ("/api/parse.{}",), words.customer, callers=OWNERS)

_URL = "http://www.example.com/parse"
_RECORDED, _DOCUMENTED = recorded(e.GEM_2012), documented(e.MANUAL_PARSE)
_SET = Contract(
    evidence=_RECORDED,
    params=parse.new_host,
    example={"hostname": "parse.example.com", "url": _URL, "spam_check": "1"},
)
_GET = Contract(evidence=_RECORDED, rows=parse.host_rows)
_UPDATE = Contract(
    evidence=_DOCUMENTED,
    params=parse.host_edit,
    example={"hostname": "mail.example.com", "url": _URL},
)
_DELETE = Contract(
    evidence=_RECORDED, params=parse.host_name, example={"hostname": "mail.example.com"}
)


def _of_subuser(contract: Contract) -> Contract:
    """The same for a subuser, whom a parameter names."""
    example = {"user": "ada", **contract.example}
    if "spam_check" not in example and "hostname" in example:
        example["hostname"] = "ada.example.com"
    return replace(contract, example=example)


@of_subusers.operation("customer.parse", task="set", effect=WRITES, contract=_of_subuser(_SET))
def set_host_of_subuser(
    subuser: Account, grid: Grid, hostname: str, url: str, **more: bool
) -> None:
    """Have mail to a hostname posted to a URL, for a subuser."""
    _add(subuser, grid, hostname, url, **more)


@of_subusers.operation("customer.parse", task="get", contract=_of_subuser(_GET))
def get_hosts_of_subuser(subuser: Account) -> list[ParseHost]:
    """List the hostnames of a subuser, oldest first."""
    return parse_hosts.of(subuser)


@of_subusers.operation(
    "customer.parse", task="update", effect=WRITES, contract=_of_subuser(_UPDATE)
)
def update_host_of_subuser(subuser: Account, hostname: str, **changed: Any) -> None:
    """Change what is given of a hostname of a subuser."""
    _change(subuser, hostname, changed)


@of_subusers.operation(
    "customer.parse", task="delete", effect=WRITES, contract=_of_subuser(_DELETE)
)
def delete_host_of_subuser(subuser: Account, hostname: str) -> None:
    """Stop posting mail to a hostname of a subuser; it is free for others."""
    _find(subuser, hostname).delete_instance()


@family.operation("parse.set", effect=WRITES, contract=_SET)
def set_host(caller: Account, grid: Grid, hostname: str, url: str, **more: bool) -> None:
    """Have mail to a hostname posted to a URL."""
    _add(caller, grid, hostname, url, **more)


@family.operation("parse.get", contract=_GET)
def get_hosts(caller: Account) -> list[ParseHost]:
    """List the account's hostnames, oldest first."""
    return parse_hosts.of(caller)


@family.operation("parse.update", effect=WRITES, contract=_UPDATE)
def update_host(caller: Account, hostname: str, **changed: Any) -> None:
    """Change what is given of one of the account's hostnames."""
    _change(caller, hostname, changed)


@family.operation("parse.delete", effect=WRITES, contract=_DELETE)
def delete_host(caller: Account, hostname: str) -> None:
    """Stop posting mail to one of the account's hostnames; it is free for others."""
    _find(caller, hostname).delete_instance()


def _add(account: Account, grid: Grid, hostname: str, url: str, **more: bool) -> None:
    """Register a hostname.

    :raises BadParameters: somebody of the same world has it, or it is of no whitelabel record where
        that is asked.
    """
    is_free = grid.profile.parse_hosts == "any"
    if not (is_free or mail_domain.is_covered(account, fold_host(hostname))):
        command = name_command(f"legacygrid domain add {account.username}")
        hint = f"parse_hosts=whitelabel; to add a record: {command}"
        raise BadParameters(Problem("hostname", MESSAGES["hostname-foreign"]), hint=hint)
    if parse_hosts.add(account, hostname, url, **more) is None:
        hint = f"an account of this world has {hostname!r} already; parse.update changes it"
        raise BadParameters(Problem("hostname", MESSAGES["hostname-taken"]), hint=hint)


def _change(account: Account, hostname: str, changed: dict[str, Any]) -> None:
    host = _find(account, hostname)
    if changed:
        ParseHost.update(changed).where(ParseHost.id == host.id).execute()


def _find(account: Account, hostname: str) -> ParseHost:
    """A hostname that the account has registered.

    :raises BadParameters: it has not.
    """
    found = parse_hosts.find(account, hostname)
    if found is None:
        raise BadParameters(Problem("hostname", MESSAGES["hostname-unknown"]))
    return found
