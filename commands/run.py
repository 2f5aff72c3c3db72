"""`legacygrid run`: starts a client that has its hosts in its code, and answers for them."""

import logging
import sys
from typing import Any

import click

from legacygrid import config
from legacygrid.commands.client_runs import surroundings
from legacygrid.commands.run_summary import print_summary
from legacygrid.commands.terminal import CommandError, exit_on_errors


@click.command(context_settings={"allow_interspersed_args": False})
@click.option(
    "--log",
    "log_calls",
    envvar="LEGACYGRID_LOG",
    is_flag=True,
    help="Log each call as it comes.",
)
@click.option(
    "--quiet",
    envvar="LEGACYGRID_QUIET",
    is_flag=True,
    help="At the end, list refused hosts only.",
)
@config.options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(command: tuple[str, ...], log_calls: bool, quiet: bool, **params: Any) -> None:
    """Run COMMAND and answer its calls to the emulated systems.

    The systems are SendGrid, SMTP2GO, Customers Mail Cloud and dotmailer. Requests to all other
    hosts are refused.

    Environment variables point COMMAND to a proxy and a certificate authority; it needs no change.
    It has the terminal to itself, and `run` exits with its status. Its variable LEGACYGRID_URL is
    the emulator's address, for the control API. When it ends, `run` lists its calls on standard
    error.
    """
    settings = config.settings(params)
    from legacygrid.harness import log
    from legacygrid.server.proxy.child import Child, NotStarted, find

    log.to_stderr(logging.INFO if log_calls else logging.WARNING)
    child = Child()
    try:
        find(command)
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
