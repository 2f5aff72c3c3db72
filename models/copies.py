"""Copies of the store: what it held at start, and what was seeded since. A reset goes back to
them.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

#: The schema under which the tables of a copy are seen.
START = "start"


class Copies:
    """The copies of one store, in a folder that goes with them; all are made by its one writer."""

    def __init__(self) -> None:
        #: Whether that of the start is still to be made, before the first write.
        self.is_due = False
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._initial: Path | None = None
        self._seeded: Path | None = None

    @property
    def has_seeded(self) -> bool:
        """Whether something was seeded since the start."""
        return self._seeded is not None

    def initial(self, connection: sqlite3.Connection) -> Path:
        """The start; outside of a transaction."""
        if self._initial is None:
            self._folder = tempfile.TemporaryDirectory(prefix="legacygrid-")
            path = Path(self._folder.name, "start.db")
            with closing(sqlite3.connect(path)) as copy:
                connection.backup(copy)
            self._initial = path
        self.is_due = False
        return self._initial

    def seeded(self, connection: sqlite3.Connection) -> Path:
        """The start with what was seeded since; outside of a transaction."""
        start = self.initial(connection)
        if self._seeded is None:
            self._seeded = Path(shutil.copyfile(start, start.with_name("seeded.db")))
        return self._seeded

    def forget_seeded(self) -> None:
        """What was seeded since the start is so no more."""
        self._seeded = None

    def close(self) -> None:
        """Remove them."""
        if self._folder is not None:
            self._folder.cleanup()


@contextmanager
def attached(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """The tables of a copy beside the store's own."""
    connection.execute(f"ATTACH ? AS {START}", (str(path),))
    try:
        connection.execute(f"PRAGMA {START}.synchronous = off")
        yield
    finally:
        connection.execute(f"DETACH {START}")
