"""`legacygrid run`: starts a client that has its hosts in its code, and answers for them."""

import logging
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legacygrid import config
from legacygrid.commands.collection import collect_as_usual
from legacygrid.commands.terminal import CommandError, exit_on_errors
from legacygrid.server import listeners

if TYPE_CHECKING:
    from legacygrid.harness.calls import Call
    from legacygrid.harness.journal import Journal
    from legacygrid.server.proxy.proxy import Guard
    from legacygrid.server.server import Server


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
    """Run COMMAND and answer its calls to the four systems.

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
            _emulator(settings) as (guard, journal, environment),
        ):
            status = child.run(command, environment)
    except NotStarted as error:
        raise CommandError(str(error), error.exit_code) from None
    for line in [*([] if quiet else _list_calls(journal)), *_list_refusals(guard.refused)]:
        click.echo(f"legacygrid: {line}", err=True)
    sys.exit(status)


@contextmanager
def _emulator(settings: config.Settings) -> Iterator[tuple["Guard", "Journal", dict[str, str]]]:
    """Run a server: what its proxy refuses, its journal, and the environment for the client."""
    from legacygrid.app import open_emulator
    from legacygrid.harness.webhooks.worker import delivering
    from legacygrid.server.proxy import authority, environments
    from legacygrid.server.server import Server

    # There is one client, however many connections it has.
    app, ours = open_emulator(replace(settings, no_limits=True)), authority.create()
    server = Server(app)
    guard, port = listeners.open_proxy(server, listeners.open_tls(server, ours))
    collect_as_usual()
    with (
        tempfile.TemporaryDirectory(prefix="legacygrid-", ignore_cleanup_errors=True) as folder,
        delivering(app.grid.webhooks),
        _running(server),
    ):
        proxy = (server.host, port)
        environment = environments.make_environment(
            os.environ, Path(folder), proxy, ours.pem, ours.der
        )
        yield guard, app.grid.journal, {**environment, "LEGACYGRID_URL": server.url}
    app.grid.store.close()


@contextmanager
def _running(server: "Server") -> Iterator[None]:
    """Run the server on a thread: the main one, which gets the signals, is for the command."""
    answers = threading.Event()
    thread = threading.Thread(target=server.run, args=(answers.set,), name="legacygrid-server")
    thread.start()
    try:
        while not answers.wait(1) and thread.is_alive():
            pass
        yield
    finally:
        server.stop()
        thread.join()


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
