"""Waiting for calls and mail, in pieces that no timeout of a connection cuts."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from legacygrid.harness.durations import read_duration

#: Seconds that one request waits.
_PIECE = 10.0
#: Seconds, or `5s`, `500ms`, `1m`.
Duration = float | str | timedelta
T = TypeVar("T")


def to_seconds(timeout: Duration) -> float:
    """The seconds of a timeout.

    :raises ValueError: it is no duration.
    """
    return timeout if isinstance(timeout, int | float) else read_duration(timeout)


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
