"""Takes clients at a socket at which other processes take them, too.

The servers of asyncio and uvloop take all who wait at once, so that the first process to wake up
would have all of a burst, and keep them as long as they stay connected. This one takes them one by
one, and a little later while another worker has fewer.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from ssl import SSLContext
from typing import Any

from legacygrid.server.connection_counts import ConnectionCounts
from legacygrid.server.connection_limits import ConnectionLimits

#: Seconds between two looks while another has fewer, and how often it is looked: then that has
#: something else to do.
_LOOK, _LOOKS = 0.001, 20
#: Seconds without clients where the system has no room for one.
_PAUSE = 1.0


class SharedLoad:
    """What the acceptors of one process share.

    :param limits: counts the connections of the process.
    """

    def __init__(self, counts: ConnectionCounts, limits: ConnectionLimits) -> None:
        self._counts = counts
        self._limits = limits
        #: Taken, and not counted yet: of TLS, those that shake hands.
        self.coming: set[asyncio.Task[None]] = set()
        limits.on_change = self.tell

    @property
    def _count(self) -> int:
        return len(self._limits) + len(self.coming)

    def tell(self) -> None:
        """Let the others know; also that this process is there."""
        self._counts.tell(self._count)

    @property
    def is_ahead(self) -> bool:
        """Whether another should take the next client."""
        return self._counts.is_ahead(self._count)


class Acceptor:
    """Takes clients from when it is made.

    :param listening: the socket, which it closes.
    :param protocol: makes the protocol of a connection.
    """

    def __init__(
        self,
        listening: socket.socket,
        protocol: Callable[[], asyncio.BaseProtocol],
        load: SharedLoad,
        tls: SSLContext | None,
        patience: float | None,
    ) -> None:
        self._socket = listening
        self._socket.setblocking(False)
        self._protocol = protocol
        self._load = load
        self._options: dict[str, Any] = {"ssl": tls, "ssl_handshake_timeout": patience}
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._watch()

    def close(self) -> None:
        """Take no more."""
        if self._timer:
            self._timer.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _watch(self) -> None:
        self._timer = None
        self._loop.add_reader(self._socket, self._notice)

    def _notice(self) -> None:
        """Somebody waits."""
        if self._load.is_ahead:
            self._loop.remove_reader(self._socket)
            self._look(_LOOKS)
        else:
            self._take()

    def _look(self, times: int) -> None:
        """Leave the client to others for a while."""
        if times and self._load.is_ahead:
            self._timer = self._loop.call_later(_LOOK, self._look, times - 1)
        else:
            self._watch()
            self._take()

    def _take(self) -> None:
        try:
            client, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            # Another process was faster, or the client left.
            return
        except OSError:
            self._loop.remove_reader(self._socket)
            self._timer = self._loop.call_later(_PAUSE, self._watch)
            return
        coming = self._load.coming
        task = self._loop.create_task(self._welcome(client))
        coming.add(task)
        task.add_done_callback(coming.discard)
        self._load.tell()

    async def _welcome(self, client: socket.socket) -> None:
        client.setblocking(False)
        # A handshake of TLS may fail.
        with suppress(OSError):
            await self._loop.connect_accepted_socket(self._protocol, client, **self._options)
