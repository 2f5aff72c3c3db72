"""The shipped server: one process, one event loop, on uvicorn."""

import logging
import signal
import socket
from collections.abc import Callable, Iterable, Sequence
from ssl import SSLContext
from typing import Any

import uvicorn

from legacygrid.server.http_protocol import Protocol
from legacygrid.server.listening import Listening
from legacygrid.server.received_body import BodyStorage
from legacygrid.server.shared_state import make_shared_state
from legacygrid.server.sockets import (
    BACKLOG,
    LOOPBACK,
    Ports,
    open_sockets,
    port_of,
    reachable,
    url,
)
from legacygrid.server.thread_switching import switching_often
from legacygrid.server.wsgi_bridge import Bridge
from legacygrid.wsgi import blocking
from legacygrid.wsgi.forwarded import TrustedProxies
from legacygrid.wsgi.worlds import Wsgi

#: Seconds that a kept-alive connection may be idle: nginx's default, which the clients of the time
#: knew.
KEEP_ALIVE = 75
_OWN_PORTS = Ports()
#: Seconds that calls have to end once the server is told to stop.
GRACE = 5


class _Uvicorn(uvicorn.Server):
    """Listens at several addresses, and tells when it answers and when it ends."""

    ready: Callable[[], None]
    ending: Callable[[], None]
    listening: Listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        await self.listening.resume()
        self.ready()

    async def on_tick(self, counter: int) -> bool:
        await self.listening.tick()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.listening.close()
        self.ending()
        await super().shutdown(sockets)


class Server:
    """One process, one event loop. It listens as soon as it is made; `run` answers until it is told
    to stop.

    :param hosts: the address to listen on, or several; see `open_sockets`.
    :param port: 0 takes any free port; `url` tells which.
    :param limits_addresses: whether one address may have half of all connections at most.
    :param trusted_proxies: networks to which that does not apply.
    :param ports: where its sockets come from.
    :param bridge: what calls the application.
    """

    def __init__(
        self,
        app: Wsgi,
        hosts: str | Sequence[str] = "127.0.0.1",
        port: int = 0,
        limits_addresses: bool = False,
        trusted_proxies: Iterable[str] = (),
        ports: Ports = _OWN_PORTS,
        bridge: type[Bridge] = Bridge,
    ) -> None:
        self.hosts: Sequence[str] = (hosts,) if isinstance(hosts, str) else hosts
        self._ports = ports
        self.sockets = ports.open("http", self.hosts, port)
        self.host, self.port = self.hosts[0], port_of(self.sockets[0])
        self.state = make_shared_state(limits_addresses, TrustedProxies(trusted_proxies))
        self.bridge = bridge(app, BodyStorage(limits_addresses))
        config = uvicorn.Config(
            self.bridge,
            http=Protocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=True,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,
            backlog=BACKLOG,
        )
        self._uvicorn = _Uvicorn(config)
        self._uvicorn.ending = self.bridge.waiting.close
        state = self._uvicorn.server_state
        state.legacygrid = self.state  # type: ignore[attr-defined]
        self._listening = self._uvicorn.listening = Listening(
            self.state.limits, ports.counts, config=config, server_state=state, app_state={}
        )
        self._listening.add(self.sockets, Protocol)

    def listen(
        self, name: str, port: int, protocol: Callable[..., Any], tls: SSLContext | None = None
    ) -> int:
        """Listen at another port of the same addresses, too; to be called before `run`.

        :param name: of what is spoken there; see `Ports`.
        :param port: 0 takes any free one.
        :param protocol: makes the protocol of a connection, as uvicorn does.
        :returns: the port.
        """
        opened = self._ports.open(name, self.hosts, port)
        self._listening.add(opened, protocol, tls)
        return port_of(opened[0])

    def own_port(self, port: int) -> int:
        """The port of `own_address` at which this process alone answers as at another one: that,
        or a new one if others answer there, too.
        """
        if not self._ports.are_shared:
            return port
        (same, *_) = [each for each in self._listening.sockets if port_of(each.socket) == port]
        return self._listen_at(LOOPBACK, 0, same.protocol, same.tls)

    def listen_for_peers(self, host: str, port: int = 0) -> int:
        """Listen at an address for requests that other servers of the store pass on.

        :param port: 0 takes any free one.
        :returns: the port.
        """
        return self._listen_at(host, port, Protocol)

    def _listen_at(
        self, host: str, port: int, protocol: Callable[..., Any], tls: SSLContext | None = None
    ) -> int:
        opened = open_sockets([host], port)
        self._listening.add(opened, protocol, tls)
        return port_of(opened[0])

    @property
    def own_address(self) -> str:
        """The IP address at which this machine itself reaches it."""
        if self._ports.are_shared:
            return LOOPBACK
        address: str = self.sockets[0].getsockname()[0]
        return reachable(address)

    @property
    def url(self) -> str:
        """The URL at which it answers."""
        return url("http", self.host, self.port)

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Answer until `stop`, or until SIGINT or SIGTERM on the main thread.

        :param ready: called once it answers.
        """
        self._uvicorn.ready = ready
        # Its messages have tracebacks and what clients sent; our own log says what matters of them.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)
        blocking.forbid()
        try:
            with switching_often():
                self._uvicorn.run(sockets=[])
        finally:
            blocking.allow()
            self._listening.close()
            self.bridge.lanes.shutdown()

    def stop_by_signals(self) -> None:
        """Let SIGTERM and SIGINT stop it: also before it listens to signals itself, and when it
        hands them on after its end. On the main thread alone.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())

    def stop(self) -> None:
        """Let calls in hand end, within GRACE seconds, then return from `run`. Thread-safe."""
        self._uvicorn.should_exit = True
