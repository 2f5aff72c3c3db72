"""Who leads the processes over one file: by a lock on a file beside it, in which the note is."""

import os
from contextlib import suppress
from pathlib import Path
from types import ModuleType

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:
    fcntl = None


class FileLeadership:
    """See `Leadership`.

    :param store: the path of the store.
    """

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(f"{store.name}-leader")
        self._file = -1

    def try_lead(self) -> bool:
        """Lock the file."""
        if fcntl is None:
            return False
        while self._file < 0:
            file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            # A umask may have taken even the owner's bits; the file may be another user's.
            with suppress(PermissionError):
                os.fchmod(file, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(file)
                return False
            if _is_at(self._path, file):
                self._file = file
            else:
                # Who had it has removed it meanwhile.
                os.close(file)
        return True

    def holds(self) -> bool:
        """Locks of files go with the process alone."""
        return self._file >= 0

    def announce(self, note: str) -> None:
        """Write it at once: who reads it sees all of it, or what was there."""
        os.pwrite(self._file, note.encode() + b"\n", 0)
        os.ftruncate(self._file, len(note.encode()) + 1)

    def find(self) -> str:
        """Read the file."""
        with suppress(OSError):
            return self._path.read_text()
        return ""

    def release(self) -> None:
        """Remove the file."""
        if self._file >= 0:
            with suppress(OSError):
                self._path.unlink()
            os.close(self._file)
            self._file = -1


def _is_at(path: Path, file: int) -> bool:
    with suppress(OSError):
        return os.path.samestat(os.stat(path), os.fstat(file))
    return False
