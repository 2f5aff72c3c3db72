"""Memory that is lent to what clients send, before anybody knows who they are."""

from typing import Self

from legacygrid import reasons
from legacygrid.reasons import Reason


class MemoryBudget:
    """Bytes that may still be taken of what all clients share. Not thread-safe: it belongs to the
    event loop.

    :param share: bytes that one holder may have at a time; none for all.
    """

    def __init__(self, size: int, share: int | None = None) -> None:
        self.left = size
        self.share = share
        self._taken: dict[str, int] = {}

    def take(self, size: int, holder: str = "") -> bool:
        """Lend so many bytes more.

        :param holder: whom the share counts for: an address, or a login.
        :returns: whether there are that many.
        """
        taken = self._taken.get(holder, 0) + size
        if size > self.left or (self.share is not None and taken > self.share):
            return False
        self.left -= size
        self._taken[holder] = taken
        return True

    def give_back(self, size: int, holder: str = "") -> None:
        """Have so many bytes back."""
        self.left += size
        left = self._taken.get(holder, 0) - size
        if left > 0:
            self._taken[holder] = left
        else:
            self._taken.pop(holder, None)


class Reservation:
    """What one message or body takes of a budget; given back at the end of the block.

    :param most: bytes that it may take.
    :param holder: see `MemoryBudget.take`.
    """

    def __init__(self, budget: MemoryBudget, most: int, holder: str = "") -> None:
        self._budget = budget
        self._most = most
        self._holder = holder
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.give_back()

    def give_back(self) -> None:
        """Give all of it back."""
        self._budget.give_back(self._size, self._holder)
        self._size = 0

    def grow(self, size: int) -> Reason | None:
        """Take so many bytes in all.

        :returns: why that is not possible; none if it is.
        """
        if size > self._most:
            return reasons.BodyTooLarge()
        if not self._budget.take(size - self._size, self._holder):
            return reasons.NoRoom()
        self._size = size
        return None
