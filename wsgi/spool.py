"""Long answers that are made whole before their first byte leaves: what fails while one is made is
still a refusal, and nothing waits for a client that reads slowly.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from threading import Thread
from typing import IO

from legacygrid import reasons

#: Bytes of one that stay in memory; the others are in a file without a name.
_IN_MEMORY = 1024 * 1024
#: Bytes that others have left on the disk of temporary files, looked at after each so many.
_LEFT = 128 * 1024 * 1024
_PACE = 16 * 1024 * 1024
_CHUNK = 64 * 1024
#: What the operator is told where it is full.
DISK_FULL = "the disk of temporary files is full"


class SpoolFile:
    """A file for this process alone, which leaves others some room on their disk."""

    def __init__(self) -> None:
        # Closed by whoever made it.
        self.file = tempfile.SpooledTemporaryFile(_IN_MEMORY, prefix="legacygrid-")  # noqa: SIM115
        self.length = self._looked = 0

    def write(self, data: bytes) -> None:
        """Add something.

        :raises NoRoom: the disk of temporary files has none for it.
        """
        try:
            self.length += self.file.write(data)
            if self.length - self._looked > _PACE:
                self._looked = self.length
                if shutil.disk_usage(tempfile.gettempdir()).free < _LEFT:
                    raise reasons.NoRoom(hint=DISK_FULL)
        except OSError:
            raise reasons.NoRoom(hint=DISK_FULL) from None

    def close(self) -> None:
        """Give back what it took."""
        close_aside(self.file, self.length)


def close_aside(file: IO[bytes], length: int) -> None:
    """Close a file without a name; a thread does it where that takes long: the system gives back
    each page of it, 100 ms for 500 MiB.

    :param length: bytes of it.
    """
    if length > _PACE:
        Thread(target=file.close, name="legacygrid-close").start()
    else:
        file.close()


class Spool:
    """One such answer.

    :param pieces: of its text, which is ASCII.
    :raises NoRoom: the disk of temporary files has none for it.
    :raises Exception: what the pieces raise.
    """

    def __init__(self, pieces: Iterable[str]) -> None:
        self._spooled = SpoolFile()
        try:
            for piece in pieces:
                self._spooled.write(piece.encode("ascii"))
        except BaseException:
            self.close()
            raise
        self._spooled.file.seek(0)

    @property
    def length(self) -> int:
        """Bytes of it."""
        return self._spooled.length

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._spooled.file.read(_CHUNK):
            yield chunk

    def close(self) -> None:
        """Give back what it took."""
        self._spooled.close()
