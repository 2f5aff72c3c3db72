"""The shipped server: uvicorn's event loop, and a bridge that calls the WSGI application in it.

A call gets neither the loop nor a thread before its body is there, so a client that sends half of one harms nobody.
What would take long (a hash, a write) ends on the loop at once and is made again on a worker thread; see `blocking`.
"""

import asyncio
import io
import logging
import re
import socket
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any
from urllib.parse import unquote_to_bytes

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from legacygrid import blocking, forms
from legacygrid.app import AGAIN

#: Seconds that a body may take to arrive, a head to arrive, and a client to take what it asked for.
BODY_DEADLINE = 30.0
HEAD_DEADLINE = 30.0
SEND_DEADLINE = 30.0
#: Seconds that a kept-alive connection may be idle: nginx's default, which the clients of the time knew.
KEEP_ALIVE = 75
#: Seconds that calls have to end once the server is told to stop.
GRACE = 5
#: Bytes of a request's head; one megabyte in a query is three when every byte is escaped.
MAX_HEAD = 4 * 1024 * 1024
MAX_HEADERS = 200
#: Threads for what may wait: hashes run side by side on the cores, writes one after the other.
WORKERS = 4

log = logging.getLogger("legacygrid.server")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Bridge:
    """An ASGI application that answers with a WSGI one."""

    def __init__(self, app: Wsgi) -> None:
        self.app = app
        self.workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="legacygrid-worker")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        received = await self._body(scope, receive)
        if received is None:
            return
        status, headers, chunks = await self._answer(scope, received)
        try:
            await self._respond(scope, send, status, headers, chunks)
        except Exception as error:
            # The answer has begun: only a cut connection tells the client that it is not whole.
            log.error("answer cut: path=%s %s", scope["path"][:200], type(error).__name__)
            scope["legacygrid.abort"]()
        finally:
            close = getattr(chunks, "close", None)
            if close:
                close()

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The body, at most one byte over the limit; none if the client is gone."""
        message = await receive()
        if not message.get("more_body"):
            return message.get("body", b"") if message["type"] == "http.request" else None
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_DEADLINE):
                while True:
                    if message["type"] != "http.request":
                        return None
                    body += message.get("body", b"")
                    if len(body) > forms.MAX_BODY or not message.get("more_body"):
                        return bytes(body)
                    message = await receive()
        except TimeoutError:
            scope["legacygrid.too_slow"] = True
            return b""

    async def _answer(self, scope: Scope, body: bytes) -> tuple[int, list[tuple[str, str]], Iterable[bytes]]:
        environ = _environ(scope, body)
        answer = _call(self.app, environ)
        if AGAIN in environ:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self.workers, _call, self.app, _environ(scope, body))
        return answer

    async def _respond(
        self, scope: Scope, send: Send, status: int, headers: list[tuple[str, str]], chunks: Iterable[bytes]
    ) -> None:
        if scope["http_version"] == "1.0" and _length(headers) is None:
            chunks = await _spooled(chunks, headers)
        if "legacygrid.too_slow" in scope:
            # The rest of the body may come yet; nobody waits for it.
            headers.append(("Connection", "close"))
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        async with asyncio.timeout(SEND_DEADLINE) as deadline:
            await send({"type": "http.response.start", "status": status, "headers": encoded})
            for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                # Others have their turn between two chunks, and this client as long for the next as for the first.
                await asyncio.sleep(0)
                deadline.reschedule(asyncio.get_running_loop().time() + SEND_DEADLINE)
            await send({"type": "http.response.body", "body": b""})


def _call(app: Wsgi, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], Iterable[bytes]]:
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        started[:] = int(status[:3]), headers

    chunks = app(environ, start_response)
    return started[0], started[1], chunks


def _length(headers: list[tuple[str, str]]) -> str | None:
    return next((value for name, value in headers if name.lower() == "content-length"), None)


async def _spooled(chunks: Iterable[bytes], headers: list[tuple[str, str]]) -> Iterator[bytes]:
    """HTTP/1.0 has no chunks: the answer goes to disk first, so that its length is known."""
    file = tempfile.SpooledTemporaryFile(max_size=1024 * 1024)  # noqa: SIM115 - closed once it is read
    for chunk in chunks:
        file.write(chunk)
        await asyncio.sleep(0)
    headers.append(("Content-Length", str(file.tell())))
    file.seek(0)
    return _read(file)


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while data := file.read(64 * 1024):
            yield data


def _environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """The WSGI environ of a request whose body is there (PEP 3333)."""
    server = scope["server"] or ("localhost", 0)
    client = scope["client"] or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for mark in ("legacygrid.cut_short", "legacygrid.too_slow"):
        if mark in scope:
            environ[mark] = True
    for name, value in scope["headers"]:
        key = _HEADER.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


_HEADER = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP, for the clients of 2012: long and raw queries, and those that stop talking but listen on."""

    _request_line = True
    _head = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first head its time."""
        super().connection_made(transport)
        # Its access log has the query in it, and old clients have their secrets in the query.
        self.access_log = False
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._head_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in bytes, raw UTF-8 in the request line too, which browsers and old libraries send."""
        if self._request_line:
            data = self._escaped(data)
        super().data_received(data)
        if self._head:
            self._head += len(data)
            if self._head > MAX_HEAD:
                self.send_400_response("The head of the request is too large.")

    def _escaped(self, data: bytes) -> bytes:
        found = _REQUEST_LINE.match(data)
        if found is None:
            return data
        self._request_line = b"\n" not in found[0].lstrip(b"\r\n")
        return _HIGH.sub(lambda byte: b"%%%02X" % ord(byte[0]), found[0]) + data[found.end() :]

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._head = 1
        if self._deadline is None:
            self._await_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header. More than a client has any use for end in the parser's own 400."""
        super().on_header(name, value)
        if len(self.headers) > MAX_HEADERS:
            raise ValueError("too many headers")

    def on_headers_complete(self) -> None:
        """A head is there. The query is kept from httptools' URL parser, which takes 65,535 bytes and cuts at a #."""
        self._head = 0
        self._request_line = False
        self._head_is_there()
        self.url, _, query = self.url.partition(b"?")
        super().on_headers_complete()
        self.scope["query_string"] = query
        self.scope["legacygrid.abort"] = self.transport.abort  # type: ignore[typeddict-unknown-key]

    def on_message_complete(self) -> None:
        """A request is there; another may follow."""
        super().on_message_complete()
        self._request_line = True

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client has said all it has to say. Answer it, if there is something to answer: it may still listen."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete or self.transport.is_closing():
            return False
        cycle.keep_alive = False
        if cycle.more_body:
            cycle.scope["legacygrid.cut_short"] = True  # type: ignore[typeddict-unknown-key]
            cycle.more_body = False
            cycle.message_event.set()
        return True

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_DEADLINE, self._give_up)

    def _head_is_there(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.close()


_REQUEST_LINE = re.compile(rb"[\r\n]*[^\r\n]*\n?")
_HIGH = re.compile(rb"[\x80-\xff]")


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
