"""Copies of a store that are whole, also while a server writes to it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from legacygrid.models.engines.choice import is_postgres
from legacygrid.models.files import StoreError, StoreMissingError, create, inspect
from legacygrid.models.opening import locate


def back_up(url: str, target: Path) -> int:
    """Copy a store as it is at one moment: what was answered before is in the copy.

    :param url: of a store on SQLite, which has a file.
    :param target: a file that is not there; its owner alone may read it. It is a store itself.
    :returns: its size in bytes.
    :raises StoreError: there is no such store, or the copy cannot be made; nothing is left of it.
    """
    source = _find_source(url)
    if target.exists():
        raise StoreError(f"{target} is there already, and stays as it is")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        create(unfinished)
        _copy(source, unfinished)
        os.replace(unfinished, target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"cannot back up {source} to {target}: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _find_source(url: str) -> Path:
    if is_postgres(url):
        raise StoreError("a store on PostgreSQL is backed up by PostgreSQL's own tools: pg_dump")
    path = locate(url)
    if path is None:
        raise StoreError("a store in memory goes with its process; take its state instead")
    if inspect(path) is None:
        raise StoreMissingError(str(path))
    return path


def _copy(source: Path, target: Path) -> None:
    """All pages in one step: SQLite's log keeps those that are read, and nobody waits for them."""
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as taken,
        closing(sqlite3.connect(target)) as given,
    ):
        taken.backup(given, pages=-1)
        # In one file, which can be moved; a server that opens it has a log beside it again.
        given.execute("PRAGMA journal_mode = DELETE")
    with target.open("rb") as file:
        os.fsync(file.fileno())
