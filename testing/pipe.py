"""A socket that has the emulator at its other end, for whatever speaks HTTP by Python's
`http.client`.

So the client's own code does all of its work (timeouts, retries, chunks, connections that break),
and no byte leaves the process.
"""

import http.client
import io
from collections.abc import Iterator
from typing import IO, Any

from legacygrid.testing.wsgi import Request, WireAnswer, default_timeout, send
from legacygrid.wsgi.worlds import Wsgi


class Pipe:
    """What `http.client` needs of a socket: one request is written, its answer is read.

    :param base: scheme and host of what the client believes to speak to,
        `https://api.sendgrid.com`.
    :param timeout: seconds, as `http.client` has it.
    """

    def __init__(self, app: Wsgi, base: str, timeout: Any = None) -> None:
        self._app = app
        self._base = base
        self._sent = bytearray()
        self._timeout = default_timeout(timeout)

    def settimeout(self, timeout: float | None) -> None:
        """Seconds that the client waits from here on; none for ever."""
        self._timeout = timeout

    def gettimeout(self) -> float | None:
        """Seconds that the client waits."""
        return self._timeout

    def setsockopt(self, *_: Any) -> None:
        """There is nothing to set."""

    def sendall(self, data: Any) -> None:
        """Take in a piece of the request."""
        self._sent += data

    def shutdown(self, how: int) -> None:
        """There is nothing to shut."""

    def close(self) -> None:
        """There is nothing to close; whoever reads the answer has it."""

    def makefile(self, *_: Any, **__: Any) -> IO[bytes]:
        """The answer, made as it is read."""
        sent, self._sent = bytes(self._sent), bytearray()
        request = _parse(sent, self._base)
        answer = send(self._app, request)
        try:
            answer.delay(self._timeout)
        except OSError as error:
            answer.close()
            return io.BufferedReader(_Stream(iter(()), answer, error))
        return io.BufferedReader(_Stream(_written(answer, request.method), answer))


class _Stream(io.RawIOBase):
    """Reads what is made piece by piece, or fails as a socket does."""

    def __init__(
        self, pieces: Iterator[bytes], answer: WireAnswer, error: OSError | None = None
    ) -> None:
        self._pieces, self._answer, self._error = pieces, answer, error
        self._rest = b""

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next piece, or as much of it as there is room for.

        :raises OSError: the timeout is over, or the connection is reset.
        """
        if self._error:
            raise self._error
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def close(self) -> None:
        """Let go of the answer."""
        if not self.closed:
            self._answer.close()
        super().close()


def _parse(sent: bytes, base: str) -> Request:
    """The request whose bytes were written: `http.client` writes it whole before it reads."""
    head, _, body = sent.partition(b"\r\n\r\n")
    line, _, fields = head.partition(b"\r\n")
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers = list(http.client.parse_headers(io.BytesIO(fields + b"\r\n\r\n")).items())
    if any(name.lower() == "transfer-encoding" for name, _ in headers):
        body = b"".join(_read_chunks(io.BytesIO(body)))
    # To a proxy, the whole URL is written.
    return Request(method, target if "://" in target else base + target, headers, body)


def _read_chunks(file: IO[bytes]) -> Iterator[bytes]:
    while size := int(file.readline().partition(b";")[0], 16):
        yield file.read(size)
        file.readline()


def _written(answer: WireAnswer, method: str) -> Iterator[bytes]:
    """The answer as it goes over the wire; the connection ends with it."""
    names = {name.lower() for name, _ in answer.headers}
    is_bodiless = method == "HEAD" or answer.code in (204, 304)
    is_chunked = "content-length" not in names and not is_bodiless
    framing = [("Transfer-Encoding", "chunked")] if is_chunked else []
    lines = [
        f"{name}: {value}\r\n"
        for name, value in [*answer.headers, *framing, ("Connection", "close")]
    ]
    yield f"HTTP/1.1 {answer.code} {answer.reason}\r\n{''.join(lines)}\r\n".encode("latin-1")
    if is_bodiless:
        return
    for piece in answer.body():
        yield b"%x\r\n%s\r\n" % (len(piece), piece) if is_chunked else piece
    if is_chunked and not answer.is_cut:
        yield b"0\r\n\r\n"
