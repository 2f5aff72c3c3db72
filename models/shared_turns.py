"""Whose turn it is to write, of processes that know of each other.

SQLite has a process that waits for another look again and again, with pauses of up to 100 ms, in
which whoever writes much begins anew: it may come too late for seconds. Here, whoever waits is the
next. It is no more than that: that one writes at a time is SQLite's own care.
"""

import fcntl
import time

from legacygrid.models.writing import Turns

#: Bytes that stand for the place of who is next, and for that of who writes.
_NEXT, _WRITES = 0, 1
#: Seconds between two looks, and for which it is looked: then somebody hangs, and SQLite decides.
_LOOK, _PATIENCE = 0.0005, 1.0


class SharedTurns(Turns):
    """By locks on a file, which the system takes back from a process that ends.

    :param descriptor: of a file that all of the processes have open; closing it, or any other one
        of that file, would give the locks away.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def take(self) -> None:
        """Wait until it is this process's turn."""
        until = time.monotonic() + _PATIENCE
        self._lock(_NEXT, until)
        self._lock(_WRITES, until)
        self._unlock(_NEXT)

    def leave(self) -> None:
        """It is the next one's turn; also if it was not this one's."""
        self._unlock(_WRITES)

    def _lock(self, byte: int, until: float) -> None:
        while True:
            try:
                fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
            except OSError:
                if time.monotonic() >= until:
                    return
                time.sleep(_LOOK)
            else:
                return

    def _unlock(self, byte: int) -> None:
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, byte)
