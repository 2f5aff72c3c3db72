"""How soon a thread that computes lets others have their turn, above all the event loop."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds, while a server runs; Python's own are ten times as many.
INTERVAL = 0.0005
_lock = threading.Lock()
#: What the interval was before each of the servers that run, oldest first.
_before: list[float] = []


@contextmanager
def switching_often() -> Iterator[None]:
    """Switch often within the block. Servers of one process may end in any order: the last brings
    back what was before the first.
    """
    with _lock:
        _before.append(sys.getswitchinterval())
        sys.setswitchinterval(INTERVAL)
    try:
        yield
    finally:
        with _lock:
            last = _before.pop()
            if not _before:
                sys.setswitchinterval(last)
