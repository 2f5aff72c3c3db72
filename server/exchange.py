"""A request and its answer on a connection: what of them need not wait."""

from collections.abc import Iterable
from functools import lru_cache

from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    RequestResponseCycle,
)

from legacygrid.wsgi.client import Header, WsgiAnswer

#: Bytes of a body that is sent with its head; longer ones are sent as the client takes them.
SHORT = 64 * 1024

RawHeader = tuple[bytes, bytes]


class Exchange:
    """uvicorn's cycle of a request and its answer: it says when nothing has to be waited for, and
    sends a short answer at once.
    """

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle
        self.transport = cycle.transport

    @property
    def has_whole_body(self) -> bool:
        """All of the request is there."""
        return not self._cycle.more_body

    @property
    def takes_bytes(self) -> bool:
        """The client keeps up: what is sent does not wait for it."""
        return not self._cycle.flow.write_paused

    def answer_at_once(self, answer: WsgiAnswer) -> bool:
        """Send an answer that says that it is short, in one write, if the client keeps up.

        :returns: false if it is left as it was.
        :raises ValueError: it is not as long as it says, or has a header that is none.
        """
        length = int(answer.header("Content-Length") or SHORT + 1)
        if length > SHORT or not self.takes_bytes:
            return False
        body = b"".join(answer.chunks)
        if self._cycle.scope["method"] == "HEAD":
            body = b""
        elif len(body) != length:
            raise ValueError("the body is not as long as its head says")
        self._write(answer, body)
        return True

    def _write(self, answer: WsgiAnswer, body: bytes) -> None:
        """What uvicorn does in three steps, but for the reason phrase."""
        cycle = self._cycle
        if cycle.disconnected:
            return
        pieces = [_begin_head(answer.status)]
        for name, value in (*cycle.default_headers, *encode(answer.headers)):
            if HEADER_VALUE_RE.search(value):
                raise ValueError("a value that does not fit in its line")
            if name == b"connection" and value.lower() == b"close":
                cycle.keep_alive = False
            else:
                pieces += _begin_line(name), value, b"\r\n"
        pieces += b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n", body
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        self.transport.write(b"".join(pieces))
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()


def encode(headers: Iterable[Header]) -> list[RawHeader]:
    """Headers as ASGI has them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


@lru_cache(256)
def _begin_head(status: str) -> bytes:
    """The first line of an answer, with its own reason phrase: uvicorn would write another."""
    return f"HTTP/1.1 {status}\r\n".encode("latin-1")


@lru_cache(256)
def _begin_line(name: bytes) -> bytes:
    if HEADER_RE.search(name):
        raise ValueError("a name that does not fit in its line")
    return name + b": "
