"""Ends a connection after a time: who answers it may be slow at each byte."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def ending_after(find: Callable[[], socket.socket | None], seconds: float) -> Iterator[None]:
    """Within the block, end a connection after that time.

    :param find: its socket, if there is one by then.
    """

    def end() -> None:
        if (connected := find()) is not None:
            hang_up(connected)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def hang_up(connected: socket.socket) -> None:
    """Have whoever reads from a socket or writes to it go on at once, with an error."""
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
