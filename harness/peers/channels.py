"""Messages between servers of one store: over TCP, after both sides have shown that they know the
store's secret. They are pickled, so nothing is read of one that has not.
"""

import hmac
import pickle
import secrets
import selectors
import socket
from contextlib import suppress
from time import monotonic
from typing import Any

#: Seconds that the other side may take for its part of the greeting, and for an answer.
GREETING, ANSWER = 5.0, 5.0
#: Bytes of a message, at most.
MOST = 2**30
_NONCE = _PROOF = 32
_LENGTH = 4


class UnprovenError(ConnectionError):
    """The other side does not know the secret."""


class Channel:
    """A connection by which messages go both ways. Whatever goes wrong is an OSError."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        connection.settimeout(ANSWER)

    def send(self, message: Any) -> None:
        """Send a message."""
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        self._socket.sendall(len(data).to_bytes(_LENGTH, "big") + data)

    def receive(self, timeout: float | None = ANSWER) -> Any:
        """The next message.

        :param timeout: seconds; none for as long as it takes.
        """
        self._socket.settimeout(timeout)
        length = int.from_bytes(_read(self._socket, _LENGTH), "big")
        if length > MOST:
            raise ConnectionError("that is no message")
        # Only a server of the same store wrote it.
        return pickle.loads(_read(self._socket, length))  # noqa: S301

    def wait(self) -> None:
        """Wait, as long as it takes, until a message has begun to come in, or the other side has
        ended it; nothing is taken.
        """
        self._socket.settimeout(None)
        self._socket.recv(1, socket.MSG_PEEK)

    def has_more(self) -> bool:
        """Whether a message has begun to come in, or the other side has ended it."""
        with suppress(OSError, ValueError), selectors.DefaultSelector() as looking:
            looking.register(self._socket, selectors.EVENT_READ)
            return bool(looking.select(0))
        return False

    def close(self) -> None:
        """End it; who waits for a message is told."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def connect(address: tuple[str, int], secret: str) -> Channel:
    """A channel to the server that leads.

    :param address: host and port.
    :raises OSError: nobody answers there, or UnprovenError: somebody else.
    """
    until = monotonic() + GREETING
    connection = socket.create_connection(address, GREETING)
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        own, theirs = secrets.token_bytes(_NONCE), _read(connection, _NONCE, until)
        connection.sendall(own + _prove(secret, b"follower", theirs, own))
        _check(_read(connection, _PROOF, until), _prove(secret, b"leader", theirs, own))
    except BaseException:
        connection.close()
        raise
    return Channel(connection)


def welcome(connection: socket.socket, secret: str) -> Channel:
    """A channel to a server that has connected.

    :raises OSError: it takes too long, or UnprovenError: it is somebody else.
    """
    until = monotonic() + GREETING
    connection.settimeout(GREETING)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    own = secrets.token_bytes(_NONCE)
    connection.sendall(own)
    theirs = _read(connection, _NONCE, until)
    proof = _read(connection, _PROOF, until)
    _check(proof, _prove(secret, b"follower", own, theirs))
    connection.sendall(_prove(secret, b"leader", own, theirs))
    return Channel(connection)


def _prove(secret: str, side: bytes, first: bytes, second: bytes) -> bytes:
    return hmac.digest(secret.encode(), side + first + second, "sha256")


def _check(given: bytes, wanted: bytes) -> None:
    if not hmac.compare_digest(given, wanted):
        raise UnprovenError("that is no server of this store")


def _read(connection: socket.socket, length: int, until: float | None = None) -> bytes:
    data = bytearray()
    while len(data) < length:
        if until is not None:
            # However slowly it comes.
            connection.settimeout(max(0.001, until - monotonic()))
        part = connection.recv(min(length - len(data), 2**20))
        if not part:
            raise ConnectionError("the other side has ended the connection")
        data += part
    return bytes(data)
