"""The operator's commands for the credits of subusers. Each does what a task of customer.limit
does, by its rules.
"""

import time
from typing import Any

import click

from legacygrid import config
from legacygrid.commands.terminal import (
    CommandError,
    as_json,
    database,
    find_account,
    open_grid,
    open_store,
    print_rows,
    refusing,
)

_PATH = "/apiv2/customer.limit"


@click.group("credits")
def group() -> None:
    """Manage the credits of subusers: how many recipients their mail may have.

    Days are those of this machine's clock, whatever the clock of a running server is set to.
    """


@group.command("show")
@click.argument("subuser")
@as_json
@database
def show(subuser: str, as_json: bool, database: str) -> None:
    """Show the limit of SUBUSER, and what is left of it."""
    from legacygrid.models import credits as limits

    with open_store(database):
        account = find_account(subuser)
        limit = limits.find(account.id, time.time())
    if limit or as_json:
        print_rows([{"account": account.username, **vars(limit)}] if limit else [], as_json)
    else:
        click.echo(f"{account.username} has no limit")


@group.command("set")
@click.argument("subuser")
@click.argument("number", metavar="CREDITS")
@click.option("--period", help="Fill them up again: daily, weekly or monthly.  [default: never]")
@click.option("--startdate", help="First day on which they are filled up, as YYYY-MM-DD.")
@click.option("--enddate", help="Last day on which they are.")
@click.option("--initial-credits", help="What there is until then.  [default: CREDITS]")
@database
def set_limit(subuser: str, number: str, period: str | None, database: str, **more: Any) -> None:
    """Limit SUBUSER to so many CREDITS."""
    if period is None and (given := [name for name, text in more.items() if text is not None]):
        option = given[0].replace("_", "-")
        raise click.UsageError(f"--{option} goes with --period")
    task = "total" if period is None else "recurring"
    _change(database, subuser, task, credits=number, period=period, **more)


@group.command("raise")
@click.argument("subuser")
@click.argument("number", metavar="CREDITS")
@database
def raise_limit(subuser: str, number: str, database: str) -> None:
    """Give SUBUSER so many more CREDITS. They are not filled up again, then."""
    _change(database, subuser, "increment", credits=number)


@group.command("lower")
@click.argument("subuser")
@click.argument("number", metavar="CREDITS")
@database
def lower_limit(subuser: str, number: str, database: str) -> None:
    """Take so many CREDITS from SUBUSER, until it has 0. They are not filled up again, then."""
    _change(database, subuser, "decrement", credits=number)


@group.command("none")
@click.argument("subuser")
@database
def lift_limit(subuser: str, database: str) -> None:
    """Let SUBUSER send as much as it likes."""
    _change(database, subuser, "none")


def _change(database: str, name: str, task: str, **given: str | None) -> None:
    """Do what a task of customer.limit does, and tell what is left.

    :raises CommandError: as the task refuses it.
    """
    from legacygrid.endpoints import actions
    from legacygrid.models import credits as limits

    with open_grid(config.Settings(database=database)) as grid, refusing():
        account = find_account(name)
        if account.is_primary:
            raise CommandError(f"{name} is a primary account; credits are those of subusers")
        ready = actions.find_task(grid, _PATH, task)
        texts = {field: text for field, text in given.items() if text is not None}
        params, now = actions.read_params(ready, texts, account), time.time()
        actions.run_task(grid, ready, params, now, subuser=account)
        limit = limits.find(account.id, now)
    left = f"{limit.remain} credits left" if limit else "no limit"
    click.echo(f"{account.username} has {left}")
