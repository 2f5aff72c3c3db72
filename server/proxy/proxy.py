"""The proxy: the hosts of the four systems lead to this server, all others nowhere.

A client asks its proxy for https by CONNECT, and for http by naming the whole URL. What comes
through the tunnel of a CONNECT is handed to the server's own listeners byte by byte: TLS ends
there, and calls look like all others.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from legacygrid.endpoints import SYSTEMS
from legacygrid.server.http_protocol import HEAD_DEADLINE, LINGER, MAX_HEAD, Protocol, origins

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
        self._origins = origins(uvicorn["server_state"])

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the head, HEAD_DEADLINE seconds at most."""
        self._transport = transport
        self._deadline = self._loop.call_later(HEAD_DEADLINE, transport.abort)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._forget()

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
        near = self._transport
        try:
            far, far_end = await self._loop.create_connection(
                lambda: _FarEnd(near), self.guard.host, port
            )
        except OSError as error:
            self._refuse(b"502 Bad Gateway", str(error.strerror))
            return
        near_end, address = _End(far), far.get_extra_info("sockname")[:2]
        self._origins[address] = near.get_extra_info("peername")[:2]
        try:
            if not near.is_closing():
                self._forget()
                near.set_protocol(near_end)
                near.write(_ESTABLISHED)
                far.write(early)
                near.resume_reading()
                await _both(near_end.lost, far_end.lost)
        finally:
            # Also when the server ends.
            del self._origins[address]
            near.abort()
            far.abort()


async def _both(near: asyncio.Future[None], far: asyncio.Future[None]) -> None:
    """Wait until both ends are gone. The second has LINGER seconds to take what is on its way."""
    await asyncio.wait((near, far), return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait((near, far), timeout=LINGER)


class _End(asyncio.Protocol):
    """One end of a tunnel: what arrives goes out at the other end, as fast as that takes it."""

    def __init__(self, other: asyncio.Transport) -> None:
        self._other = other
        self.lost = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Some bytes."""
        self._other.write(data)

    def eof_received(self) -> bool:
        """This side sends no more; it may still read."""
        if not self._other.is_closing():
            self._other.write_eof()
        return True

    def pause_writing(self) -> None:
        """This end is full."""
        if not self._other.is_closing():
            self._other.pause_reading()

    def resume_writing(self) -> None:
        """This end takes more."""
        if not self._other.is_closing():
            self._other.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the other end, too."""
        self._other.close()
        self.lost.set_result(None)


class _FarEnd(_End):
    """The server's end."""

    def eof_received(self) -> bool:
        """The server sends no more, and then it does not read either."""
        return False


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
