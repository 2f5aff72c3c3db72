"""The body of a request while it arrives and until it is answered: a small one in memory, a larger
one there as far as all of them have room, and the others on disk.
"""

import io
import tempfile
from dataclasses import dataclass, field
from typing import IO, Self, cast

from legacygrid import reasons
from legacygrid.server.memory_budget import MemoryBudget, Reservation
from legacygrid.wsgi.spool import DISK_FULL, close_aside

#: Bytes of a body that nobody counts: less than what the system buffers for a connection.
FREE = 64 * 1024
#: Bytes of one that is in memory, as a whole: to move and copy more would keep everybody waiting.
LARGE = 4 * 1024 * 1024
#: Bytes of all larger bodies: in memory, and on disk.
IN_MEMORY = 64 * 1024 * 1024
ON_DISK = 2 * 1024 * 1024 * 1024


@dataclass
class BodyStorage:
    """What all bodies of a server share.

    :param limits_addresses: the bodies of one address may take half of it at most.
    """

    limits_addresses: bool = False
    memory: MemoryBudget = field(init=False)
    disk: MemoryBudget = field(init=False)

    def __post_init__(self) -> None:
        self.memory, self.disk = (
            MemoryBudget(size, size // 2 if self.limits_addresses else None)
            for size in (IN_MEMORY, ON_DISK)
        )


class ReceivedBody:
    """One body; what it took is given back at the end of the block.

    :param holder: the address that it comes from.
    """

    def __init__(self, storage: BodyStorage, holder: str) -> None:
        self._storage = storage
        self._holder = holder
        self._data: bytes | bytearray = b""
        self._reserved: Reservation | None = None
        self._file: IO[bytes] | None = None
        self.length = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._drop_memory()
        if self._file is not None:
            close_aside(self._file, self.length)

    def add(self, piece: bytes) -> None:
        """A piece of it has arrived.

        :raises NoRoom: there is no room for it, neither in memory nor on disk.
        """
        self.length += len(piece)
        if not self._data and self._file is None and self.length <= FREE:
            self._data = piece
            return
        if self._file is None and not self._fits_in_memory():
            self._move_to_disk()
        if self._file is not None:
            self._write(piece)
            return
        if isinstance(self._data, bytes):
            self._data = bytearray(self._data)
        self._data += piece

    def open(self) -> IO[bytes]:
        """A file of all of it, from its begin."""
        if self._file is not None:
            self._file.seek(0)
            return self._file
        # The bytes are not copied again, however often a call is made.
        self._data = bytes(self._data)
        return io.BytesIO(self._data)

    def clear(self) -> None:
        """Forget what has arrived."""
        self.__exit__()
        self._data, self._file, self.length = b"", None, 0

    def _fits_in_memory(self) -> bool:
        if self.length <= FREE:
            return True
        if self.length > LARGE:
            return False
        if self._reserved is None:
            self._reserved = Reservation(self._storage.memory, IN_MEMORY, self._holder)
        return self._reserved.grow(self.length) is None

    def _move_to_disk(self) -> None:
        self._drop_memory()
        self._reserved = Reservation(self._storage.disk, ON_DISK, self._holder)
        # Closed with the block.
        self._file = tempfile.TemporaryFile(prefix="legacygrid-")  # noqa: SIM115
        data, self._data = self._data, b""
        self._write(bytes(data))

    def _write(self, piece: bytes) -> None:
        # It was moved before.
        reserved, file = cast(Reservation, self._reserved), cast(IO[bytes], self._file)
        if reserved.grow(self.length) is not None:
            raise reasons.NoRoom
        try:
            file.write(piece)
        except OSError:
            raise reasons.NoRoom(hint=DISK_FULL) from None

    def _drop_memory(self) -> None:
        if self._reserved is not None:
            self._reserved.give_back()
            self._reserved = None
