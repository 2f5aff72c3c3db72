"""The connections to the one store: how SQLite is set, and one connection a thread."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import peewee

from legacygrid.models import search
from legacygrid.models.files import is_read_only
from legacygrid.models.repeated_reads import RememberingConnection
from legacygrid.models.store_files import StoreFiles

#: Seconds that a write of this process waits for one of another process.
BUSY_TIMEOUT = 5
PRAGMAS = {
    "journal_mode": "wal",
    # An answered write survives a crash of the machine, too.
    "synchronous": "full",
    "foreign_keys": 1,
    "cache_size": -4_000,
    # Some builds of SQLite write zeros in the place of all that is deleted, which takes more room
    # in the log than a full disk has.
    "secure_delete": "fast",
    # What the log keeps of the disk once it starts anew.
    "journal_size_limit": 4 * 1024 * 1024,
}
#: Of the connection that writes: as many KiB, below zero, where each thread's own has a quarter.
_CACHE_FOR_ALL = -16_000
#: Of a store that cannot be written to.
_READING = {"foreign_keys": 1, "cache_size": -4_000, "query_only": 1}


class _Explaining:
    """A block of `Sqlite.explaining`. Each call has several, so it is no generator, and one is
    enough for all.
    """

    def __init__(self, files: StoreFiles) -> None:
        self._files = files

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        is_engines = isinstance(error, peewee.DatabaseError | sqlite3.Error | OSError)
        if error is not None and is_engines and not isinstance(error, peewee.IntegrityError):
            raise self._files.explain(error) from error


class Sqlite(peewee.SqliteDatabase):
    """The engine; remembers each thread's connection, so that all of them can be closed by one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_read_only = is_read_only(path)
        super().__init__(
            _read_only_url(path) if self.is_read_only else str(path),
            pragmas=_READING if self.is_read_only else PRAGMAS,
            timeout=BUSY_TIMEOUT,
            check_same_thread=False,
            uri=self.is_read_only,
            factory=RememberingConnection,
        )
        #: Transactions of this process that came to the disk, those that shared a commit as one.
        self.commits = 0
        self.opened: list[tuple[threading.Thread, sqlite3.Connection]] = []
        search.register(self)
        self.files = StoreFiles(path)
        self._explaining = _Explaining(self.files)

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Peewee's; every statement of the models comes by here, or by `fetch`.

        :raises StoreUnavailable: the files are not those that were opened.
        """
        self.files.look()
        return super().execute_sql(sql, params)  # type: ignore[no-untyped-call]

    def fetch(self, sql: str, params: Sequence[object]) -> list[tuple[Any, ...]]:
        """All rows of a statement that reads, without Peewee's part: that costs as much as SQLite.

        :raises sqlite3.Error: the engine does not answer.
        :raises StoreUnavailable: the files are not those that were opened.
        """
        return self._look().execute(sql, params).fetchall()

    def change(self, sql: str, params: Sequence[object]) -> int:
        """How many rows a statement that writes changes, without Peewee's part.

        :raises sqlite3.Error: the engine does not take it.
        :raises StoreUnavailable: the files are not those that were opened.
        """
        return self._look().execute(sql, params).rowcount

    def insert(self, sql: str, params: Sequence[object]) -> int:
        """The number of the row that a statement inserts, without Peewee's part.

        :raises IntegrityError: Peewee's: a constraint of the table forbids it.
        :raises sqlite3.Error: the engine does not take it.
        :raises StoreUnavailable: the files are not those that were opened.
        """
        try:
            number: int = self._look().execute(sql, params).lastrowid  # type: ignore[assignment]
        except sqlite3.IntegrityError as error:
            raise peewee.IntegrityError(*error.args) from error
        return number

    def recall(self, sql: str, params: Sequence[object]) -> list[tuple[Any, ...]]:
        """`fetch` for what every call asks: the same rows as before, if nothing was written."""
        return self._look().recall(sql, params, self.commits)

    def _look(self) -> RememberingConnection:
        """This thread's connection, and a look at the files."""
        self.files.look()
        # Without Peewee's own look at whether there is one.
        state: Any = self._state  # type: ignore[attr-defined]
        connection: RememberingConnection
        connection = state.conn or self.connection()  # type: ignore[no-untyped-call]
        return connection

    def rollback(self) -> None:
        """Peewee's; where the disk is full, SQLite has rolled back by itself."""
        connection: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call]
        if connection.in_transaction:
            super().rollback()

    def _connect(self) -> sqlite3.Connection:
        # Some WSGI servers start a thread a call.
        for entry in [entry for entry in self.opened if not entry[0].is_alive()]:
            self.opened.remove(entry)
            entry[1].close()
        # SQLite would make a new file in the place of one that is gone.
        self.files.verify()
        connection: sqlite3.Connection = super()._connect()  # type: ignore[misc]
        self.opened.append((threading.current_thread(), connection))
        return connection

    def connect_for_all(self) -> sqlite3.Connection:
        """A connection that no thread has for its own; it stays as long as the store."""
        self.files.verify()
        connection: sqlite3.Connection = super()._connect()  # type: ignore[misc]
        connection.execute(f"PRAGMA cache_size = {_CACHE_FOR_ALL}")
        self.opened.append((threading.main_thread(), connection))
        return connection

    def borrow(self, connection: sqlite3.Connection) -> dict[str, Any]:
        """Have all statements of this thread go by that connection.

        :returns: what `give_back` takes.
        """
        state: Any = self._state  # type: ignore[attr-defined]
        own = dict(state.__dict__)
        state.set_connection(connection)
        return own

    def give_back(self, own: dict[str, Any]) -> None:
        """Have them go by the thread's own one again."""
        self._state.__dict__.update(own)  # type: ignore[attr-defined]

    def explaining(self) -> AbstractContextManager[None]:
        """Turn what the engine says when it cannot answer into a reason.

        :raises StoreUnavailable: the engine does not answer.
        """
        return self._explaining

    def anchor(self) -> sqlite3.Connection:
        """A connection that stays as long as the store: SQLite removes its log with the last one.
        From now on, the files have to be those that are there.
        """
        connection = sqlite3.connect(
            self.database, isolation_level=None, check_same_thread=False, uri=self.is_read_only
        )
        self.opened.append((threading.main_thread(), connection))
        if self.is_read_only:
            self.files.remember("")
        else:
            # The file shall hold the tables that were made just now, and their version.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self.files.remember("", "-wal", "-shm")
        return connection

    def close_everywhere(self) -> None:
        """Close the connections of all threads."""
        self.close()
        while self.opened:
            self.opened.pop()[1].close()


def _read_only_url(path: Path) -> str:
    """SQLite reads a file with a log beside it together with that. Without one, it shall not make
    one, nor look for other processes; then nobody may write to the file meanwhile.
    """
    has_log = Path(f"{path}-wal").exists()
    return f"{path.as_uri()}?{'mode=ro' if has_log else 'immutable=1'}"
