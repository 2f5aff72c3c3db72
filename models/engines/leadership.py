"""Which of the processes over one store leads."""

from typing import Protocol


class Leadership(Protocol):
    """A lock that one process has, and that goes with it; and a note of its to all others."""

    def try_lead(self) -> bool:
        """Take the lock, if nobody has it.

        :raises StoreUnavailable: the store does not answer.
        """
        ...

    def holds(self) -> bool:
        """Whether this process has it still."""
        ...

    def announce(self, note: str) -> None:
        """Leave a note, in the place of that of who had the lock before."""

    def find(self) -> str:
        """The last note.

        :raises StoreUnavailable: the store does not answer.
        """
        ...

    def release(self) -> None:
        """Give the lock back, if this process has it."""
