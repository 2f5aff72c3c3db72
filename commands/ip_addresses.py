"""The operator's commands for the IP addresses of primary accounts, from which subusers send."""

from contextlib import suppress

import click

from legacygrid.commands.terminal import (
    CommandError,
    as_json,
    database,
    find_account,
    open_store,
    print_rows,
)


@click.group()
def ip() -> None:
    """Manage the IP addresses of accounts.

    customer.sendip assigns them to subusers.
    """


@ip.command("add")
@click.argument("account")
@click.argument("address")
@database
def ip_add(account: str, address: str, database: str) -> None:
    """Add the IP ADDRESS to the primary ACCOUNT. Its first one takes the place of 192.0.2.33, which
    an account has that was given none.
    """
    from legacygrid.models import ip_addresses

    with open_store(database) as store:
        owner = find_account(account)
        if not owner.is_primary:
            raise CommandError(f"{account} is a subuser; customer.sendip assigns its IP addresses")
        try:
            address = ip_addresses.normalize(address)
        except ValueError:
            raise CommandError(f"{address!r} is no IP address") from None
        with store.writing():
            if not ip_addresses.add(owner, address):
                raise CommandError(f"{account} has {address} already")
    click.echo(f"added {address} to {account}")


@ip.command("list")
@click.argument("account")
@as_json
@database
def ip_list(account: str, as_json: bool, database: str) -> None:
    """List the IP addresses that ACCOUNT has, or that are assigned to it."""
    from legacygrid.models import ip_addresses

    with open_store(database):
        owner = find_account(account)
        list_its = ip_addresses.list_own if owner.is_primary else ip_addresses.list_assigned
        rows = [{"account": owner.username, "address": address} for address in list_its(owner)]
    print_rows(rows, as_json)


@ip.command("remove")
@click.argument("account")
@click.argument("address")
@database
def ip_remove(account: str, address: str, database: str) -> None:
    """Remove the IP ADDRESS of ACCOUNT; no subuser of it sends from there any more."""
    from legacygrid.models import ip_addresses

    with open_store(database) as store:
        owner = find_account(account)
        with suppress(ValueError):
            address = ip_addresses.normalize(address)
        with store.writing():
            if not ip_addresses.remove(owner, address):
                raise CommandError(f"{account} has no IP address {address!r}")
    click.echo(f"removed {address} from {account}")
