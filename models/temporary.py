"""Folders that go with their process, or with the next one if it is killed."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import IO
from weakref import finalize

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:
    # Windows removes no file that is open, and locks differently; leftovers stay there.
    fcntl = None

PREFIX = "legacygrid-store-"
#: Held by the process whose folder it is, as long as that lives.
_LOCK = "lock"


class TemporaryFolder:
    """A folder for this process alone."""

    def __init__(self) -> None:
        if fcntl:
            _remove_abandoned()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = _hold(self.path / "new")
        # Under its name it is held already: nobody takes it for abandoned.
        if fcntl:
            (self.path / "new").rename(self.path / _LOCK)
        # At the end of the process, too.
        self.remove = finalize(self, _remove, self.path, lock)


def _hold(path: Path) -> IO[bytes]:
    file = path.open("ab")
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Another process holds it.
        file.close()
        raise
    return file


def _remove(path: Path, lock: IO[bytes]) -> None:
    lock.close()
    shutil.rmtree(path, ignore_errors=True)


def _remove_abandoned() -> None:
    """Remove the folders of this user's whose processes are gone."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            lock = path / _LOCK
            if path.is_symlink() or path.stat().st_uid != os.geteuid() or not lock.is_file():
                continue
            with _hold(lock):
                shutil.rmtree(path, ignore_errors=True)
