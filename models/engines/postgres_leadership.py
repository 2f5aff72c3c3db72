"""Who leads the processes over one schema of PostgreSQL: by a lock of the database that goes with a
connection, and a note in the table that says that the schema is ours.
"""

from contextlib import suppress
from typing import Any

from legacygrid.models.engines.postgres_connections import Connection, Postgres
from legacygrid.models.engines.postgres_words import as_query

_LOCK = "SELECT pg_try_advisory_lock(1279740229, hashtext(current_schema()))"


class PostgresLeadership:
    """See `Leadership`."""

    def __init__(self, database: Postgres) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._is_held = False

    def try_lead(self) -> bool:
        """Take the lock, on a connection of its own."""
        if not self.holds():
            self._is_held = bool(self._ask(_LOCK))
        return self._is_held

    def holds(self) -> bool:
        """Whether the connection is still there: the lock goes with it."""
        if self._is_held:
            with suppress(*self._database.errors):
                self._connect().execute("SELECT 1")
                return self._is_held
            self._is_held = False
        return False

    def announce(self, note: str) -> None:
        """Note it."""
        with self._database.explaining():
            self._connect().execute("UPDATE legacygrid SET leader = %s", (note,))

    def find(self) -> str:
        """Read it."""
        return str(self._ask("SELECT leader FROM legacygrid") or "")

    def release(self) -> None:
        """End the connection."""
        self._is_held = False
        if self._connection is not None:
            self._connection.close()

    def _ask(self, sql: str) -> Any:
        with self._database.explaining():
            row = self._connect().execute(as_query(sql)).fetchone()
        return row and row[0]

    def _connect(self) -> Connection:
        connection = self._connection
        if connection is None or connection.closed:
            self._is_held = False
            self._connection = connection = self._database.connect_for_all()
        return connection
