"""The operator's commands for the lists of suppressed addresses, by the control API's rules."""

import time
from typing import Any

import click

from legacygrid.commands.terminal import (
    CommandError,
    as_json,
    database,
    find_account,
    open_store,
    print_rows,
    refusing,
)
from legacygrid.models.suppression import KINDS

kind_option = click.option("--kind", type=click.Choice(KINDS), help="Of this list alone.")


@click.group()
def suppression() -> None:
    """Manage the lists of addresses that get no more mail of an account.

    Entries of the kinds bounce, invalid, spamreport and unsubscribe keep mail of SendGrid's calls
    back; those of block and unsubscribe are listed by Customers Mail Cloud's calls.
    """


@suppression.command("list")
@click.argument("account", required=False)
@kind_option
@as_json
@database
def list_entries(account: str | None, kind: str | None, as_json: bool, database: str) -> None:
    """List all entries, or those of ACCOUNT, oldest first."""
    from legacygrid.models.listed_addresses import WorldFilter

    with open_store(database):
        number = find_account(account).id if account else None
        rows = [_to_row(each) for each in WorldFilter("", number, kind).iterate()]
    print_rows(rows, as_json)


def _to_row(listed: Any) -> dict[str, Any]:
    from legacygrid.models.clock_days import moment_of

    entry = listed.entry
    return {
        "account": listed.account,
        "kind": listed.kind,
        "address": entry.address,
        "since": f"{moment_of(entry.at, 'UTC')}Z",
        "status": entry.status,
        "reason": entry.reason,
    }


@suppression.command("add")
@click.argument("account")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("address")
@click.option("--reason", help="Why, as a server said it.")
@click.option("--status", help="The same as a number, such as 5.1.1.")
@click.option("--ip", help="IP address of that server.")
@database
def add_entry(account: str, kind: str, address: str, database: str, **more: str | None) -> None:
    """Put ADDRESS on the list of that KIND of ACCOUNT, or of a subuser."""
    from legacygrid.serializers.suppressions import SuppressionSchema, add_to_list

    given = {name: text for name, text in more.items() if text is not None}
    with open_store(database) as store, refusing():
        owner = find_account(account)
        loaded: dict[str, Any] = SuppressionSchema().load(
            {"kind": kind, "address": address, **given}
        )
        now = time.time()
        with store.writing(now):
            if not add_to_list(owner, loaded, now):
                raise CommandError(f"{address!r} is a listed {kind} of {account} already")
    click.echo(f"added {address}, a {kind} of {account}")


@suppression.command("remove")
@click.argument("account")
@click.argument("address", required=False)
@kind_option
@click.option("--all", "every", is_flag=True, help="All addresses, if none is given.")
@database
def remove_entries(
    account: str, address: str | None, kind: str | None, every: bool, database: str
) -> None:
    """Take ADDRESS off the lists of ACCOUNT, or off that of one kind."""
    from legacygrid.models import listed_addresses
    from legacygrid.models.listed_addresses import WorldFilter

    if (address is None) != every:
        raise click.UsageError("give either an ADDRESS or --all")
    now = time.time()
    with open_store(database) as store:
        owner = find_account(account)
        with store.writing(now):
            entries = WorldFilter("", owner.id, kind, address)
            removed = listed_addresses.take_off(entries, now)
            if address and not removed:
                raise CommandError(f"{account} has no listed {kind or 'address'} {address!r}")
    click.echo(f"removed {removed} of {account}")
