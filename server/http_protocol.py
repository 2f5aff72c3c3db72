"""HTTP for the clients of 2012: uvicorn's protocol, with what those need, and limits on what they
can do to others.
"""

import asyncio
from collections.abc import Collection

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from legacygrid.server.exchange import Exchange
from legacygrid.server.shared_state import shared_state
from legacygrid.wsgi.environ_keys import CUT_SHORT, EXCHANGE

#: Seconds that the head of a request may take to arrive.
HEAD_DEADLINE = 30.0
#: Seconds that the last bytes of an answer may wait for their client.
LINGER = 30.0
#: Seconds for a client's TLS close_notify, when the server ends.
GOODBYE = 0.5
#: Bytes of a request's head: names and values of its headers and trailers, and the line before
#: them. Servers of the time took 8 to 32 KiB.
MAX_HEAD = 64 * 1024
MAX_HEADERS = 200

#: What a client is told that is one too many.
TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
    b"Content-Length: 0\r\n\r\n"
)

#: What a client is told whose request's head is over the limit.
HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain\r\n"
    b"Connection: close\r\nContent-Length: 37\r\n\r\nThe head of the request is too large."
)

_ESCAPES = {byte: f"%{byte:02X}" for byte in range(0x80, 0x100)}


class _Flow(FlowControl):
    """Reads no more of a client while requests of it wait: uvicorn would read on, whatever is
    queued.
    """

    def __init__(self, transport: asyncio.Transport, waiting: Collection[object]) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        """Read on, once no request waits."""
        if not self._waiting:
            super().resume_reading()


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP, for long and raw queries, and for clients that stop sending, reading, or
    both.
    """

    #: The request line is not complete; a byte of it was there.
    _in_line = True
    _line_begun = False
    #: Bytes since the parser last made something of them.
    _pending = 0
    #: Bytes of the head, as far as it is read; whether it has begun and not ended.
    _head_size = 0
    _in_head = False
    _head_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head, HEAD_DEADLINE seconds at most."""
        super().connection_made(transport)
        self.flow = _Flow(transport, self.pipeline)
        # Its access log has the query in it, and old clients have their secrets in the query.
        self.access_log = False
        self.shared = shared_state(self.server_state)
        self.client = self.shared.origins.get(self.client, self.client)
        if not self.shared.limits.admit(self, self.client[0] if self.client else ""):
            self._refuse_connection()
            return
        self.shared.limits.mark_idle(self)
        self._await_head()

    def _refuse_connection(self) -> None:
        """Say that there are too many connections, to a client that has not asked yet."""
        self.transport.write(TOO_MANY)
        self.transport.close()

    def drop(self) -> None:
        """End a connection of which nothing is wanted just now."""
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadlines."""
        self.shared.limits.release(self)
        self._cancel_head_deadline()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read bytes. The request line may have raw UTF-8, as browsers and old libraries send."""
        self._pending += len(data)
        super().data_received(self._escaped(data) if self._in_line else data)
        if self._pending > MAX_HEAD and not self.transport.is_closing():
            self._refuse_head()
        if self._in_head and self._head_deadline is None:
            self._await_head()
        self._start_idle_timeout()

    def _escaped(self, data: bytes) -> bytes:
        begin = 0 if self._line_begun else len(data) - len(data.lstrip(b"\r\n"))
        end = data.find(b"\n", begin)
        self._line_begun = begin < len(data)
        self._in_line = end < 0
        line = data[begin:] if end < 0 else data[begin:end]
        escaped = line if line.isascii() else line.decode("latin-1").translate(_ESCAPES).encode()
        return data[:begin] + escaped + data[begin + len(line) :]

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or too much of it."""
        if self._head_size > MAX_HEAD:
            self._refuse_head()
        else:
            super().send_400_response(msg)

    def _refuse_head(self) -> None:
        self.transport.write(HEAD_TOO_LARGE)
        self.transport.close()

    def _start_idle_timeout(self) -> None:
        """Start the timeout of an idle connection: bytes that begin no request, such as empty lines
        or the rest of a refused body, do not keep it open.
        """
        is_idle = (
            self.cycle is not None and self.cycle.response_complete and self._head_deadline is None
        )
        if is_idle and self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._head_size, self._in_head = 0, True

    def on_url(self, url: bytes) -> None:
        """Read a piece of the request line."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Read a header. More than MAX_HEADERS end in the parser's own 400. What comes behind the
        last chunk of a body is a trailer, and forgotten: no proxy on the way has looked at it
        (RFC 9110, 6.5.1).
        """
        self._count(len(name) + len(value))
        if not self._in_head:
            return
        super().on_header(name, value)
        if len(self.headers) > MAX_HEADERS:
            raise ValueError("too many headers")

    def _count(self, size: int) -> None:
        self._head_size += size
        if self._head_size > MAX_HEAD:
            raise ValueError("the head is too large")

    def on_headers_complete(self) -> None:
        """A head is there. The query is kept from httptools' URL parser, which takes 65,535 bytes
        and cuts at a #.
        """
        self._pending = 0
        self._in_line = self._in_head = False
        self._cancel_head_deadline()
        self.url, _, query = self.url.partition(b"?")
        super().on_headers_complete()
        self.scope["query_string"] = query
        self.shared.limits.mark_busy(self)
        self.scope[EXCHANGE] = Exchange(self.cycle)  # type: ignore[literal-required]

    def on_body(self, body: bytes) -> None:
        """A part of a body is there."""
        self._pending = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is there; another may follow."""
        super().on_message_complete()
        self._pending = 0
        self._in_line, self._line_begun = True, False

    def on_response_complete(self) -> None:
        """An answer is written; its last bytes wait for the client LINGER seconds at most."""
        super().on_response_complete()
        if not self.pipeline:
            self.shared.limits.mark_idle(self)
        self._linger(self.cycle, 0)

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client sends no more. Answer the request in hand, if there is one: the client may
        still read.
        """
        cycle = self.cycle
        if cycle is None or cycle.response_complete or self.transport.is_closing():
            return False
        cycle.keep_alive = False
        if cycle.more_body:
            cycle.scope[CUT_SHORT] = True  # type: ignore[literal-required]
            cycle.more_body = False
        # What waits for something is answered at once.
        cycle.message_event.set()
        return True

    def _linger(self, cycle: object, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if self.cycle is not cycle or not left:
            return
        if left == before:
            self.transport.abort()
        else:
            self.loop.call_later(LINGER, self._linger, cycle, left)

    def _await_head(self) -> None:
        self._head_deadline = self.loop.call_later(HEAD_DEADLINE, self._close_unread)

    def _cancel_head_deadline(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _close_unread(self) -> None:
        self._head_deadline = None
        self.transport.close()


class Secure(Protocol):
    """HTTP under TLS, where neither side can close its half alone."""

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client is gone."""
        super().eof_received()
        return False

    def shutdown(self) -> None:
        """Close, without waiting for the close_notify of an idle client."""
        super().shutdown()
        if self.transport.is_closing():
            self.loop.call_later(GOODBYE, self.transport.abort)
