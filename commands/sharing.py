"""A server among the others of its store."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

from legacygrid.commands.only_server import OnlyServer, SecondServerError
from legacygrid.commands.terminal import CommandError, listening
from legacygrid.models.engines.choice import is_postgres

if TYPE_CHECKING:
    from legacygrid.grid import Grid
    from legacygrid.harness.peers.peers import Peers
    from legacygrid.models.database import Store
    from legacygrid.server.server import Server
    from legacygrid.server.wsgi_bridge import Bridge

#: Where other servers reach one, by default: on the same machine alone.
HERE = ("127.0.0.1", 0)
LAST_PORT = 65535


def meeting(
    database: str,
    address: tuple[str, int] = HERE,
    has_workers: bool = False,
    is_worker: bool = False,
    only: OnlyServer | None = None,
) -> "Callable[[Store], Peers | None]":
    """For `open_emulator`: have this server meet others of the store.

    :param address: host and port where they reach it when it leads.
    :param has_workers: whether it has processes that answer for it; `is_worker` that it is one.
    :param only: this server, if it is alone with its store where that is a file.
    :raises CommandError: from the callable, too, as all that keeps this server from its place.
    """
    if only is not None and not is_postgres(database):
        return only.meet
    if address[1] == LAST_PORT:
        raise CommandError(f"--peer-address: the next port is used, too; {LAST_PORT} has none")

    def meet(store: "Store") -> "Peers | None":
        if store.is_read_only:
            return None
        from legacygrid.harness.peers.peers import Peers

        host, port = address
        with listening([host], port):
            peers = Peers(store.leadership(), not is_worker, host, port)
        if has_workers and peers.is_following and not is_postgres(database):
            raise SecondServerError(database, store.leadership().find())
        return peers

    return meet


@contextmanager
def sharing(server: "Server", grid: "Grid", pages: int = 0) -> Iterator[None]:
    """Lead the other servers of the store, or follow one, until the block ends; alone, do what the
    one that leads does.

    :param pages: the port for requests that others pass on.
    """
    from legacygrid.harness.webhooks.worker import delivering

    desk = grid.desk
    with ExitStack() as leading:
        if desk is None:
            leading.enter_context(delivering(grid.webhooks))
        else:
            from legacygrid.server.passing_on import SharingBridge

            assert isinstance(server.bridge, SharingBridge)  # noqa: S101 - by `bridge_of`
            server.bridge.secret, server.bridge.port = desk.peers.secret, pages
            # Webhooks are posted by one server for all.
            desk.start(pages, lambda: _begin(delivering(grid.webhooks)))
            leading.callback(desk.peers.stop)
        yield


def _begin(block: AbstractContextManager[None]) -> Callable[[], None]:
    """Enter a block; what leaves it is returned."""
    stack = ExitStack()
    stack.enter_context(block)
    return stack.close


def listen_for_pages(server: "Server", grid: "Grid", address: tuple[str, int]) -> int:
    """Have a server listen for requests that others pass on, if there may be others.

    :param address: where they reach it.
    :returns: the port.
    """
    if grid.desk is None:
        return 0
    host, port = pages_of(address)
    with listening([host], port):
        return server.listen_for_peers(host, port)


def pages_of(address: tuple[str, int]) -> tuple[str, int]:
    """Where others pass requests on to a server that they reach at an address."""
    host, port = address
    return host, port and port + 1


def bridge_of(grid: "Grid") -> "type[Bridge]":
    """What calls the application of an emulator."""
    if grid.desk is None:
        from legacygrid.server.wsgi_bridge import Bridge

        return Bridge
    from legacygrid.server.passing_on import SharingBridge

    return SharingBridge
