"""Requests to a WSGI application (PEP 3333): their environ, the call, and the answer."""

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from legacygrid.wsgi.environ_keys import WIRE
from legacygrid.wsgi.worlds import Wsgi

Header = tuple[str, str]
#: What every request has: threads, and a server that can delay, cut and reset answers.
_SERVER: Mapping[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
    WIRE: None,
}
#: The keys of headers that most requests have.
_USUAL = {
    name: f"HTTP_{name.upper().replace('-', '_')}"
    for name in (
        *("accept", "accept-encoding", "accept-language", "authorization", "connection", "cookie"),
        *("host", "origin", "referer", "user-agent", "x-forwarded-for", "x-forwarded-proto"),
    )
}
#: The body is there, however it was framed.
_FRAMING = frozenset({"HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"})
#: A slash within a part of a path, and what would be taken for one if it were decoded.
_SLASH = re.compile(rb"%((?:25)*2[fF])")


def environ(
    method: str,
    path: str | bytes,
    query: str = "",
    headers: Iterable[Header] = (),
    body: bytes = b"",
    *,
    scheme: str = "http",
    version: str = "1.1",
    server: tuple[str, int] = ("localhost", 80),
    address: str = "127.0.0.1",
) -> dict[str, Any]:
    """The environ of a request whose body is there.

    :param path: as it is on the wire, percent-encoded.
    :param headers: in their order; values of the same name are joined by a comma.
    :param version: of HTTP.
    :param server: host and port that were called.
    :param address: the client's IP address.
    """
    made: dict[str, Any] = {
        **_SERVER,
        "REQUEST_METHOD": method,
        "PATH_INFO": _decode(path if isinstance(path, bytes) else path.encode()),
        "QUERY_STRING": query,
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{version}",
        "REMOTE_ADDR": address,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
    }
    for name, value in headers:
        key = _USUAL.get(name) or _key(name)
        if key not in _FRAMING:
            made[key] = f"{made[key]},{value}" if key in made else value
    return made


def _decode(path: bytes) -> str:
    """A path as WSGI has it. In those of REST APIs names stand, which may have slashes: these stay
    encoded, and `path_templates.read_part` decodes them.
    """
    if b"/v3/" in path:
        path = _SLASH.sub(rb"%25\1", path)
    return unquote_to_bytes(path).decode("latin-1")


def _key(name: str) -> str:
    # A name with an underscore is another header.
    if name.lower() == "content-type":
        return "CONTENT_TYPE"
    return f"HTTP_{name.upper().replace('-', '_')}"


@dataclass
class WsgiAnswer:
    """What an application answers.

    :param status: the number and the words of it.
    :param chunks: the body as the application makes it; `close` has to be called in the end.
    """

    status: str
    headers: list[Header]
    chunks: Iterable[bytes]

    @property
    def code(self) -> int:
        """The number of the status."""
        return int(self.status[:3])

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case; none if it is missing."""
        wanted = name.lower()
        return next((value for each, value in self.headers if each.lower() == wanted), None)

    def close(self) -> None:
        """Let the application free what the body is made from."""
        close: Callable[[], None] = getattr(self.chunks, "close", lambda: None)
        close()


def call(app: Wsgi, request: dict[str, Any]) -> WsgiAnswer:
    """The application's answer to a request, its body not made yet.

    :param request: of `environ`; the application may leave word in it.
    """
    answer = WsgiAnswer("500 Internal Server Error", [], ())

    def start_response(
        status: str, headers: list[Header], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        answer.status, answer.headers = status, list(headers)
        return lambda data: None

    answer.chunks = app(request, start_response)
    return answer
