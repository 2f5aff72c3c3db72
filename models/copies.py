"""Copies of worlds, with their mail.

They have no name in the file system: nobody else reads them, and nothing of them stays behind a
process that is killed.
"""

import io
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from legacygrid.models.engines.dialects import bound
from legacygrid.models.undo_schema import BELONGINGS

#: What the copy of a world has: parents first.
WORLD_TABLES = (
    "account", *BELONGINGS, "sent", "message", "recipient",
    "webhook_event", "webhook_post", "webhook_attempt",
)  # fmt: skip
#: Bytes of a copy that stay in memory.
_SMALL = 1024 * 1024


class WorldCopy:
    """The copy of one world, with its mail; it is filled and read through the schema `start`."""

    def __init__(self) -> None:
        self._file: _KeptCopy | None = None

    @contextmanager
    def filled(self, connection: Any) -> Iterator[None]:
        """Empty tables beside the store's own; what is put there is kept."""
        with bound.tables_beside.opened(connection, WORLD_TABLES, None):
            yield
            self._file = _KeptCopy(bound.tables_beside.read(connection, WORLD_TABLES))

    @contextmanager
    def read(self, connection: Any) -> Iterator[None]:
        """The copy beside the store's own tables."""
        with bound.tables_beside.opened(connection, WORLD_TABLES, _read(self._file)):
            yield


class _KeptCopy:
    """Where a copy is kept: a large one in a file without a name, if there is room; the file is
    closed when nobody has the copy any more.
    """

    def __init__(self, copy: bytes) -> None:
        self._file: IO[bytes] = io.BytesIO(copy)
        if len(copy) <= _SMALL:
            return
        with suppress(OSError):
            file = tempfile.TemporaryFile()  # noqa: SIM115 - stays open
            weakref.finalize(self, file.close)
            file.write(copy)
            file.flush()
            self._file = file

    def read(self) -> bytes:
        """The copy."""
        self._file.seek(0)
        return self._file.read()


def _read(kept: _KeptCopy | None) -> bytes:
    assert kept is not None  # noqa: S101 - a copy was taken
    return kept.read()
