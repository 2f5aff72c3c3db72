"""A v3 side that breaks at one request of many: before the request is carried out, after it, or within the answer."""

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

#: What becomes of a request: it is not carried out, or it is and the answer is lost, cut, no JSON, or never comes.
REFUSED, LOST, HALF, GARBAGE, SILENT, FAILED = WAYS = "refused", "lost", "half", "garbage", "silent", "failed"
#: It is not carried out, as too much is asked at once.
BUSY = "busy"


class BrokenUpstream:
    """Passes requests on to another server.

    :param target: its URL.
    :ivar breaks_at: the number of the request at which it breaks, from 0; none for no such.
    :ivar for_good: whether it stays so.
    """

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.breaks_at: int | None = None
        self.way, self.for_good = REFUSED, False
        self.seen: list[str] = []
        self.stopped = threading.Event()
        self.url = ""

    def breaking(self, at: int | None, way: str = REFUSED, *, for_good: bool = False) -> None:
        """Begin anew, to break there."""
        self.seen.clear()
        self.breaks_at, self.way, self.for_good = at, way, for_good

    def fate(self, line: str) -> str:
        """What becomes of the next request; empty for nothing special."""
        number, at = len(self.seen), self.breaks_at
        self.seen.append(line)
        is_hit = at is not None and (number >= at if self.for_good else number == at)
        return self.way if is_hit else ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        way = self.server.upstream.fate(f"{self.command} {self.path}")
        if way == REFUSED:
            self.close_connection = True
        elif way == FAILED:
            self.answer(500, b'{"errors":[{"field":null,"message":"internal server error"}]}')
        elif way == BUSY:
            self.answer(429, b'{"errors":[{"field":null,"message":"too many requests"}]}')
        else:
            status, data = self.pass_on(body)
            self.break_off(way, status, data)

    def pass_on(self, body: bytes) -> tuple[int, bytes]:
        host, port = self.server.upstream.target.hostname or "", self.server.upstream.target.port
        headers = {name: value for name, value in self.headers.items() if name not in ("Host", "Connection", "Via")}
        with closing(http.client.HTTPConnection(host, port, timeout=10)) as connection:
            connection.request(self.command, f"{self.server.upstream.target.path}{self.path}", body, headers)
            response = connection.getresponse()
            return response.status, response.read()

    def break_off(self, way: str, status: int, data: bytes) -> None:
        if way == SILENT:
            self.server.upstream.stopped.wait(30)
        if way in (LOST, SILENT):
            self.close_connection = True
        elif way == HALF:
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + data[:10])
        elif way == GARBAGE:
            self.answer(200, b"<html>Welcome</html>")
        else:
            self.answer(status, data)

    def answer(self, status: int, data: bytes) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


for _verb in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    setattr(_Handler, f"do_{_verb}", _Handler.handle_any)


class _Server(ThreadingHTTPServer):
    def __init__(self, upstream: BrokenUpstream) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream


@contextmanager
def breaking_before(target: str, tls: ssl.SSLContext | None = None) -> Iterator[BrokenUpstream]:
    """One that listens.

    :param tls: by https, with this certificate.
    """
    upstream = BrokenUpstream(target)
    with _Server(upstream) as server:
        upstream.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield upstream
        finally:
            upstream.stopped.set()
            server.shutdown()
            thread.join()
