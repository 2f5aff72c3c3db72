"""Room on the disk: what is kept back, so that what makes room works where there is none.

SQLite writes what it deletes, too, into its log, and cannot start the log anew before all that is
in it has a place in the database.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

from legacygrid import reasons
from legacygrid.models import files
from legacygrid.models.store_files import NO_ROOM, PACE

#: Bytes that are kept back: so much, or an eighth of what is free at start if that is less; and the
#: least that is of use.
MOST, LEAST = 1024 * 1024, 64 * 1024
#: Bytes that a disk has left if room is short on it; so much as the largest mail takes in log and
#: database, and more.
SHORT = 128 * MOST
#: Bytes left beside a log that may wait.
_ENOUGH = 8 * MOST
#: Pages that the file is first cut by; twice as many at each further time.
_PAGES = 32


class DiskRoom:
    """The room for one store, on the disk where it is."""

    def __init__(self, path: Path) -> None:
        #: Bytes that are kept back; none before somebody wishes it.
        self._size = 0
        self._is_shared = False
        self._roomy_until = 0.0
        self._path = path
        self._reserve = path.with_name(f"{path.name}-reserve")

    def keep(self) -> None:
        """Keep something back from now on, as far as there is room for it."""
        with suppress(OSError):
            has = self._reserve.stat().st_size if self._reserve.exists() else 0
            self._size = self._size or min(MOST, (self._free() + has) // 8)
            size = self._size
            while size >= LEAST and not self._take(size):
                size //= 2

    def share(self) -> None:
        """Use what another process keeps back, which goes on to keep it when this one ends."""
        self._is_shared = True
        with suppress(OSError):
            self._size = self._reserve.stat().st_size

    def _take(self, size: int) -> bool:
        files.create(self._reserve)
        file = os.open(self._reserve, os.O_WRONLY)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file, 0, size)
            else:
                os.write(file, os.urandom(size))
        except OSError:
            return False
        finally:
            os.close(file)
        return True

    def give(self) -> None:
        """Give back what is kept."""
        if not self._is_shared:
            self._lend()

    def _lend(self) -> None:
        if self._size:
            self._reserve.unlink(missing_ok=True)

    def _free(self) -> int:
        return shutil.disk_usage(self._path.parent).free

    def require(self, connection: sqlite3.Connection) -> None:
        """Before a commit: what the database grows by needs room twice, in the log first. A log
        that has no room in the database would be there for good.

        :raises StoreFull: there is none.
        """
        if self._is_roomy():
            return
        free = self._free()
        if free < SHORT:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            (size,) = connection.execute("PRAGMA page_size").fetchone()
            growth = pages * size - self._path.stat().st_size
            if growth > 0 and free < 2 * growth + NO_ROOM:
                raise reasons.StoreFull(hint="the disk is full")

    def settle(self, connection: sqlite3.Connection) -> None:
        """After a commit: where room is short, the log gets its place before others take it."""
        if not self._is_roomy() and self._free() < _ENOUGH:
            _start_log_anew(connection)

    def _is_roomy(self) -> bool:
        """Whether there was more than enough a moment ago; who asks the disk each time pays for it
        at each write.
        """
        if monotonic() >= self._roomy_until and self._free() > 2 * SHORT:
            self._roomy_until = monotonic() + PACE
        return monotonic() < self._roomy_until

    @contextmanager
    def lent(self, connection: sqlite3.Connection) -> Iterator[None]:
        """For a block that makes room: where it is short, what is kept back may be used, and what
        becomes free in the file goes back to the disk.
        """
        is_short = self._free() < _ENOUGH
        if is_short:
            self._lend()
        try:
            yield
        finally:
            if is_short:
                self.recover(connection)

    def recover(self, connection: sqlite3.Connection) -> None:
        """Give the disk what the file and its log do not need, after a write that found no room."""
        with suppress(OSError, sqlite3.Error):
            self._lend()
            _start_log_anew(connection)
            pages = _PAGES
            while _count_free_pages(connection):
                # Each page is a row without columns, after the first of which `execute` ends.
                connection.executescript(f"PRAGMA incremental_vacuum({pages})")
                _start_log_anew(connection)
                pages *= 2
        if self._size:
            self.keep()


def _start_log_anew(connection: sqlite3.Connection) -> None:
    # Where the database cannot grow, it may be able to once it has been cut.
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _count_free_pages(connection: sqlite3.Connection) -> int:
    """How many free pages the file has that can be cut off."""
    if not connection.execute("PRAGMA auto_vacuum").fetchone()[0]:
        return 0
    return int(connection.execute("PRAGMA freelist_count").fetchone()[0])
