"""One request to a WSGI application without a server: what a server of ours would answer, faults
included.
"""

import io
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from http.client import responses
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from legacygrid.harness.faults import FaultEffect
from legacygrid.wsgi.environ_keys import WIRE
from legacygrid.wsgi.worlds import Wsgi

WireHeaders = Sequence[tuple[str, str]]
NOTHING = FaultEffect()
_FRAMING = ("HTTP_HOST", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")


@dataclass(frozen=True)
class Request:
    """A request as it would go over the wire.

    :param url: absolute.
    :param headers: in their order; a name may repeat.
    """

    method: str
    url: str
    headers: WireHeaders = ()
    body: bytes = b""

    def environ(self) -> dict[str, Any]:
        """The same for WSGI (PEP 3333)."""
        address = urlsplit(self.url)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(address.path or "/").decode("latin-1"),
            "QUERY_STRING": address.query,
            "SERVER_NAME": address.hostname or "",
            "SERVER_PORT": str(address.port or (443 if address.scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": address.netloc.rpartition("@")[2],
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": address.scheme,
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            WIRE: None,
        }
        for name, value in self.headers:
            key = (
                "CONTENT_TYPE"
                if name.lower() == "content-type"
                else "HTTP_" + name.upper().replace("-", "_")
            )
            # The body is there, however it was framed; and it goes to the host that the URL names.
            if key not in _FRAMING:
                environ[key] = f"{environ[key]},{value}" if key in environ else value
        return environ


@dataclass
class Answer:
    """What came back; the body is read as it is made.

    :param effect: what a fault does to the sending of it.
    """

    status: int
    reason: str
    headers: list[tuple[str, str]]
    chunks: Iterable[bytes]
    effect: FaultEffect = NOTHING
    #: Whether the connection ended before the answer did.
    is_cut: bool = False

    def close(self) -> None:
        """Let go of what the body is made from."""
        close = getattr(self.chunks, "close", None)
        if close:
            close()

    def held_up(self, timeout: float | None) -> None:
        """Wait as long as a fault says, or until the client has enough of it.

        :param timeout: seconds that the client waits; none for ever.
        :raises TimeoutError: the client has enough of it.
        :raises ConnectionResetError: a fault resets the connection.
        """
        if timeout is not None and self.effect.delay > timeout:
            time.sleep(timeout)
            raise TimeoutError("timed out")
        time.sleep(self.effect.delay)
        if self.effect.reset:
            raise ConnectionResetError(104, "Connection reset by peer")

    def body(self) -> Iterator[bytes]:
        """The body, as far as a fault lets it through; then `is_cut` tells whether that was all."""
        most, sent = self.effect.truncate, 0
        for chunk in self.chunks:
            piece = chunk if most is None else chunk[: most - sent]
            sent += len(piece)
            if piece:
                yield piece
            if most is not None and sent >= most:
                break
        length = next(
            (value for name, value in self.headers if name.lower() == "content-length"), None
        )
        self.is_cut = most is not None and sent >= most and length != str(sent)


def exchanged(app: Wsgi, request: Request) -> Answer:
    """The application's answer to the request."""
    started: tuple[int, str, list[tuple[str, str]]] = (500, "", [])

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        nonlocal started
        number = int(status[:3])
        # A server of ours words the status by its number.
        started = number, responses.get(number, ""), list(headers)
        return lambda data: None

    environ = request.environ()
    chunks = app(environ, start_response)
    if request.method == "HEAD":
        chunks = ()
    return Answer(*started, chunks, environ[WIRE] or NOTHING)


def default_timeout(timeout: Any) -> float | None:
    """A timeout as `http.client` has it, in seconds; its own default is the socket module's."""
    return (
        timeout
        if timeout is None or isinstance(timeout, int | float)
        else socket.getdefaulttimeout()
    )
