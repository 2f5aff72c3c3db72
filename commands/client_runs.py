"""An emulator for a program that has its hosts in its code, for as long as the program runs."""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from legacygrid.commands.collection import collect_as_usual
from legacygrid.server import listeners

if TYPE_CHECKING:
    from legacygrid.app import CallsFirst
    from legacygrid.config import Settings
    from legacygrid.server.proxy.proxy import Guard
    from legacygrid.server.server import Server


class Surroundings(NamedTuple):
    """What a program runs in.

    :param app: the emulator that answers it.
    :param guard: knows the hosts that its proxy refused.
    :param environment: the variables that lead the program here.
    """

    app: "CallsFirst"
    guard: "Guard"
    environment: dict[str, str]


@contextmanager
def surroundings(settings: "Settings") -> Iterator[Surroundings]:
    """Run an emulator with a proxy and a certificate authority of its own.

    :raises SetupError: the store or the seed is refused.
    """
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
        closing(app.grid.store),
        tempfile.TemporaryDirectory(prefix="legacygrid-", ignore_cleanup_errors=True) as folder,
        delivering(app.grid.webhooks),
        _running(server),
    ):
        proxy = (server.host, port)
        environment = environments.make_environment(
            os.environ, Path(folder), proxy, ours.pem, ours.der
        )
        yield Surroundings(app, guard, {**environment, "LEGACYGRID_URL": server.url})


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
