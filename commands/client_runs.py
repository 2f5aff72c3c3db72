"""An emulator for a program that has its hosts in its code, for as long as the program runs."""

import os
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from legacygrid.commands.collection import collect_as_usual
from legacygrid.commands.only_server import serving_alone
from legacygrid.commands.terminal import CommandError
from legacygrid.server import listeners

if TYPE_CHECKING:
    from legacygrid.app import CallsFirst
    from legacygrid.config import Settings
    from legacygrid.server.proxy.child import Child
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


class Captured(NamedTuple):
    """How a program ended.

    :param status: its exit status; 128 and the number of the signal that ended it; none if it was
        ended, as it took too long.
    :param stdout, stderr: what it printed.
    """

    status: int | None
    stdout: str
    stderr: str


def capture(
    child: "Child", command: Sequence[str], around: Surroundings, timeout: float
) -> Captured:
    """Run a program to its end, and keep what it prints.

    :param timeout: seconds that it may take.
    :raises NotStarted: it cannot be started.
    :raises CommandError: a signal, such as that of Ctrl-C, asked for the end of all.
    """
    from legacygrid.server.proxy.child import Output, TookTooLong

    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        try:
            status = child.run(command, around.environment, Output(stdout, stderr), timeout)
        except TookTooLong:
            status = None
        if child.stopped_by is not None:
            name = signal.Signals(child.stopped_by).name
            raise CommandError(f"stopped by {name}", 128 + child.stopped_by)
        return Captured(status, _read(stdout), _read(stderr))


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


@contextmanager
def surroundings(settings: "Settings") -> Iterator[Surroundings]:
    """Run an emulator with a proxy and a certificate authority of its own.

    :raises SetupError: the store or the seed is refused.
    :raises SecondServerError: another process serves the store.
    """
    from legacygrid.app import open_emulator
    from legacygrid.harness.webhooks.worker import delivering
    from legacygrid.server.proxy import authority, environments
    from legacygrid.server.server import Server

    with serving_alone(settings.database) as only:
        # There is one client, however many connections it has.
        app, ours = open_emulator(replace(settings, no_limits=True), only.meet), authority.create()
        server = Server(app)
        guard, port = listeners.open_proxy(server, listeners.open_tls(server, ours))
        only.announce(server.url)
        collect_as_usual()
        with (
            closing(app.grid.store),
            tempfile.TemporaryDirectory(prefix="legacygrid-", ignore_cleanup_errors=True) as folder,
            delivering(app.grid.webhooks),
            running(server),
        ):
            proxy = (server.host, port)
            environment = environments.make_environment(
                os.environ, Path(folder), proxy, ours.pem, ours.der
            )
            yield Surroundings(app, guard, {**environment, "LEGACYGRID_URL": server.url})


@contextmanager
def running(server: "Server") -> Iterator[None]:
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
