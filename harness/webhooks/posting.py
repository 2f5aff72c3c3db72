"""Makes one request to an address that was checked, and takes little of what comes back."""

import base64
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from legacygrid.harness.deadlines import ending_after, hang_up
from legacygrid.wsgi.callback_urls import CallbackUrl

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

#: Seconds that all of it may take; bytes that are read of an answer, and characters that are kept.
DEADLINE = 10.0
MOST_READ, MOST_KEPT = 64 * 1024, 1000


class PostAnswer(NamedTuple):
    """What came back.

    :param status: none if there was no answer.
    :param error: why there was none.
    :param text: how it begins.
    """

    status: int | None = None
    error: str = ""
    text: str = ""


class Poster:
    """Posts, on any thread, unless it is stopped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connected: set[socket.socket] = set()
        self.is_stopped = False

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Break off all that is posted just now; within the block, nothing is."""
        with self._lock:
            self.is_stopped = True
            for each in self._connected:
                hang_up(each)
        yield
        self.is_stopped = False

    def post(
        self,
        url: CallbackUrl,
        addresses: Sequence[str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> PostAnswer:
        """Post, and wait for the answer. Redirects are not followed.

        :param addresses: of the host, in the order in which they are tried.
        :param headers: beside those that the URL and the body call for.
        """
        begin = time.monotonic()
        try:
            with self._connecting(url, addresses) as connection:
                return _ask(connection, url, dict(headers) | _authorization(url), body)
        except _failures() as error:
            if time.monotonic() - begin >= DEADLINE or isinstance(error, TimeoutError):
                return PostAnswer(error=f"no answer within {DEADLINE:g} s")
            return PostAnswer(error=_describe(error))

    @contextmanager
    def _connecting(self, url: CallbackUrl, addresses: Sequence[str]) -> Iterator["HTTPConnection"]:
        """A connection that ends after the deadline, or with `stopped`."""
        from urllib3.connection import HTTPConnection, HTTPSConnection

        make = HTTPSConnection if url.scheme == "https" else HTTPConnection
        opened = _connect(addresses, url.port)
        # Whatever becomes of the one socket, the other ends the connection: TLS takes the first.
        with closing(opened), opened.dup() as own:
            self._remember(own)
            try:
                with (
                    closing(make(url.host, url.port, timeout=DEADLINE)) as connection,
                    ending_after(lambda: own, DEADLINE),
                ):
                    # Its own way would look the name up once more.
                    connection._new_conn = lambda: opened  # type: ignore[method-assign]
                    yield connection
            finally:
                with self._lock:
                    self._connected.discard(own)

    def _remember(self, connected: socket.socket) -> None:
        with self._lock:
            if self.is_stopped:
                raise ConnectionAbortedError("the emulator stops")
            self._connected.add(connected)


def _connect(addresses: Sequence[str], port: int) -> socket.socket:
    """A connection to the first address at which somebody listens.

    :raises OSError: nobody does.
    """
    *others, last = addresses
    for address in others:
        try:
            return socket.create_connection((address, port), DEADLINE)
        except ConnectionRefusedError:
            continue
    return socket.create_connection((last, port), DEADLINE)


def _ask(
    connection: "HTTPConnection", url: CallbackUrl, headers: Mapping[str, str], body: bytes
) -> PostAnswer:
    connection.request("POST", url.target, body, headers, preload_content=False)
    with closing(connection.getresponse()) as response:
        data = response.read(MOST_READ, decode_content=False)
        coding = response.headers.get("Content-Encoding", "")
        return PostAnswer(response.status, text=_as_text(data, coding))


def _authorization(url: CallbackUrl) -> dict[str, str]:
    """HTTP Basic, if the URL has a name and a password."""
    if url.login is None:
        return {}
    pair = ":".join(url.login).encode("utf-8", "replace")
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _failures() -> tuple[type[Exception], ...]:
    """What goes wrong with a receiver; ValueError is a URL that HTTP cannot carry."""
    from http.client import HTTPException

    from urllib3.exceptions import HTTPError

    return OSError, HTTPException, HTTPError, ValueError


def _as_text(data: bytes, coding: str) -> str:
    """How an answer begins, inflated if it comes as was asked."""
    most = MOST_KEPT * 4
    if coding.strip().lower() == "gzip":
        try:
            data = zlib.decompressobj(31).decompress(data, most)
        except zlib.error:
            return ""
    return data[:most].decode("utf-8", "replace")[:MOST_KEPT]


def _describe(error: Exception) -> str:
    """What went wrong, on one line; of the URL it holds the host at most."""
    text = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
    return "".join(each if each.isprintable() else " " for each in text)[:300].strip()
