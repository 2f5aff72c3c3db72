"""The connections to the one store: how SQLite is set, and one connection a thread."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import peewee

from legacygrid import reasons
from legacygrid.models import account_index, search, triggers
from legacygrid.models.engines import sqlite_rows
from legacygrid.models.engines.explaining import Explaining, driver_errors
from legacygrid.models.engines.sqlite_dialect import SqliteDialect
from legacygrid.models.engines.sqlite_tables_beside import SqliteTablesBeside
from legacygrid.models.engines.thread_connections import ThreadConnections
from legacygrid.models.files import is_read_only
from legacygrid.models.repeated_reads import RememberingConnection
from legacygrid.models.store_files import StoreFiles
from legacygrid.models.undo_schema import WATCHING_NEW

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


class Sqlite(ThreadConnections, peewee.SqliteDatabase):
    """The engine: one file."""

    dialect = SqliteDialect()
    tables_beside = SqliteTablesBeside()
    #: What it says when it does not answer.
    errors = (peewee.DatabaseError, sqlite3.Error)

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
        search.register(self)
        self.files = StoreFiles(path)
        self._explaining = Explaining(self)

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

    def insert_all(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert many rows, by the statement that inserts one.

        :raises IntegrityError: a constraint of the table forbids one.
        """
        with driver_errors:
            self._look().executemany(sql, rows)

    def insert_columns(
        self,
        sql: str,
        slots: tuple[str, ...],
        columns: Mapping[str, Sequence[object]],
        same: Mapping[str, object],
    ) -> None:
        """See `Compiled.insert_columns`."""
        sqlite_rows.insert_columns(self._look(), sql, slots, columns, same)

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
        self.close_abandoned()
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

    def begin_writing(self, connection: sqlite3.Connection) -> None:
        """Begin a transaction of the only writer."""
        connection.execute("BEGIN IMMEDIATE")

    def end_writing(self, connection: sqlite3.Connection) -> None:
        """Commit it."""
        connection.execute("COMMIT")

    def is_writing(self, connection: sqlite3.Connection) -> bool:
        """Whether a transaction is open."""
        return connection.in_transaction

    def is_lost(self, connection: sqlite3.Connection) -> bool:
        """Whether a connection is of no use any more; none of a file is."""
        return False

    def attempting(self) -> AbstractContextManager[None]:
        """A block that a constraint may end, after which the transaction goes on."""
        return nullcontext()

    @contextmanager
    def adding_very_many(self, is_new: bool) -> Iterator[None]:
        """With less to do for each row."""
        connection: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call]
        names = WATCHING_NEW if is_new else ()
        with account_index.paused(connection), triggers.without(connection, names):
            yield

    def proposes(self) -> bool:
        """If this SQLite can have that index."""
        return account_index.is_kept(self.connection())  # type: ignore[no-untyped-call]

    def verify(self) -> None:
        """See `StoreFiles.verify`."""
        self.files.verify()

    def confirm(self) -> None:
        """See `StoreFiles.confirm`."""
        self.files.confirm()

    def explain(self, error: BaseException) -> reasons.StoreUnavailable:
        """Why the engine does not answer."""
        return self.files.explain(error)

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


def _read_only_url(path: Path) -> str:
    """SQLite reads a file with a log beside it together with that. Without one, it shall not make
    one, nor look for other processes; then nobody may write to the file meanwhile.
    """
    has_log = Path(f"{path}-wal").exists()
    return f"{path.as_uri()}?{'mode=ro' if has_log else 'immutable=1'}"
