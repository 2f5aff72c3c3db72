"""The connections to the one store: how SQLite is set, and one connection a thread."""

import sqlite3
import threading

import peewee

#: Seconds that a write of this process waits for one of another process.
BUSY_TIMEOUT = 5
PRAGMAS = {
    "journal_mode": "wal",
    # An answered write survives a crash of the machine, too.
    "synchronous": "full",
    "foreign_keys": 1,
    "cache_size": -16_000,
}


class Sqlite(peewee.SqliteDatabase):
    """The engine; remembers each thread's connection, so that all of them can be closed by one."""

    def __init__(self, path: str) -> None:
        super().__init__(path, pragmas=PRAGMAS, timeout=BUSY_TIMEOUT, check_same_thread=False)
        self.opened: list[tuple[threading.Thread, sqlite3.Connection]] = []

    def _connect(self) -> sqlite3.Connection:
        # Some WSGI servers start a thread a call.
        for entry in [entry for entry in self.opened if not entry[0].is_alive()]:
            self.opened.remove(entry)
            entry[1].close()
        connection: sqlite3.Connection = super()._connect()  # type: ignore[misc]
        self.opened.append((threading.current_thread(), connection))
        return connection

    def close_everywhere(self) -> None:
        """Close the connections of all threads."""
        self.close()
        while self.opened:
            self.opened.pop()[1].close()
