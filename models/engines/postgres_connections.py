"""The connections to PostgreSQL: how they are set, and what is asked of them."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import repeat
from typing import Any, TypeVar

import peewee
import psycopg
from psycopg import conninfo
from psycopg.pq import TransactionStatus

from legacygrid import reasons
from legacygrid.models.engines.explaining import Explaining, driver_errors
from legacygrid.models.engines.postgres_dialect import PostgresDialect
from legacygrid.models.engines.postgres_direct import PreparingConnection, read_prepared
from legacygrid.models.engines.postgres_pool import PooledConnections
from legacygrid.models.engines.postgres_tables_beside import PostgresTablesBeside
from legacygrid.models.engines.postgres_values import Context
from legacygrid.models.engines.postgres_words import as_query, explain
from legacygrid.models.files import StoreError

#: What connections have unless the URL says otherwise: seconds that it takes to connect, and
#: milliseconds for which what was sent is not confirmed.
_USUAL: Mapping[str, str] = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "application_name": "legacygrid",
}
#: Who writes holds this lock of the database, so that one process writes at a time, as on SQLite:
#: what is read in a transaction holds until its end, and nothing has to be done again. By schema.
_LOCK = "SELECT pg_advisory_xact_lock(1279740228, hashtext(current_schema()))"
#: Of the session: a write of this process waits so long for one of another.
_SETTINGS = "SET lock_timeout = '5s'; SET standard_conforming_strings = on"
#: What comes of `BEGIN`, by what Peewee's `atomic` is given.
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ"
_HOW = "write postgresql://USER@HOST/NAME, with %40 for an @ in a password, and so on"
Connection = psycopg.Connection[tuple[Any, ...]]
T = TypeVar("T")


class Postgres(PooledConnections, peewee.PostgresqlDatabase):
    """The engine: a server."""

    dialect = PostgresDialect()
    tables_beside = PostgresTablesBeside()
    #: What it says when it does not answer.
    errors = (peewee.DatabaseError, psycopg.Error)

    def __init__(self, url: str) -> None:
        try:
            given = conninfo.conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            # It may hold a password, so it is not shown.
            raise StoreError(f"that is not a database URL; {_HOW}") from None
        self._conninfo = conninfo.make_conninfo("", **{**_USUAL, **given})
        self._context = Context()
        self._explaining = Explaining(self)
        super().__init__(str(given.get("dbname", "")), prefer_psycopg3=True)

    def connect_for_all(self) -> Connection:
        """A connection that no thread has for its own; it stays as long as the store."""
        connection = PreparingConnection.connect(
            self._conninfo, autocommit=True, context=self._context
        )
        connection.execute(_SETTINGS)
        self.opened = [each for each in self.opened if not each[1].closed]
        self.opened.append((threading.main_thread(), connection))
        return connection

    def _ask(self, ask: Callable[[Connection], T]) -> T:
        """Ask a connection; a second one, if the first turns out to have been cut: only outside of
        a transaction, where there is nothing to lose.
        """
        connection = self.own()
        state: Any = self._state  # type: ignore[attr-defined]
        with driver_errors:
            try:
                return ask(connection)
            except psycopg.OperationalError:
                if state.transactions or not connection.closed:
                    raise
            finally:
                self.free()
            try:
                return ask(self.own())
            finally:
                self.free()

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Peewee's; every statement of the models comes by here, or by `fetch`."""
        # Which index serves depends on the pattern: each gets a plan of its own.
        prepare = False if "ILIKE" in sql else None
        return self._ask(
            lambda connection: connection.execute(as_query(sql), params or None, prepare=prepare)
        )

    def fetch(self, sql: str, params: Sequence[object]) -> list[tuple[Any, ...]]:
        """All rows of a statement that reads, without Peewee's part."""
        cursor = self.execute_sql(sql, params)
        # What deletes has no rows to fetch; `description` would describe each column.
        rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.pgresult.nfields else []
        return rows

    def recall(self, sql: str, params: Sequence[object]) -> list[tuple[Any, ...]]:
        """The rows of what every call asks for. Whether anybody has written to the store, nobody
        knows without asking the server; so they are read each time.
        """
        if self._state.conn is not None:  # type: ignore[attr-defined]
            # In a transaction.
            return self.fetch(sql, params)
        connection = self.pool.take()
        try:
            rows = read_prepared(connection, sql, params)
        finally:
            self.pool.give(connection)
        return self.fetch(sql, params) if rows is None else rows

    def change(self, sql: str, params: Sequence[object]) -> int:
        """How many rows a statement that writes changes, without Peewee's part."""
        return self._ask(lambda connection: connection.execute(as_query(sql), params).rowcount)

    def insert(self, sql: str, params: Sequence[object]) -> int:
        """The number of the row that a statement inserts; 0, if the table gives none."""
        rows = self._ask(lambda connection: connection.execute(as_query(sql), params).fetchall())
        return rows[0][0] if rows and isinstance(rows[0][0], int) else 0

    def insert_all(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert many rows, by the statement that inserts one."""
        self._ask(lambda connection: connection.cursor().executemany(as_query(sql), rows))

    def insert_columns(
        self,
        sql: str,
        slots: tuple[str, ...],
        columns: Mapping[str, Sequence[object]],
        same: Mapping[str, object],
    ) -> None:
        """See `Compiled.insert_columns`."""
        each = (columns[name] if name in columns else repeat(same[name]) for name in slots)
        self.insert_all(sql, zip(*each, strict=False))

    def begin(self, kind: str | None = None) -> None:
        """Peewee's; see `StoreDatabase.atomic`."""
        connection = self.own()
        with driver_errors:
            try:
                if kind == "DEFERRED":
                    connection.execute(_READING)
                else:
                    self.begin_writing(connection)
            except BaseException:
                self.free()
                raise

    def begin_writing(self, connection: Connection) -> None:
        """Begin a transaction of the only writer of all processes."""
        connection.execute("BEGIN")
        try:
            connection.execute(_LOCK)
        except psycopg.Error:
            # Another process has it for too long.
            connection.rollback()
            raise

    def commit(self) -> None:
        """Peewee's, of this thread's transaction."""
        _require_sound(self.own())
        super().commit()

    def end_writing(self, connection: Connection) -> None:
        """Commit it."""
        _require_sound(connection)
        connection.execute("COMMIT")

    def is_writing(self, connection: Connection) -> bool:
        """Whether a transaction is open."""
        return not connection.closed and (
            connection.info.transaction_status != TransactionStatus.IDLE
        )

    def is_lost(self, connection: Connection) -> bool:
        """Whether the server has closed a connection."""
        return connection.closed

    @contextmanager
    def attempting(self) -> Iterator[None]:
        """A savepoint: PostgreSQL takes nothing more in a transaction in which something failed."""
        connection = self.own()
        connection.execute("SAVEPOINT attempt")
        try:
            yield
        except peewee.IntegrityError:
            connection.execute("ROLLBACK TO attempt")
            raise
        connection.execute("RELEASE attempt")

    @contextmanager
    def adding_very_many(self, is_new: bool) -> Iterator[None]:
        """Triggers stay: to take them away would have all others wait. The planner shall know how
        many there are by now.
        """
        yield
        self.execute_sql("ANALYZE account")
        self.execute_sql("ANALYZE login")

    def proposes(self) -> bool:
        """Its planner uses the index of trigrams, if there is one."""
        return False

    def verify(self) -> None:
        """A server tells by itself."""

    def confirm(self) -> None:
        """A commit that it answered is on its disk."""

    def explain(self, error: BaseException) -> reasons.StoreUnavailable:
        """Why the engine does not answer."""
        return explain(error)

    def explaining(self) -> AbstractContextManager[None]:
        """Turn what the engine says when it cannot answer into a reason."""
        return self._explaining


def _require_sound(connection: Connection) -> None:
    """Before a commit, for which PostgreSQL says no error where none is possible: there is no
    transaction (its connection was cut, and this is another), or something in it has failed.

    :raises OperationalError: nothing can be committed.
    """
    if connection.info.transaction_status != TransactionStatus.INTRANS:
        raise psycopg.OperationalError("the connection was cut before the commit")
