"""The threads of a server: some that write, and at least one that hashes passwords.

Hashes have no more threads than there are cores beside the one of the event loop, and wait in a
queue that is fair: a client who guesses passwords waits for itself.
"""

import asyncio
import os
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane, TryLater, Turn, WouldBlock

#: Threads for what may wait: writes run one after the other, what reads runs beside them.
WRITERS = 4
#: Calls that may wait for a hash: in all, and of one group.
MAX_WAITING, MAX_OF_GROUP = 2048, 512
T = TypeVar("T")
_Place = asyncio.Future[None]


class FairQueue:
    """Places in a queue. Of those who are known and those who are not, each get every other place;
    among them groups take turns, and in a group its members. Not thread-safe.
    """

    def __init__(self) -> None:
        self._groups: dict[bool, _Groups] = {True: OrderedDict(), False: OrderedDict()}
        self._sizes: dict[tuple[bool, str], int] = {}
        self._was_known = False
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def push(self, turn: Turn, place: _Place) -> None:
        """Wait. Where the queue is full, the group with most places loses its last one.

        :raises TryLater: the group has as many as it may, or nobody has more.
        """
        key = turn.is_known, turn.group
        if self._sizes.get(key, 0) >= MAX_OF_GROUP:
            raise TryLater
        if self._size >= MAX_WAITING:
            self._drop_one(self._sizes.get(key, 0))
        members = self._groups[turn.is_known].setdefault(turn.group, OrderedDict())
        members.setdefault(turn.member, deque()).append(place)
        self._count(key, 1)

    def pop(self) -> _Place | None:
        """The next place; none if nobody waits."""
        is_known = not self._was_known if all(self._groups.values()) else bool(self._groups[True])
        groups = self._groups[is_known]
        if not groups:
            return None
        self._was_known = is_known
        group, members = next(iter(groups.items()))
        member, places = next(iter(members.items()))
        place = places.popleft()
        _go_last(members, member, places)
        _go_last(groups, group, members)
        self._count((is_known, group), -1)
        return place

    def _drop_one(self, more_than: int) -> None:
        (is_known, group), size = max(self._sizes.items(), key=lambda item: item[1])
        if size <= more_than:
            raise TryLater
        groups = self._groups[is_known]
        members = groups[group]
        member, places = max(members.items(), key=lambda item: len(item[1]))
        place = places.pop()
        if not places:
            del members[member]
        if not members:
            del groups[group]
        self._count((is_known, group), -1)
        if not place.done():
            place.set_exception(TryLater())

    def _count(self, key: tuple[bool, str], change: int) -> None:
        self._size += change
        self._sizes[key] = self._sizes.get(key, 0) + change
        if not self._sizes[key]:
            del self._sizes[key]


_Members = OrderedDict[str, deque[_Place]]
_Groups = OrderedDict[str, _Members]


def _go_last(ring: OrderedDict[str, T], key: str, rest: T) -> None:
    """Who had their turn comes last, or leaves if nothing of theirs waits."""
    if rest:
        ring.move_to_end(key)
    else:
        del ring[key]


class Lanes:
    """Carries out what may block. It belongs to one event loop."""

    def __init__(self) -> None:
        self._hashers = max(1, _cores() - 1)
        self._threads = {
            Lane.WRITE: _threads(WRITERS, Lane.WRITE),
            Lane.HASH: _threads(self._hashers, Lane.HASH),
            Lane.HEALTH: _threads(1, Lane.HEALTH),
        }
        self._hashing = 0
        self._queue = FairQueue()

    async def run(
        self, is_gone: Callable[[], bool], function: Callable[..., T], *arguments: object
    ) -> T:
        """Do something that may write, and begin again in the lane of hashes if it hashes.

        :param is_gone: whether nobody waits for it any more.
        :raises TryLater: too many wait for a hash.
        :raises Exception: what the function raises.
        """
        pause = WouldBlock(Lane.WRITE)
        while True:
            try:
                return await self.run_after(pause, is_gone, function, *arguments)
            except WouldBlock as again:
                pause = again

    async def run_after(
        self,
        pause: WouldBlock,
        is_gone: Callable[[], bool],
        function: Callable[..., T],
        *arguments: object,
    ) -> T:
        """Do something again that said that it would block.

        :param is_gone: whether nobody waits for it any more; such a place is skipped.
        :raises TryLater, Exception: as `run`.
        """
        if pause.delay:
            await asyncio.sleep(pause.delay)
        loop, threads = asyncio.get_running_loop(), self._threads[pause.lane]
        if pause.lane is not Lane.HASH:
            return await loop.run_in_executor(threads, function, *arguments)
        await self._take_place(pause.turn)
        try:
            if is_gone():
                raise TryLater
            return await loop.run_in_executor(threads, function, *arguments)
        finally:
            self._hashing -= 1
            self._call_next()

    async def _take_place(self, turn: Turn) -> None:
        if self._hashing < self._hashers:
            self._hashing += 1
            return
        place: _Place = asyncio.get_running_loop().create_future()
        self._queue.push(turn, place)
        await place

    def _call_next(self) -> None:
        while self._hashing < self._hashers and (place := self._queue.pop()):
            if not place.done():
                self._hashing += 1
                place.set_result(None)

    def shutdown(self) -> None:
        """Wait for what is in hand."""
        for threads in self._threads.values():
            threads.shutdown()


def _threads(count: int, lane: Lane) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, f"legacygrid-{lane.value}", blocking.enter, (lane,))


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
