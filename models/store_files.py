"""The files of an open store: whether they are still those at their paths, and why the engine
cannot answer.
"""

import logging
import os
import shutil
import threading
import time
from pathlib import Path
from time import monotonic

from legacygrid import reasons

#: Seconds between two looks for reads; each write looks by itself.
PACE = 0.25
#: Nanoseconds after which a change of a folder shows in its time.
_TICK = 1_000_000_000
#: Bytes that a disk has left if it counts as full.
NO_ROOM = 64 * 1024
#: SQLite's own numbers, without what is added to them for a closer reason.
_BUSY, _LOCKED, _READ_ONLY, _IO, _CORRUPT, _FULL, _CANNOT_OPEN = 5, 6, 8, 10, 11, 13, 14
_WORDS = {
    _BUSY: "another process holds the store",
    _LOCKED: "another process holds the store",
    _READ_ONLY: "the store is read-only",
    _CORRUPT: "the store's file is damaged",
    _CANNOT_OPEN: "the store's file cannot be opened",
}

log = logging.getLogger("legacygrid")


class StoreFiles:
    """The database and what SQLite keeps beside it.

    A file that is removed or replaced stays open, and takes writes that nobody finds again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._name, self._folder = str(path), str(path.parent)
        self._known: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()
        self._trouble = ""
        self._next_look = 0.0
        self._mark: tuple[int, int, int] | None = None

    def remember(self, *ends: str) -> None:
        """These are the files from now on; while they are all open.

        :param ends: of their names; the database's own is empty.
        """
        beside = (f"{self.path}{end}" for end in ends)
        found = {path: os.stat(path) for path in beside if os.path.exists(path)}
        self._known = {path: (file.st_dev, file.st_ino) for path, file in found.items()}

    def look(self) -> None:
        """For a read: look at the files unless that was done just now.

        :raises StoreUnavailable: as `verify`.
        """
        if monotonic() >= self._next_look:
            self.verify()

    def verify(self) -> None:
        """For a write: look whether the files are still there.

        Who removes or replaces one changes its folder, which is one look instead of three.

        :raises StoreUnavailable: one was removed, replaced or emptied; the log says so once.
        """
        mark = self._mark_folder()
        if mark and mark == self._mark and monotonic() < self._next_look:
            return
        self._mark = None
        self._verify_each()
        self._mark = mark

    def _mark_folder(self) -> tuple[int, int, int] | None:
        """What is another after each change of the folder; none where one just now might not show,
        as clocks of file systems tick slowly.
        """
        try:
            folder = os.stat(self._folder)
        except OSError:
            return None
        is_still = time.time_ns() - folder.st_mtime_ns > _TICK
        return (folder.st_dev, folder.st_ino, folder.st_mtime_ns) if is_still else None

    def confirm(self) -> None:
        """After a commit: no answer shall say that something is stored that nobody finds again.

        :raises StoreUnavailable: as `verify`, of the database itself.
        """
        self._refuse(self._find_trouble(self._name))

    def _verify_each(self) -> None:
        self._refuse(self._find_trouble(*self._known))
        self._next_look = monotonic() + PACE

    def _refuse(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._report(trouble)
        if trouble:
            self._mark = None
            raise reasons.StoreUnavailable(hint=trouble)

    def _find_trouble(self, *paths: str) -> str:
        for path in paths:
            try:
                found = os.stat(path)
            except (FileNotFoundError, NotADirectoryError):
                return f"{self._name_of(path)} was removed"
            except OSError as error:
                return f"{self._name_of(path)}: {error.strerror}"
            if (found.st_dev, found.st_ino) != self._known[path]:
                return f"{self._name_of(path)} was replaced"
            if not found.st_size and path == self._name:
                return f"{self._name_of(path)} was emptied"
        return ""

    def _name_of(self, path: str) -> str:
        """What a person is told that a file is."""
        return "the store's file" + path.removeprefix(self._name).replace("-", " -")

    def _report(self, trouble: str) -> None:
        with self._lock:
            if trouble == self._trouble:
                return
            self._trouble = trouble
        if trouble:
            log.error("%s: %s; calls are refused until it is back", self.path, trouble)
        else:
            log.warning("%s is back; calls are answered again", self.path)

    @property
    def is_full(self) -> bool:
        """Whether the disk has no room left."""
        try:
            return shutil.disk_usage(self.path.parent).free < NO_ROOM
        except OSError:
            return False

    def explain(self, error: BaseException) -> reasons.StoreUnavailable:
        """Why the engine does not answer.

        :param error: of SQLite, of Peewee, or of the system.
        """
        if isinstance(error, reasons.StoreUnavailable):
            return error
        code = _code(error)
        if code == _FULL or (code in (_IO, _CANNOT_OPEN) and self.is_full):
            return reasons.StoreFull(hint="the disk is full")
        return reasons.StoreUnavailable(hint=_WORDS.get(code, str(_original(error))))


def _original(error: BaseException) -> BaseException:
    """What Peewee wraps, more than once where it connects."""
    inner: BaseException | None = getattr(error, "orig", None)
    return error if inner is None else _original(inner)


def _code(error: BaseException) -> int:
    return int(getattr(_original(error), "sqlite_errorcode", 0)) & 0xFF
