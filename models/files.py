"""The file of a store: whose it is, and of which version, before SQLite touches it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from legacygrid import reasons

#: "LGID" in the file's header says whose file it is.
APPLICATION_ID = 0x4C474944
MAGIC = b"SQLite format 3\0"


class StoreError(reasons.SetupError):
    """The store cannot be opened; the message is for a person."""


def inspect(path: Path) -> int | None:
    """Look at a file before anything is done to it: SQLite changes it, or puts files beside it, as
    soon as it opens it.

    :returns: the version of its tables, if it is ours and has some.
    :raises StoreError: it is not ours.
    """
    if not path.is_file() or not (head := _head(path)):
        return None
    if not head.startswith(MAGIC):
        raise StoreError(f"cannot open the store {path}: it is no SQLite database")
    owner, version = int.from_bytes(head[68:72]), int.from_bytes(head[60:64])
    if owner == APPLICATION_ID:
        return version
    if owner or version or _has_content(path):
        raise StoreError(f"{path} is a database of something else; Legacygrid leaves it alone")
    return None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _has_content(path: Path) -> bool:
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
        return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is not None
