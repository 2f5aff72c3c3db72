"""`legacygrid run`: for a client whose addresses are written into its code, and that can be started from here."""

import logging
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legacygrid import config, doors
from legacygrid.terminal import refusing

if TYPE_CHECKING:
    from legacygrid.proxy import Guard
    from legacygrid.server import Server


@click.command(context_settings={"allow_interspersed_args": False})
@click.option("--log", "log_calls", envvar="LEGACYGRID_LOG", is_flag=True, help="A line for each call, as it comes.")
@click.option("--quiet", envvar="LEGACYGRID_QUIET", is_flag=True, help="At the end, tell of refused hosts alone.")
@config.options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(command: tuple[str, ...], log_calls: bool, quiet: bool, **params: Any) -> None:
    """Run COMMAND, and answer what it sends to SendGrid; other hosts are refused.

    The command is given a proxy and a certificate authority by its environment, and needs no change. It has the
    terminal to itself, and its status is that of `run`. At its end, standard error tells what it called.
    """
    settings = config.settings(params)
    from legacygrid.child import Child, found

    found(command)
    child = Child()
    with refusing(), child.signalled():
        calls = _counted(log_calls)
        with _answering(settings) as (guard, environment):
            status = child.run(command, environment)
    for line in [*([] if quiet else _calls(calls)), *_refusals(guard.refused)]:
        click.echo(f"legacygrid: {line}", err=True)
    sys.exit(status)


@contextmanager
def _answering(settings: config.Settings) -> Iterator[tuple["Guard", dict[str, str]]]:
    """A server, its proxy, and the environment that leads to them."""
    from legacygrid import authority, runtimes
    from legacygrid.app import create_app
    from legacygrid.server import Server

    app, ours = create_app(settings), authority.made()
    server = Server(app)
    guard, port = doors.proxied(server, doors.secured(server, ours))
    with tempfile.TemporaryDirectory(prefix="legacygrid-", ignore_cleanup_errors=True) as folder, _served(server):
        proxy = (server.host, port)
        yield guard, runtimes.environment(os.environ, Path(folder), proxy, ours.pem, ours.der)
    app.extensions["legacygrid"].store.close()


@contextmanager
def _served(server: "Server") -> Iterator[None]:
    """The server, on a thread of its own: the command has the main one, which signals go to."""
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


class _Counting(logging.Handler):
    """Counts the log's lines of calls by what was called and what came of it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[tuple[str, str]] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """One call."""
        words = record.getMessage().split(" ")
        task = next((f" {word}" for word in words if word.startswith("task=")), "")
        outcome = next((word for word in words if word.startswith("refused=")), "answered")
        self.calls[words[0] + task, outcome] += 1


def _counted(is_logged: bool) -> Callable[[], Counter[tuple[str, str]]]:
    """Count calls from here on, by `(operation, outcome)`; what is returned tells how many there were."""
    from legacygrid import log

    log.to_stderr(logging.INFO if is_logged else logging.WARNING)
    counting, calls = _Counting(), logging.getLogger("legacygrid.calls")
    calls.addHandler(counting)
    calls.setLevel(logging.INFO)
    calls.propagate = is_logged
    return lambda: counting.calls


def _calls(counted: Callable[[], Counter[tuple[str, str]]]) -> list[str]:
    counts = counted()
    if not counts:
        return ["no call came"]
    return ["calls:", *(f"{count:>6}  {called}  {outcome}" for (called, outcome), count in sorted(counts.items()))]


def _refusals(refused: Counter[str]) -> list[str]:
    if not refused:
        return []
    return [
        "refused hosts, to which nothing was sent:",
        *(f"{count:>6}  {host}" for host, count in sorted(refused.items())),
    ]
