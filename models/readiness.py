"""Whether the store takes what is written to it: a real write, bounded in time."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from legacygrid import reasons
from legacygrid.models.store_files import StoreFiles

#: Seconds that an answer is good for: however many ask, the store is written to twice a second.
FRESH = 0.5


class Readiness:
    """Asks the store by a connection of its own, which waits for nobody's turn.

    :param connection: open as long as this; any thread uses it.
    """

    def __init__(self, connection: sqlite3.Connection, files: StoreFiles) -> None:
        self._connection = connection
        self._files = files
        self._lock = threading.Lock()
        self._answer = ""
        self._expires = 0.0

    def check(self, timeout: float) -> str:
        """Why nothing can be stored at the moment, in words; empty if it can.

        :param timeout: seconds that it takes at most.
        """
        if not self._lock.acquire(timeout=timeout):
            return "another process holds the store"
        try:
            if monotonic() >= self._expires:
                self._answer = self._ask(timeout)
                self._expires = monotonic() + FRESH
            return self._answer
        finally:
            self._lock.release()

    def _ask(self, timeout: float) -> str:
        try:
            self._files.verify()
            if self._files.is_full:
                return "the disk is full"
            with self._transaction(timeout) as version:
                # The same number again; the page that has it is written.
                self._connection.execute(f"PRAGMA user_version = {version}")
        except (sqlite3.Error, OSError, reasons.StoreUnavailable) as error:
            return self._files.explain(error).hint
        return ""

    @contextmanager
    def _transaction(self, timeout: float) -> Iterator[int]:
        execute = self._connection.execute
        execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")
        execute("BEGIN IMMEDIATE")
        try:
            yield int(execute("PRAGMA user_version").fetchone()[0])
            execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                execute("ROLLBACK")
