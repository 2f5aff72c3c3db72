"""The file of a store before SQLite touches it: whose it is, and who may read it."""

import os
import sqlite3
import stat
from contextlib import closing, suppress
from pathlib import Path

from legacygrid import reasons

#: "LGID" in the file's header says whose file it is.
APPLICATION_ID = 0x4C474944
MAGIC = b"SQLite format 3\0"


class StoreError(reasons.SetupError):
    """The store cannot be opened; the message is for a person."""


class StoreMissingError(StoreError):
    """There is no such store, and what is asked for makes none.

    :param what: the store, as a person knows it.
    """

    def __init__(self, what: str) -> None:
        super().__init__(
            f"there is no store {what}; name the one that you mean by --database URL or"
            " LEGACYGRID_DATABASE, or make it: legacygrid account add NAME, legacygrid seed FILE"
            " and legacygrid serve do"
        )


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


def create(path: Path) -> None:
    """Make the file of a new store, which has mail and hashes in it: its owner's alone, whatever
    files are by default. What SQLite puts beside a file gets its mode.

    :raises OSError: there is no such folder, or none that can be written to.
    """
    with suppress(FileExistsError):
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        # A umask may have taken even the owner's bits.
        if hasattr(os, "fchmod"):
            os.fchmod(file, 0o600)
        os.close(file)


def explain_folder(path: Path, error: OSError) -> str:
    """Why the file of a store could not be made, and what helps."""
    folder = path.parent
    elsewhere = "or name a store elsewhere: --database sqlite:////PATH"
    if isinstance(error, FileNotFoundError):
        return f"there is no folder {folder}; make it, {elsewhere}"
    if isinstance(error, NotADirectoryError):
        return f"{folder} is no folder; {elsewhere.removeprefix('or ')}"
    if isinstance(error, PermissionError) and path.exists():
        return "this user may not read it; let it (chown, chmod u+rw)"
    if isinstance(error, PermissionError):
        return (
            f"this user may not write to the folder {folder}, and SQLite keeps files beside the"
            f" store; let it (chown, chmod u+wx), {elsewhere}"
        )
    return str(error.strerror)


def is_read_only(path: Path) -> bool:
    """Whether the file is there and cannot be written to, or nothing can be put beside it."""
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def name_read_only(path: Path) -> str:
    """What keeps a store from being written to: its file, or the folder."""
    if os.access(path, os.W_OK):
        return f"this user may not write to the folder {path.parent}, so {path} is read-only"
    return f"{path} is read-only"


def find_wide(path: Path) -> str:
    """A sentence on who else may read or write the file; empty if nobody."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name != "posix" or not mode & 0o077:
        return ""
    return (
        f"{path} has the mail and the password hashes of its accounts, and others than its owner"
        f" may read it (mode {mode:04o}); to change that: chmod 600 {path}*"
    )
