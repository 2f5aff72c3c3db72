"""How a store is opened: what is looked at first, and what is made then."""

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import peewee

from legacygrid.models import account_index, files, schema, undo_schema
from legacygrid.models.connections import Sqlite
from legacygrid.models.files import APPLICATION_ID, StoreError
from legacygrid.models.migrations import move_up, newest, refuse_foreign_version, transaction

#: Bytes of a file that is rebuilt in seconds.
_SOON_REBUILT = 256 * 1024 * 1024


def locate(url: str) -> Path | None:
    """The file of a database URL; none for one in memory.

    :raises StoreError: it is no such URL.
    """
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or not path:
        # What is there instead may hold a password, so it is not shown.
        how = "write sqlite:///PATH, as in sqlite:///legacygrid.db, or postgresql://USER@HOST/NAME"
        raise StoreError(f"that is not a database URL; {how}")
    return None if path == ":memory:" else Path(path).absolute()


def prepare(database: Sqlite) -> sqlite3.Connection:
    """Open a store: make its tables, or move them up to this version.

    :returns: a connection that is open as long as it.
    :raises StoreError: it cannot be opened, is not ours, or of a version that this one cannot read.
    """
    path = database.path
    try:
        version = files.inspect(path)
        if version is not None:
            refuse_foreign_version(str(path), version)
        if database.is_read_only:
            _refuse_unready(database)
        else:
            files.create(path)
            if version is None and not path.stat().st_size:
                _prepare_cuts(path)
            with transaction(database):
                _make_tables(database, database.connection())  # type: ignore[no-untyped-call]
        if version not in (None, newest()):
            _rebuild(database)
        return database.anchor()
    except (peewee.DatabaseError, sqlite3.Error, OSError) as error:
        raise StoreError(f"cannot open the store {path}: {_explain(database, error)}") from None


def _prepare_cuts(path: Path) -> None:
    """Have a new file keep the books that it takes to cut it; SQLite does so from the beginning, or
    never.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA auto_vacuum = incremental")
        connection.execute("PRAGMA journal_mode = wal")


def _rebuild(database: Sqlite) -> None:
    """Have an older file keep those books, too, if that is soon done; it goes on without them."""
    if database.pragma("auto_vacuum"):
        return
    size = database.path.stat().st_size
    if size < _SOON_REBUILT and shutil.disk_usage(database.path.parent).free > 3 * size:
        with suppress(peewee.DatabaseError):
            database.pragma("auto_vacuum", 2)
            database.execute_sql("VACUUM")


def _explain(database: Sqlite, error: Exception) -> str:
    if isinstance(error, OSError):
        return files.explain_folder(database.path, error)
    if database.is_read_only and database.path.with_name(f"{database.path.name}-wal").exists():
        return (
            "it is read-only, and its log (-wal) has to be written back first, by opening it where"
            " it can be written to"
        )
    return database.files.explain(error).hint


def _refuse_unready(database: Sqlite) -> None:
    """What cannot be written to can be read, if its tables are those of this version.

    :raises StoreError: they are not.
    """
    version = int(database.pragma("user_version"))
    if version != newest():
        raise StoreError(
            f"{database.path} is read-only and has schema version {version}; it can be read once it"
            f" has version {newest()}, which it gets when it is opened where it can be written to"
        )


def _make_tables(database: Sqlite, connection: sqlite3.Connection) -> None:
    """Have a store keep its tables, and what is kept beside them."""
    _claim(database, connection)
    account_index.prepare(connection)
    undo_schema.prepare(connection)


def _claim(database: Sqlite, connection: sqlite3.Connection) -> None:
    """Make the tables of a new store, or move an older one up; another process may have been
    faster.
    """
    if database.pragma("application_id") == APPLICATION_ID:
        move_up(database)
        return
    if database.get_tables():
        # What its owner has not yet written into the file itself, `inspect` does not see.
        raise StoreError(
            f"{database.path} is a database of something else; Legacygrid leaves it alone"
        )
    for statement in schema.of_tables():
        connection.execute(statement)
    database.pragma("application_id", APPLICATION_ID)
    database.pragma("user_version", newest())


def find_notices(database: Sqlite) -> list[str]:
    """What the operator has to know of an open store, a sentence for each."""
    notices = [files.find_wide(database.path)]
    if not account_index.is_supported(database.connection()):  # type: ignore[no-untyped-call]
        notices.append(
            f"SQLite {sqlite3.sqlite_version} has no trigram index (FTS5 of 3.34 or later): filters"
            " read all subusers"
        )
    if database.is_read_only:
        notices.append(f"{files.name_read_only(database.path)}: what changes something is refused")
    return [notice for notice in notices if notice]
