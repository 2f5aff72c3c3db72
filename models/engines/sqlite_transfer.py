"""A store on SQLite that is copied to another engine, or made by such a copy."""

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from legacygrid.models import account_index, files, schema, undo_schema
from legacygrid.models.engines.transfer_ends import Row, Rows, StoredTable, is_of_table
from legacygrid.models.files import APPLICATION_ID, StoreError
from legacygrid.models.migrations import newest, refuse_foreign_version
from legacygrid.models.opening import locate
from legacygrid.models.store_files import StoreFiles

#: KiB, below zero, that SQLite takes to make the indexes of a new store.
_CACHE = -64_000
#: What SQLite keeps beside a database.
_BESIDE = ("-wal", "-shm", "-journal")


class _SqliteEnd:
    """One connection to a file; see `TransferSource`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    def count(self, table: StoredTable) -> int:
        """By SQLite."""
        with _explaining(self._path):
            count = f'SELECT count(*) FROM "{table.name}"'
            return int(self._connection.execute(count).fetchone()[0])

    def rows(self, table: StoredTable) -> Rows:
        """By a cursor, which reads as it goes."""
        with _explaining(self._path):
            yield from self._connection.execute(table.select)

    def last_numbers(self) -> dict[str, int]:
        """By SQLite's own table of them."""
        with _explaining(self._path):
            return dict(self._connection.execute("SELECT name, seq FROM sqlite_sequence"))

    def close(self) -> None:
        """Close it."""
        self._connection.close()


class SqliteSource(_SqliteEnd):
    """The store in a file, also while a server writes to it."""

    def __init__(self, url: str) -> None:
        path = _find(url)
        if files.inspect(path) is None:
            raise StoreError(f"there is no store {path}")
        with _explaining(path):
            read_only = "mode=ro&immutable=1" if _is_alone(path) else "mode=ro"
            address = f"{path.as_uri()}?{read_only}"
            super().__init__(path, sqlite3.connect(address, uri=True, isolation_level=None))
        try:
            with _explaining(path):
                self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        self._connection.execute("BEGIN")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        refuse_foreign_version(str(self._path), version)
        if version != newest():
            raise StoreError(
                f"{self._path} has schema version {version}, and what is copied has {newest()};"
                " it stays as it is. Back it up (legacygrid backup), open the backup once"
                " (legacygrid account list), which moves that up, and copy it"
            )
        self.has_undo_log = undo_schema.is_current(self._connection)


class SqliteTarget(_SqliteEnd):
    """A new store; see `TransferTarget`. Until it is complete, it is a file of another name."""

    TAKES_NUL: bool = True

    def __init__(self, url: str) -> None:
        path = _find(url)
        with _explaining(path):
            _refuse_taken(path)
            descriptor, name = tempfile.mkstemp(".unfinished", f".{path.name}.", path.parent)
            os.close(descriptor)
            self._unfinished = Path(name)
            super().__init__(path, sqlite3.connect(name, isolation_level=None))

    def make_tables(self) -> None:
        """Begin the one transaction in which everything is made."""
        with _explaining(self._path):
            # The file is flushed at the end; until then, nothing of it is worth that.
            for setting in ("auto_vacuum = incremental", "synchronous = off"):
                self._connection.execute(f"PRAGMA {setting}")
            self._connection.execute(f"PRAGMA cache_size = {_CACHE}")
            self._connection.execute("BEGIN EXCLUSIVE")
            for statement in filter(is_of_table, _statements()):
                self._connection.execute(statement)

    def load(self, table: StoredTable, rows: Iterable[Row]) -> None:
        """Row by row."""
        values = ", ".join("?" * len(table.columns))
        with _explaining(self._path, f"table {table.name}"):
            insert = f'INSERT INTO "{table.name}" ({table.names}) VALUES ({values})'
            self._connection.executemany(insert, rows)

    def finish(self, last_numbers: Mapping[str, int]) -> None:
        """Indexes and triggers, and whose file it is."""
        connection = self._connection
        with _explaining(self._path):
            connection.executemany("DELETE FROM sqlite_sequence WHERE name = ?", zip(last_numbers))
            connection.executemany(
                "INSERT INTO sqlite_sequence VALUES (?, ?)", last_numbers.items()
            )
            for statement in _statements():
                if not is_of_table(statement):
                    connection.execute(statement)
            account_index.prepare(connection)
            if orphan := connection.execute("PRAGMA foreign_key_check").fetchone():
                raise StoreError(
                    f"table {orphan[0]}: a row belongs to one of {orphan[2]} that is not"
                )
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {newest()}")

    def commit(self) -> None:
        """Give the file its name."""
        with _explaining(self._path):
            self._connection.execute("COMMIT")
            self._connection.close()
            with self._unfinished.open("rb+") as file:
                os.fsync(file.fileno())
            # Somebody may have made one meanwhile.
            _refuse_taken(self._path)
            os.replace(self._unfinished, self._path)

    def close(self) -> None:
        """Remove what is not complete."""
        super().close()
        for end in ("", *_BESIDE):
            with suppress(FileNotFoundError):
                self._unfinished.with_name(f"{self._unfinished.name}{end}").unlink()


def _statements() -> list[str]:
    return [*schema.of_tables(), *schema.of_undo_log()]


def _find(url: str) -> Path:
    path = locate(url)
    if path is None:
        raise StoreError("a store in memory goes with its process")
    return path


def _is_alone(path: Path) -> bool:
    """Whether nobody can have the file open for writing, and SQLite can put nothing beside it."""
    return files.is_read_only(path) and not path.with_name(f"{path.name}-wal").exists()


def _refuse_taken(path: Path) -> None:
    """Refuse to put a store in the place of anything but nothing, or an empty one of ours.

    :raises StoreError: why; nothing has changed.
    """
    if path.exists() and not path.is_file():
        raise StoreError(f"{path} is no file")
    version = files.inspect(path)
    if version is not None:
        refuse_foreign_version(str(path), version)
        _refuse_used(path)
    beside = next((end for end in _BESIDE if path.with_name(f"{path.name}{end}").exists()), None)
    if beside:
        raise StoreError(f"{path}{beside} is there, of another database; nothing was copied")


def _refuse_used(path: Path) -> None:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        found = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
            " AND name NOT GLOB 'account_index*' AND name NOT GLOB 'undo_mark'"
            " AND name NOT GLOB 'sqlite_*'"
        )
        for (name,) in found.fetchall():
            if connection.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone():
                raise StoreError(f"{path} is a store with something in it; it stays as it is")
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            # It takes the log away, which nobody can while others have the store open.
            connection.execute("PRAGMA journal_mode = delete")
        except sqlite3.OperationalError:
            raise StoreError(f"{path} is open in a server; stop that first") from None


@contextmanager
def _explaining(path: Path, place: str = "") -> Iterator[None]:
    """Why something failed, as a `StoreError`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        hint = StoreFiles(path).explain(error).hint
        raise StoreError(f"{place or path}: {hint}") from error
