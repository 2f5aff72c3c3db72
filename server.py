"""The shipped server: one process, one event loop, on uvicorn."""

import logging
import socket
from collections.abc import Callable

import uvicorn

from legacygrid import blocking
from legacygrid.bridge import Bridge
from legacygrid.protocol import Protocol
from legacygrid.worlds import Wsgi

#: Seconds that a kept-alive connection may be idle: nginx's default, which the clients of the time knew.
KEEP_ALIVE = 75
#: Seconds that calls have to end once the server is told to stop.
GRACE = 5


class _Uvicorn(uvicorn.Server):
    """Tells when it answers."""

    ready: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready()


class Server:
    """One process, one event loop. It listens as soon as it is made; `run` answers until it is told to stop.

    :param host: the address to listen on.
    :param port: 0 takes any free port; `url` tells which.
    """

    def __init__(self, app: Wsgi, host: str = "127.0.0.1", port: int = 0) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.create_server((host, port), family=family, backlog=2048)
        self.host, self.port = host, self.socket.getsockname()[1]
        self.bridge = Bridge(app)
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
            backlog=2048,
        )
        self._uvicorn = _Uvicorn(config)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Answer until `stop`, or until SIGINT or SIGTERM on the main thread.

        :param ready: called once it answers.
        """
        self._uvicorn.ready = ready
        # Its messages bear tracebacks and what clients sent; what matters of them, ours say.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)
        blocking.forbid()
        try:
            self._uvicorn.run(sockets=[self.socket])
        finally:
            blocking.allow()
            self.socket.close()
            self.bridge.workers.shutdown()

    def stop(self) -> None:
        """Let the calls in hand end, then return from `run`; may be called from any thread."""
        self._uvicorn.should_exit = True
