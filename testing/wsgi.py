"""One request to a WSGI application without a server: what the shipped server would answer, faults
included.
"""

import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import responses
from typing import Any
from urllib.parse import urlsplit

from legacygrid.harness.cut_off import cut_off
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.wsgi.client import Header, WsgiAnswer, call, environ
from legacygrid.wsgi.environ_keys import WIRE
from legacygrid.wsgi.worlds import Wsgi

NOTHING = FaultEffect()


@dataclass(frozen=True)
class Request:
    """A request as it would go over the wire.

    :param url: absolute.
    :param headers: in their order; a name may repeat. It goes to the host that the URL names.
    """

    method: str
    url: str
    headers: Sequence[Header] = ()
    body: bytes = b""

    def environ(self) -> dict[str, Any]:
        """The same for WSGI."""
        address = urlsplit(self.url)
        default_port = 443 if address.scheme == "https" else 80
        host = ("Host", address.netloc.rpartition("@")[2])
        further = [each for each in self.headers if each[0].lower() != "host"]
        return environ(
            self.method,
            address.path or "/",
            address.query,
            [host, *further],
            self.body,
            scheme=address.scheme,
            server=(address.hostname or "", address.port or default_port),
        )


@dataclass
class WireAnswer(WsgiAnswer):
    """What a client receives; the body is read as it is made.

    :param effect: what a fault does to the sending of it.
    """

    effect: FaultEffect = NOTHING
    #: Whether the connection ended before the answer did.
    is_cut: bool = False

    @property
    def reason(self) -> str:
        """The words of the status, which the shipped server takes from its number."""
        return responses.get(self.code, "")

    def delay(self, timeout: float | None) -> None:
        """Wait as long as a fault says, but no longer than the client.

        :param timeout: seconds that the client waits; none for ever.
        :raises TimeoutError: the client has waited long enough.
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
        if self.effect.truncate is None:
            yield from self.chunks
        else:
            yield from cut_off(self.chunks, self.effect.truncate)
            # Without a body, there is nothing to cut.
            self.is_cut = self.chunks != ()


def send(app: Wsgi, request: Request) -> WireAnswer:
    """The application's answer to the request."""
    made = request.environ()
    answer = call(app, made)
    chunks = () if request.method == "HEAD" else answer.chunks
    return WireAnswer(answer.status, answer.headers, chunks, made[WIRE] or NOTHING)


def default_timeout(timeout: Any) -> float | None:
    """A timeout as `http.client` has it, in seconds; its own default is the socket module's."""
    if timeout is None or isinstance(timeout, int | float):
        return timeout
    return socket.getdefaulttimeout()
