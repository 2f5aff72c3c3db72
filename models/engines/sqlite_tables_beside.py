"""Tables of a copy beside those of a store on SQLite: a database in memory."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

_START = "start"


class SqliteTablesBeside:
    """See `TablesBeside`."""

    @contextmanager
    def opened(
        self, connection: sqlite3.Connection, tables: Sequence[str], content: bytes | None
    ) -> Iterator[None]:
        """Attached under the name."""
        copy = _make_blank(connection, tables) if content is None else content
        connection.execute(f"ATTACH ':memory:' AS {_START}")
        try:
            connection.deserialize(copy, name=_START)
            yield
        finally:
            connection.execute(f"DETACH {_START}")

    def read(self, connection: sqlite3.Connection, tables: Sequence[str]) -> bytes:
        """As a file would have them."""
        return connection.serialize(name=_START)


def _make_blank(connection: sqlite3.Connection, tables: Sequence[str]) -> bytes:
    """A database with those tables of the store, without rows."""
    marks = ", ".join("?" * len(tables))
    schema = (
        f"SELECT sql FROM main.sqlite_master WHERE tbl_name IN ({marks})"  # noqa: S608
        " AND type IN ('table', 'index') AND sql IS NOT NULL"
    )
    with closing(sqlite3.connect(":memory:")) as empty:
        for (statement,) in connection.execute(f"{schema} ORDER BY type DESC", tables).fetchall():
            empty.execute(statement)
        return empty.serialize()
