"""A v3 side that says, byte by byte, whatever a test wants it to."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO

#: What is written for a request of this head; the connection ends where it returns false.
Respond = Callable[[socket.socket, bytes], bool]


class ScriptedUpstream:
    """Listens until it is closed.

    :ivar seen: the head of each request.
    """

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.seen: list[bytes] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as file, suppress(OSError):
            while head := _read_request(file):
                self.seen.append(head)
                if not self._respond(connection, head):
                    return

    def close(self) -> None:
        """Listen no more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _read_request(file: BinaryIO) -> bytes:
    """The head of a request, whose body is read, too; empty at the end of the connection."""
    lines = []
    while (line := file.readline()) != b"\r\n":
        if not line:
            return b""
        lines.append(line)
    lengths = [int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")]
    file.read(sum(lengths))
    return b"".join(lines)


def answering(*answers: bytes) -> Respond:
    """The answers one after the other, the last again and again; the connection stays."""
    left = list(answers)

    def respond(connection: socket.socket, head: bytes) -> bool:
        connection.sendall(left.pop(0) if left[1:] else left[0])
        return True

    return respond


def dripping(first: bytes, byte: bytes, is_over: threading.Event) -> Respond:
    """An answer of which a byte comes now and then, without an end."""

    def respond(connection: socket.socket, head: bytes) -> bool:
        connection.sendall(first)
        while not is_over.wait(0.05):
            connection.sendall(byte)
        return False

    return respond


def http(status: int, body: bytes = b"", headers: Sequence[str] = ()) -> bytes:
    """An answer."""
    lines = [f"HTTP/1.1 {status} Status", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@contextmanager
def scripted(respond: Respond) -> Iterator[ScriptedUpstream]:
    """One that listens."""
    upstream = ScriptedUpstream(respond)
    try:
        yield upstream
    finally:
        upstream.close()
