"""`legacygrid run`: starts a client that has its hosts in its code, and answers for them."""

import logging
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from legacygrid import config
from legacygrid.commands.client_runs import surroundings
from legacygrid.commands.terminal import CommandError, exit_on_errors

if TYPE_CHECKING:
    from legacygrid.harness.calls import Call
    from legacygrid.harness.journal import Journal


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
            exit_on_errors(),
            child.forwarding_signals(),
            surroundings(settings) as (app, guard, environment),
        ):
            status = child.run(command, environment)
            journal = app.grid.journal
    except NotStarted as error:
        raise CommandError(str(error), error.exit_code) from None
    for line in [*([] if quiet else _list_calls(journal)), *_list_refusals(guard.refused)]:
        click.echo(f"legacygrid: {line}", err=True)
    sys.exit(status)


def _list_calls(journal: "Journal") -> list[str]:
    from legacygrid.harness.call_filters import CallFilter

    found = journal.find(CallFilter())
    if not found:
        return ["no call came"]
    counts = Counter((_name(call), _outcome(call)) for call in found)
    hints = dict.fromkeys(call.refusal.hint for call in found if call.refusal and call.refusal.hint)
    title = f"the last {journal.size} calls:" if len(found) == journal.size else "calls:"
    return [
        title,
        *(f"{count:>6}  {name}  {outcome}" for (name, outcome), count in sorted(counts.items())),
    ] + [f"hint: {hint}" for hint in list(hints)[:5]]


def _name(call: "Call") -> str:
    return (call.operation or call.shown_path) + (f" task={call.task}" if call.task else "")


def _outcome(call: "Call") -> str:
    if call.fault:
        return f"fault={call.fault.number}"
    return f"refused={type(call.refusal).__name__}" if call.refusal else "answered"


def _list_refusals(refused: Counter[str]) -> list[str]:
    if not refused:
        return []
    return [
        "refused hosts, to which nothing was sent:",
        *(f"{count:>6}  {host}" for host, count in sorted(refused.items())),
    ]
