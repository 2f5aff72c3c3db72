"""`python -m legacygrid.commands.worker`: one of the processes of `legacygrid serve --workers`.

It answers at sockets that the process which started it has opened. Its orders come on standard
input, with whose end it ends; it tells on standard output that it answers, or why it cannot.
"""

import os
import signal
import sys
import threading

import click

from legacygrid.commands import sharing
from legacygrid.commands.answering import answer, open_server
from legacygrid.commands.collection import collect_as_usual, collect_rarely
from legacygrid.commands.terminal import exit_on_errors
from legacygrid.server.connection_counts import ConnectionCounts
from legacygrid.server.orders import Orders, Outcome
from legacygrid.server.sockets import InheritedPorts


def main() -> None:
    """Answer until told to stop."""
    collect_rarely()
    orders = Orders.read(sys.stdin.buffer)
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        _answer(orders)
    except click.ClickException as error:
        Outcome(error=error.format_message()).write(sys.stdout)
        sys.exit(error.exit_code)


def _answer(orders: Orders) -> None:
    with exit_on_errors():
        from legacygrid.app import open_emulator
        from legacygrid.harness import log
        from legacygrid.server import open_files

        log.to_stderr(orders.level, orders.params["log_format"])
        open_files.raise_limit()
        meet = sharing.meeting(orders.settings.database, is_worker=True)
        app = open_emulator(orders.settings, meet, orders.workers)
        app.grid.store.take_turns(orders.memory)
        counts = ConnectionCounts(orders.memory, orders.place)
        ports = InheritedPorts(orders.descriptors, counts)
        server, lines = open_server(app, *orders[:4], ports)
    server.stop_by_signals()
    collect_as_usual()
    with sharing.sharing(server, app.grid):
        answer(server, app, lambda: Outcome(server.url, lines).write(sys.stdout))
    app.grid.store.close()


def _end_with_input() -> None:
    """Nobody needs this process any more once whoever started it is gone."""
    # Not by `sys.stdin`, whose lock the end of Python waits for.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
