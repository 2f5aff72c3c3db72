"""`legacygrid serve --workers`: a process that prepares the store and opens the sockets, and starts
others that answer there.
"""

import signal
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from threading import Timer
from typing import TYPE_CHECKING

import click

from legacygrid.commands import ca, sharing
from legacygrid.commands.answering import LATER, complete
from legacygrid.commands.client_runs import running
from legacygrid.commands.collection import collect_as_usual
from legacygrid.commands.progress import watch_server
from legacygrid.commands.terminal import exit_on_errors, listening
from legacygrid.harness import log
from legacygrid.server import open_files
from legacygrid.server.connection_counts import make_memory
from legacygrid.server.orders import Orders
from legacygrid.server.sockets import bracketed, open_sockets, port_of, reachable

if TYPE_CHECKING:
    from legacygrid.app import CallsFirst
    from legacygrid.server.worker_processes import Workers


def serve_by_workers(
    count: int, orders: Orders, describe: Callable[[str, Sequence[str]], str]
) -> None:
    """Answer calls by several processes until stopped.

    :param count: how many.
    :param orders: what they are told, but for the sockets, which are opened here.
    :param describe: makes the banner, of the URL and the lines of what is beside HTTP.
    """
    with exit_on_errors(), ExitStack() as opened:
        from legacygrid.app import open_emulator
        from legacygrid.server.server import Server
        from legacygrid.server.worker_processes import Workers

        log.to_stderr(orders.level, orders.params["log_format"])
        open_files.raise_limit()
        address = orders.params["peer_address"] or sharing.HERE
        meet = sharing.meeting(orders.settings.database, address, has_workers=True)
        # Closed after the store, which needs it.
        memory = opened.enter_context(make_memory(count))
        watch = watch_server(orders.level, orders.params)
        app = open_emulator(orders.settings, meet, watch=watch)
        opened.callback(app.grid.store.close)
        app.grid.store.take_turns(memory.fileno())
        descriptors = _open_ports(orders, app.grid.listeners, opened)
        # It is for other servers alone.
        host, port = sharing.pages_of(address)
        with listening([host], port):
            server = Server(app, host, port, bridge=sharing.bridge_of(app.grid))
        orders = orders._replace(descriptors=descriptors, memory=memory.fileno())
        workers = Workers(count, orders)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: workers.ask_to_end())
        collect_as_usual()
        opened.enter_context(running(server))
        opened.enter_context(sharing.sharing(server, app.grid, server.port))
        # They are the first to end: what they answer meanwhile needs all of the above.
        opened.callback(workers.stop)
        _answer(app, workers, describe)


def _answer(
    app: "CallsFirst", workers: "Workers", describe: Callable[[str, Sequence[str]], str]
) -> None:
    """Have the workers answer until they shall end.

    :raises SetupError: none of them can.
    """
    if told := workers.start():
        click.echo(describe(told.url, told.lines))
        pages = Timer(LATER, complete, [app])
        pages.start()
        workers.wait()
        pages.cancel()


def _open_ports(
    orders: Orders, listeners: dict[str, str], opened: ExitStack
) -> dict[str, list[int]]:
    """Listen at all that the options ask for.

    :param listeners: gets the address of SMTP.
    :param opened: closes the sockets.
    :returns: the descriptors of the sockets, by the name of what is spoken there.
    """
    params, hosts = orders.params, orders.hosts
    ports = {"http": orders.port, "smtp": params["smtp_port"], "proxy": params["proxy_port"]}
    if params["tls"] or params["proxy_port"] is not None:
        from legacygrid.server.proxy import authority

        # It is made here, and by none of those who read it all at once.
        authority.load(ca.folder(params))
    if params["tls"]:
        ports["tls"] = params["tls_port"]
    descriptors = {}
    for name, port in ports.items():
        if port is not None:
            with listening(hosts, port):
                sockets = [opened.enter_context(each) for each in open_sockets(hosts, port)]
            descriptors[name] = [each.fileno() for each in sockets]
            if name == "smtp":
                port = port_of(sockets[0])
                listeners[name] = f"{bracketed(reachable(hosts[0]))}:{port}"
    return descriptors
