"""What a copy of a store to another engine asks of both: rows come out of the one as they go into
the other.
"""

import sqlite3
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from typing import Any, NamedTuple, Protocol

from legacygrid.models import schema

Row = tuple[Any, ...]
#: Who leaves off before the last one closes them.
Rows = Generator[Row, None, None]


class StoredTable(NamedTuple):
    """A table of the store.

    :param kinds: of its columns, as SQLite has them: INTEGER, REAL, TEXT, BLOB.
    :param key: the columns of its primary key; none of a table of one row.
    """

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> str:
        """Its columns, quoted."""
        return ", ".join(f'"{each}"' for each in self.columns)

    @property
    def select(self) -> str:
        """All its rows, by their keys."""
        order = ", ".join(f'"{each}"' for each in self.key)
        rows = f'SELECT {self.names} FROM "{self.name}"'
        return f"{rows} ORDER BY {order}" if order else rows


class TransferSource(Protocol):
    """A store that is read, as it is at one moment; nothing of it changes.

    :raises StoreError: it is none of this version, or does not answer.
    """

    #: Whether what resets go by is as this version keeps it.
    has_undo_log: bool

    def count(self, table: StoredTable) -> int:
        """How many rows a table has."""
        ...

    def rows(self, table: StoredTable) -> Rows:
        """All of them, by their keys; no more than one is in memory."""
        ...

    def last_numbers(self) -> dict[str, int]:
        """The highest number that a row of each table ever got."""
        ...

    def close(self) -> None:
        """Read no more."""


class TransferTarget(Protocol):
    """A new store. Nobody sees anything of it before `commit`, and if that never comes, nothing
    of it stays.

    :raises StoreError: there is something in its place, or it cannot be made.
    """

    #: Whether texts may have a NUL.
    TAKES_NUL: bool

    def make_tables(self) -> None:
        """Make the tables, without what rows are checked and found by."""

    def load(self, table: StoredTable, rows: Iterable[Row]) -> None:
        """Fill one."""

    def finish(self, last_numbers: Mapping[str, int]) -> None:
        """Make what rows are checked and found by, and go on behind those numbers."""

    def rows(self, table: StoredTable) -> Rows:
        """What is in a table by now, as `TransferSource.rows`."""
        ...

    def last_numbers(self) -> dict[str, int]:
        """As `TransferSource.last_numbers`."""
        ...

    def commit(self) -> None:
        """The store is there."""

    def close(self) -> None:
        """Leave it, or nothing of it."""


def list_tables() -> list[StoredTable]:
    """All tables of a store of this version, with those that resets go by; parents first."""
    with closing(sqlite3.connect(":memory:")) as empty:
        for statement in (*schema.of_tables(), *schema.of_undo_log()):
            empty.execute(statement)
        found = empty.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
            " ORDER BY rowid"
        ).fetchall()
        return [_describe(empty, name) for (name,) in found]


def _describe(connection: sqlite3.Connection, name: str) -> StoredTable:
    columns = connection.execute("SELECT name, type, pk FROM pragma_table_info(?)", (name,))
    names, kinds, places = zip(*columns.fetchall(), strict=True)
    key = sorted((place, column) for place, column in zip(places, names, strict=True) if place)
    return StoredTable(name, names, kinds, tuple(column for _, column in key))


def is_of_table(statement: str) -> bool:
    """Whether a statement of the schema makes a table, and not what rows are found by."""
    return statement.startswith("CREATE TABLE ")
