"""How far long work is: told to whoever watches it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO

#: Watches something of a length: by its name, and the length, it gives what is called with how much
#: was done since.
Watch = Callable[[str, int], AbstractContextManager[Callable[[int], object]]]


@contextmanager
def unwatched(label: str, length: int) -> Iterator[Callable[[int], object]]:
    """Nobody watches."""
    yield lambda done: None


class WatchedFile:
    """A file of which it is told how much was read."""

    def __init__(self, file: IO[bytes], tell: Callable[[int], object]) -> None:
        self._file = file
        self._tell = tell

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._file.read(size)
        self._tell(len(data))
        return data
