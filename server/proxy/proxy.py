"""The proxy: the hosts of the emulated systems lead to this server, all others nowhere.

A client asks its proxy for https by CONNECT, and for http by naming the whole URL. What comes
through the tunnel of a CONNECT is handed to the server's own listeners byte by byte: TLS ends
there, and calls look like all others.
"""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from legacygrid.endpoints import SYSTEMS
from legacygrid.server.http_protocol import HEAD_DEADLINE, MAX_HEAD, TOO_MANY, Protocol
from legacygrid.server.proxy.tunnel import End, FarEnd, wait_for_both
from legacygrid.server.shared_state import shared_state

log = logging.getLogger("legacygrid.proxy")

HTTP, HTTPS = 80, 443
#: Refused addresses that are told apart.
MAX_NAMED = 1000
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_CONNECT = b"CONNECT "


class Guard:
    """The hosts that the proxy answers for, and those that it refused.

    :param ports: the port that answers here, by the port that the real services had: 80 and 443.
    """

    def __init__(self, host: str, ports: Mapping[int, int]) -> None:
        self.host = host
        self.ports = ports
        #: How often each `host:port` was refused.
        self.refused: Counter[str] = Counter()
        #: Kept here, as nothing else refers to them while neither end is read.
        self.tunnels: set[asyncio.Task[None]] = set()

    def port_for(self, name: str, port: int) -> int | None:
        """The port that answers for an address; none if it is refused, which is remembered."""
        if SYSTEMS.answers_for(name) and port in self.ports:
            return self.ports[port]
        self._refuse(f"[{name}]:{port}" if ":" in name else f"{name}:{port}")
        return None

    def _refuse(self, address: str) -> None:
        shown = "".join(letter if letter.isprintable() else "?" for letter in address[-300:])
        log.info("proxy refused %s; nothing was sent there", shown)
        # A client that keeps asking for new names must not fill the memory.
        self.refused[
            shown if shown in self.refused or len(self.refused) < MAX_NAMED else "others"
        ] += 1


class Proxied(Protocol):
    """HTTP of a client that names whole URLs, each of which may be another host's."""

    def __init__(self, guard: Guard, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self.guard = guard
        self._answering = self.app

    def on_headers_complete(self) -> None:
        """Leave the path of a URL that is answered here. A host that cannot be read is the parser's
        own 400.
        """
        asked = urlsplit(self.url.decode("ascii"))
        port = asked.port or (HTTPS if asked.scheme == "https" else HTTP)
        answers = (
            bool(asked.hostname) and self.guard.port_for(asked.hostname or "", port) is not None
        )
        self.app = (
            self._answering
            if answers
            else _refusing(f"{asked.hostname or 'this'} is not answered here")
        )
        path = asked.path or "/"
        self.url = (f"{path}?{asked.query}" if asked.query else path).encode()
        super().on_headers_complete()


class ProxyProtocol(asyncio.Protocol):
    """Reads the begin of a connection: a CONNECT opens a tunnel, all else is HTTP."""

    def __init__(self, guard: Guard, **uvicorn: Any) -> None:
        self.guard = guard
        self._uvicorn = uvicorn
        self._head = b""
        self._loop = asyncio.get_running_loop()
        self._connections = uvicorn["server_state"].connections
        self._shared = shared_state(uvicorn["server_state"])

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the head, HEAD_DEADLINE seconds at most."""
        self._transport = transport
        self._deadline = self._loop.call_later(HEAD_DEADLINE, transport.abort)
        self._connections.add(self)
        address = (transport.get_extra_info("peername") or [""])[0]
        if not self._shared.limits.admit(self, address):
            transport.write(TOO_MANY)
            transport.close()
            return
        self._shared.limits.mark_idle(self)

    def drop(self) -> None:
        """End a connection of which nothing is wanted just now."""
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._forget()
        self._shared.limits.release(self)

    def shutdown(self) -> None:
        """The server ends, and there is no call in hand."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Take in bytes until it is clear what they are."""
        self._head += data
        if not _CONNECT.startswith(self._head[: len(_CONNECT)]):
            self._hand_over()
        elif b"\r\n\r\n" in self._head:
            self._connect()
        elif len(self._head) > MAX_HEAD:
            self._refuse(b"431 Request Header Fields Too Large", "")

    def _forget(self) -> None:
        self._deadline.cancel()
        self._connections.discard(self)

    def _hand_over(self) -> None:
        self._forget()
        self._shared.limits.release(self)
        protocol = Proxied(self.guard, **self._uvicorn)
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        protocol.data_received(self._head)

    def _connect(self) -> None:
        head, _, early = self._head.partition(b"\r\n\r\n")
        try:
            asked = urlsplit("//" + head.split()[1].decode("ascii"))
            name, port = asked.hostname or "", asked.port or HTTPS
        except (ValueError, IndexError):
            self._refuse(b"400 Bad Request", "no address to connect to")
            return
        answering = self.guard.port_for(name, port)
        if answering is None:
            self._refuse(b"403 Forbidden", f"{name}:{port} is not answered here")
            return
        self._shared.limits.mark_busy(self)
        # What comes now is for the tunnel.
        self._transport.pause_reading()
        tunnel = self._loop.create_task(self._tunnel(answering, early))
        self.guard.tunnels.add(tunnel)
        tunnel.add_done_callback(self.guard.tunnels.discard)

    def _refuse(self, status: bytes, why: str) -> None:
        body = _refusal(why)
        lines = (
            b"HTTP/1.1 " + status,
            b"Content-Type: text/plain",
            b"Content-Length: %d" % len(body),
        )
        self._transport.write(b"\r\n".join((*lines, b"Connection: close", b"", body)))
        self._transport.close()

    async def _tunnel(self, port: int, early: bytes) -> None:
        end = socket.socket(socket.AF_INET6 if ":" in self.guard.host else socket.AF_INET)
        end.setblocking(False)
        # Known before the server takes the connection, which counts for the client behind it.
        end.bind((self.guard.host, 0))
        address = end.getsockname()[:2]
        self._shared.origins[address] = self._transport.get_extra_info("peername")[:2]
        try:
            await self._loop.sock_connect(end, (self.guard.host, port))
            await self._join(end, early)
        except OSError as error:
            end.close()
            self._refuse(b"502 Bad Gateway", str(error.strerror))
        finally:
            # Also when the server ends.
            del self._shared.origins[address]
            self._shared.limits.release(self)

    async def _join(self, end: socket.socket, early: bytes) -> None:
        near = self._transport
        far, far_end = await self._loop.create_connection(lambda: FarEnd(near), sock=end)
        near_end = End(far)
        try:
            if not near.is_closing():
                self._forget()
                near.set_protocol(near_end)
                near.write(_ESTABLISHED)
                far.write(early)
                near.resume_reading()
                await wait_for_both(near_end.lost, far_end.lost)
        finally:
            near.abort()
            far.abort()


def _refusal(why: str) -> bytes:
    return f"Legacygrid: {why}; it answers for {', '.join(SYSTEMS.hosts)} alone.\n".encode()


def _refusing(why: str) -> Callable[[Any, Any, Callable[[Any], Awaitable[None]]], Awaitable[None]]:
    """An ASGI application that refuses."""
    body = _refusal(why)
    headers = [
        (b"content-type", b"text/plain"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]

    async def refuse(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return refuse
