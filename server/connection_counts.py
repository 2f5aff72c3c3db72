"""How many connections each worker has, in memory that all of them share: whoever has more than
another leaves new clients to that.
"""

import mmap
import struct
import tempfile
from time import monotonic
from typing import IO

#: By worker: when it last said that it is there, in milliseconds, and how many connections it has.
_RECORD = struct.Struct("=QQ")
#: Milliseconds after which a worker that says nothing is not waited for.
_PATIENCE = 1000
#: Connections by which a worker may be ahead of another.
_AHEAD = 2


def make_memory(workers: int) -> IO[bytes]:
    """What so many workers share, as a file without a name."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asks closes it
    file.write(bytes(_RECORD.size * workers))
    file.flush()
    return file


class ConnectionCounts:
    """The counts of all workers, as one of them sees them.

    :param descriptor: of `make_memory`, which stays open.
    :param place: of this worker, from 0.
    """

    def __init__(self, descriptor: int, place: int) -> None:
        self._memory = mmap.mmap(descriptor, 0)
        self._place = place * _RECORD.size
        self._others = [at for at in range(0, len(self._memory), _RECORD.size) if at != self._place]

    def tell(self, count: int) -> None:
        """This worker is there, and has so many connections."""
        _RECORD.pack_into(self._memory, self._place, _now(), count)

    def is_ahead(self, count: int) -> bool:
        """Whether another should take the next client, if this one has so many connections."""
        since = _now() - _PATIENCE
        others = (_RECORD.unpack_from(self._memory, at) for at in self._others)
        return any(count >= has + _AHEAD for told, has in others if told > since)


def _now() -> int:
    return int(monotonic() * 1000)
