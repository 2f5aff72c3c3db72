"""Waiting for calls and mail, in pieces that no timeout of a connection cuts."""

import time
from collections.abc import Callable
from typing import TypeVar

#: Seconds that one request waits.
_PIECE = 10.0
T = TypeVar("T")


def wait_until(timeout: float, look: Callable[[float], T], is_enough: Callable[[T], bool]) -> T:
    """What is there once it is enough, or when the time is over.

    :param timeout: seconds.
    :param look: asks for it, and waits for it that many seconds.
    """
    deadline = time.monotonic() + timeout
    while True:
        left = max(0.0, deadline - time.monotonic())
        found = look(round(min(left, _PIECE), 3))
        if left <= _PIECE or is_enough(found):
            return found
