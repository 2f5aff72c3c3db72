"""Whether the store takes what is written to it: a real write, bounded in time."""

import sqlite3
import threading
from time import monotonic

from legacygrid import reasons
from legacygrid.models.store_files import StoreFiles

#: Seconds that an answer is good for: however many ask, the store is written to twice a second.
FRESH = 0.5
#: Milliseconds of one attempt to write.
ATTEMPT = 50


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
            self._write(timeout)
        except (sqlite3.Error, OSError, reasons.StoreUnavailable) as error:
            return self._files.explain(error).hint
        return ""

    def _write(self, timeout: float) -> None:
        execute = self._connection.execute
        if not self._begin(timeout):
            return
        try:
            (version,) = execute("PRAGMA user_version").fetchone()
            # The same number again; the page that has it is written.
            execute(f"PRAGMA user_version = {version}")
            execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                execute("ROLLBACK")

    def _begin(self, timeout: float) -> bool:
        """Begin a transaction, unless somebody has written meanwhile: many who write, of several
        processes, may leave no gap between them.
        """
        self._connection.execute(f"PRAGMA busy_timeout = {ATTEMPT}")
        version, deadline = self._find_version(), monotonic() + timeout
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                return True
            except sqlite3.OperationalError as error:
                is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not is_busy or monotonic() >= deadline:
                    raise
            if self._find_version() != version:
                return False

    def _find_version(self) -> int:
        """What is another after each commit of another connection, of whatever process."""
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version
