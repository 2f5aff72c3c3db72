"""A queue in which nobody waits for what another client has much of."""

import asyncio
from collections import OrderedDict, deque
from typing import TypeVar

from legacygrid.wsgi.blocking import TryLater, Turn

#: Places in all, and of one group.
MAX_WAITING, MAX_OF_GROUP = 2048, 512
T = TypeVar("T")
Place = asyncio.Future[None]
_Members = OrderedDict[str, deque[Place]]


class FairQueue:
    """Groups take turns, and in a group its members. It belongs to one event loop."""

    def __init__(self) -> None:
        self._groups: OrderedDict[str, _Members] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def push(self, turn: Turn, place: Place) -> None:
        """Wait. Where the queue is full, the group with most places loses one.

        :raises TryLater: the group has as many as it may, or no other has more.
        """
        size = self._sizes.get(turn.group, 0)
        if size >= MAX_OF_GROUP or (self._size >= MAX_WAITING and not self._drop_one(size)):
            raise TryLater
        members = self._groups.setdefault(turn.group, OrderedDict())
        members.setdefault(turn.member, deque()).append(place)
        self._count(turn.group, 1)

    def pop(self) -> Place:
        """The next place.

        :raises StopIteration: nobody waits.
        """
        group, members = next(iter(self._groups.items()))
        member, places = next(iter(members.items()))
        place = places.popleft()
        _go_last(members, member, places)
        _go_last(self._groups, group, members)
        self._count(group, -1)
        return place

    def _drop_one(self, more_than: int) -> bool:
        """Let somebody of the largest group go, if it has more places than that."""
        group = max(self._sizes, key=lambda name: self._sizes[name])
        if self._sizes[group] <= more_than:
            return False
        members = self._groups[group]
        member, places = max(members.items(), key=lambda item: len(item[1]))
        place = places.pop()
        if not places:
            del members[member]
        if not members:
            del self._groups[group]
        self._count(group, -1)
        if not place.done():
            place.set_exception(TryLater())
        return True

    def _count(self, group: str, change: int) -> None:
        self._size += change
        self._sizes[group] = self._sizes.get(group, 0) + change
        if not self._sizes[group]:
            del self._sizes[group]


def _go_last(ring: OrderedDict[str, T], key: str, rest: T) -> None:
    """Who had their turn comes last, or leaves if nothing of theirs waits."""
    if rest:
        ring.move_to_end(key)
    else:
        del ring[key]
