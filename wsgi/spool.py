"""Long answers that are made whole before their first byte leaves: what fails while one is made is
still a refusal, and nothing waits for a client that reads slowly.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator

from legacygrid import reasons

#: Bytes of one that stay in memory; the others are in a file without a name.
_IN_MEMORY = 1024 * 1024
#: Bytes that others have left on the disk of temporary files, looked at after each so many.
_LEFT = 128 * 1024 * 1024
_PACE = 16 * 1024 * 1024
_CHUNK = 64 * 1024
_FULL = "the disk of temporary files is full"


class Spool:
    """One such answer.

    :param pieces: of its text, which is ASCII.
    :raises NoRoom: the disk of temporary files has none for it.
    :raises Exception: what the pieces raise.
    """

    def __init__(self, pieces: Iterable[str]) -> None:
        # Closed when it has left.
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, prefix="legacygrid-")  # noqa: SIM115
        self.length = 0
        try:
            self._fill(pieces)
        except OSError:
            self.close()
            raise reasons.NoRoom(hint=_FULL) from None
        except BaseException:
            self.close()
            raise
        self._file.seek(0)

    def _fill(self, pieces: Iterable[str]) -> None:
        looked = 0
        for piece in pieces:
            self.length += self._file.write(piece.encode("ascii"))
            if self.length - looked > _PACE:
                looked = self.length
                if shutil.disk_usage(tempfile.gettempdir()).free < _LEFT:
                    raise reasons.NoRoom(hint=_FULL)

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._file.read(_CHUNK):
            yield chunk

    def close(self) -> None:
        """Give back what it took."""
        self._file.close()
