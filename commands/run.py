"""`legacygrid run`: starts a client that has its hosts in its code, and answers for them."""

import logging
import sys
from dataclasses import replace
from typing import Any

import click

from legacygrid import config
from legacygrid.commands.client_runs import surroundings
from legacygrid.commands.log_options import log_format
from legacygrid.commands.run_summary import print_summary
from legacygrid.commands.terminal import CommandError, exit_on_errors, is_given
from legacygrid.models.store_urls import MEMORY, file_of
from legacygrid.serializers.sources.options import SettingOption


@click.command(context_settings={"allow_interspersed_args": False})
@click.option(
    "--log",
    "log_calls",
    cls=SettingOption,
    envvar="LEGACYGRID_LOG",
    is_flag=True,
    help="Log each call as it comes.",
)
@log_format
@click.option(
    "--quiet",
    cls=SettingOption,
    envvar="LEGACYGRID_QUIET",
    is_flag=True,
    help="At the end, list refused hosts only.",
)
@config.options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(
    command: tuple[str, ...], log_calls: bool, log_format: str, quiet: bool, **params: Any
) -> None:
    """Run COMMAND and answer its calls to the emulated systems.

    The systems are SendGrid, SMTP2GO, Customers Mail Cloud and dotmailer. Requests to all other
    hosts are refused.

    Environment variables point COMMAND to a proxy and a certificate authority; it needs no change.
    It has the terminal to itself, and `run` exits with its status. Its variable LEGACYGRID_URL is
    the emulator's address, for the control API. When it ends, `run` lists its calls on standard
    error.

    Without --database, the store is in memory, and gone at the end.
    """
    settings, notice = _keep_nothing_unasked(config.settings(params))
    from legacygrid.harness import log
    from legacygrid.server.proxy.child import Child, NotStarted, find

    log.to_stderr(logging.INFO if log_calls else logging.WARNING, log_format)
    child = Child()
    try:
        find(command)
        if notice and not quiet:
            click.echo(f"legacygrid: {notice}", err=True)
        with (
            exit_on_errors(2),
            child.forwarding_signals(),
            surroundings(settings) as (app, guard, environment),
        ):
            status = child.run(command, environment)
            journal = app.grid.journal
    except NotStarted as error:
        raise CommandError(str(error), error.exit_code) from None
    print_summary(None if quiet else journal, guard.refused)
    sys.exit(status)


def _keep_nothing_unasked(settings: config.Settings) -> tuple[config.Settings, str]:
    """The settings with a store that goes with the program, unless one is named; and what to say.

    A run is a trial of a program: what it adds shall be in nobody's way the next time.
    """
    if is_given("database"):
        return settings, ""
    there = file_of(settings.database)
    other = f"{there.name} in this folder is not used; " if there and there.exists() else ""
    notice = (
        f"nothing is kept: the store is in memory, and gone at the end; {other}to use"
        f" {'it' if other else 'one that stays'}: --database {settings.database}"
    )
    return replace(settings, database=MEMORY), notice
