"""Takes clients at all sockets of a server, and pauses while there is no room for more."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable
from ssl import SSLContext
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from legacygrid.server import open_files
from legacygrid.server.connection_limits import ConnectionLimits
from legacygrid.server.http_protocol import HEAD_DEADLINE
from legacygrid.server.sockets import BACKLOG, SharedSocket

if TYPE_CHECKING:
    from legacygrid.server.acceptor import Acceptor, SharedLoad
    from legacygrid.server.connection_counts import ConnectionCounts

#: Seconds between two lines of the log that say the same.
PAUSE_OF_LINES = 60.0
#: Idle connections that are ended at a time where files are short.
_AT_A_TIME = 32

log = logging.getLogger("legacygrid.server")


class ListeningSocket(NamedTuple):
    """An address, the protocol that is spoken there, and its TLS.

    :param protocol: makes the protocol of a connection, as uvicorn does.
    """

    socket: socket.socket
    protocol: Callable[..., Any]
    tls: SSLContext | None = None


class Listening:
    """All sockets of a server. While it pauses, clients wait with the system.

    :param counts: of connections, where other processes take clients of the same sockets.
    :param arguments: what each protocol is made with.
    """

    def __init__(
        self, limits: ConnectionLimits, counts: "ConnectionCounts | None", **arguments: Any
    ) -> None:
        self.sockets: list[ListeningSocket] = []
        self._limits = limits
        self._arguments = arguments
        self._servers: list[asyncio.AbstractServer | Acceptor] = []
        self._load = _make_load(counts, limits) if counts else None
        self._told: dict[str, tuple[int, float]] = {}

    def add(
        self,
        sockets: Iterable[socket.socket],
        protocol: Callable[..., Any],
        tls: SSLContext | None = None,
    ) -> None:
        """Add sockets, before the first client is taken."""
        self.sockets += [ListeningSocket(each, protocol, tls) for each in sockets]

    async def resume(self) -> None:
        """Take clients."""
        for each in [] if self._servers else self.sockets:
            self._servers.append(await self._open(each))
        if self._load:
            self._load.tell()

    def pause(self) -> None:
        """Take no clients; those who are there stay."""
        for each in self._servers:
            each.close()
        self._servers.clear()

    def close(self) -> None:
        """Take no clients any more."""
        self.pause()
        for each in self.sockets:
            each.socket.close()

    async def tick(self) -> None:
        """See whether there is room, some times a second."""
        is_short = open_files.are_short()
        if is_short:
            self._limits.drop_idle(_AT_A_TIME)
        if is_short or self._limits.is_full:
            self.pause()
        else:
            await self.resume()
        self._report(is_short)

    async def _open(self, listening: ListeningSocket) -> "asyncio.AbstractServer | Acceptor":
        # Its own, which it closes when it pauses.
        own, tls = listening.socket.dup(), listening.tls
        patience = HEAD_DEADLINE if tls else None

        def make() -> asyncio.BaseProtocol:
            protocol: asyncio.BaseProtocol = listening.protocol(**self._arguments)
            return protocol

        if self._load and isinstance(own, SharedSocket):
            from legacygrid.server.acceptor import Acceptor

            return Acceptor(own, make, self._load, tls, patience)
        return await asyncio.get_running_loop().create_server(
            make, sock=own, backlog=BACKLOG, ssl=tls, ssl_handshake_timeout=patience
        )

    def _report(self, is_short: bool) -> None:
        """Say in the log what clients notice, and what to raise."""
        limits = self._limits
        self._tell(
            limits.over_total + is_short,
            f"{len(limits)} clients are connected, and there is no room for more: idle ones are "
            f"disconnected, new ones wait. Open files are limited to {open_files.find_limit()}; "
            "raise that by `ulimit -n`, LimitNOFILE= of systemd, or docker's --ulimit nofile=",
        )
        self._tell(
            limits.over_share,
            f"one address has {limits.by_address} connections, as many as one may have: idle ones "
            "of it are disconnected; --no-limits lifts that",
        )

    def _tell(self, count: int, line: str) -> None:
        key = line[-20:]
        before, when = self._told.get(key, (0, -PAUSE_OF_LINES))
        if count != before and monotonic() - when >= PAUSE_OF_LINES:
            self._told[key] = count, monotonic()
            log.warning(line)


def _make_load(counts: "ConnectionCounts", limits: ConnectionLimits) -> "SharedLoad":
    from legacygrid.server.acceptor import SharedLoad

    return SharedLoad(counts, limits)
