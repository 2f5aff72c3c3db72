"""Copies of worlds, with their mail.

They have no name in the file system: nobody else reads them, and nothing of them stays behind a
process that is killed.
"""

import io
import sqlite3
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import IO

from legacygrid.models.undo_schema import BELONGINGS

#: The schema under which the tables of a copy are seen.
START = "start"
#: What the copy of a world has: parents first.
WORLD_TABLES = (
    "account", *BELONGINGS, "sent", "message", "recipient",
    "webhook_event", "webhook_post", "webhook_attempt",
)  # fmt: skip
#: Bytes of a copy that stay in memory.
_SMALL = 1024 * 1024


class WorldCopy:
    """The copy of one world, with its mail; it is filled and read through the schema `START`."""

    def __init__(self) -> None:
        self._file: _KeptCopy | None = None

    @contextmanager
    def filled(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Empty tables beside the store's own; what is put there is kept."""
        with _attached(connection, _make_blank(connection, WORLD_TABLES)):
            yield
            self._file = _KeptCopy(connection.serialize(name=START))

    @contextmanager
    def read(self, connection: sqlite3.Connection) -> Iterator[None]:
        """The copy beside the store's own tables."""
        with _attached(connection, _read(self._file)):
            yield


def _make_blank(connection: sqlite3.Connection, tables: Sequence[str]) -> bytes:
    """A database with those tables of the store, without rows."""
    marks = ", ".join("?" * len(tables))
    schema = (
        f"SELECT sql FROM main.sqlite_master WHERE tbl_name IN ({marks})"
        " AND type IN ('table', 'index') AND sql IS NOT NULL"
    )
    with closing(sqlite3.connect(":memory:")) as empty:
        for (statement,) in connection.execute(f"{schema} ORDER BY type DESC", tables).fetchall():
            empty.execute(statement)
        return empty.serialize()


@contextmanager
def _attached(connection: sqlite3.Connection, copy: bytes) -> Iterator[None]:
    connection.execute(f"ATTACH ':memory:' AS {START}")
    try:
        connection.deserialize(copy, name=START)
        yield
    finally:
        connection.execute(f"DETACH {START}")


class _KeptCopy:
    """Where a copy is kept: a large one in a file without a name, if there is room; the file is
    closed when nobody has the copy any more.
    """

    def __init__(self, copy: bytes) -> None:
        self._file: IO[bytes] = io.BytesIO(copy)
        if len(copy) <= _SMALL:
            return
        with suppress(OSError):
            file = tempfile.TemporaryFile()  # noqa: SIM115 - stays open
            weakref.finalize(self, file.close)
            file.write(copy)
            file.flush()
            self._file = file

    def read(self) -> bytes:
        """The copy."""
        self._file.seek(0)
        return self._file.read()


def _read(kept: _KeptCopy | None) -> bytes:
    assert kept is not None  # noqa: S101 - a copy was taken
    return kept.read()
