"""The threads of a server: some that write, some that read, and some that hash passwords.

Guesses of passwords never have all threads that hash, nor all cores: whoever is known to the server
has one that is free of them, and so has whoever is not.
"""

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar

from legacygrid.server.fair_queue import FairQueue, Place
from legacygrid.server.threads import Threads
from legacygrid.wsgi.blocking import Lane, TryLater, Turn, WouldBlock

#: Threads for what may wait: writes run one after the other, and those that wait share a commit.
WRITERS = 16
#: Threads for reads that take long. SQLite reads without Python's lock, so each may use a core.
READERS = 3
T = TypeVar("T")


class Lanes:
    """Carries out what may block. It belongs to one event loop."""

    def __init__(self) -> None:
        #: Hashes at a time: as many as there are cores, and at least one of each kind.
        self._hashers = max(2, _cores())
        self._threads = {
            Lane.WRITE: Threads(WRITERS, Lane.WRITE),
            Lane.READ: Threads(READERS, Lane.READ),
            Lane.HASH: Threads(self._hashers, Lane.HASH),
            Lane.HEALTH: Threads(1, Lane.HEALTH),
        }
        #: Those who wait for a hash, and how many run, by whether the caller is known.
        self._waiting = {True: FairQueue(), False: FairQueue()}
        self._hashing = {True: 0, False: 0}

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

        :param is_gone: whether nobody waits for it any more: then it is not done.
        :raises TryLater, Exception: as `run`.
        """
        if pause.delay:
            await asyncio.sleep(pause.delay)
        threads = self._threads[pause.lane]
        if pause.lane is not Lane.HASH:
            return await threads.run(function, *arguments)
        await self._wait_to_hash(pause.turn)
        try:
            if is_gone():
                raise TryLater
            return await threads.run(function, *arguments)
        finally:
            self._hashing[pause.turn.is_known] -= 1
            self._call_next()

    async def read(self, function: Callable[..., T], *arguments: object) -> T:
        """Read something that takes long.

        :raises Exception: what the function raises.
        """
        reading = self._threads[Lane.READ].run(function, *arguments)
        try:
            return await asyncio.shield(reading)
        except asyncio.CancelledError:
            # What it reads from is closed next, and must not be in use then.
            await asyncio.wait([reading])
            raise

    async def _wait_to_hash(self, turn: Turn) -> None:
        place: Place = asyncio.get_running_loop().create_future()
        self._waiting[turn.is_known].push(turn, place)
        self._call_next()
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():
                self._hashing[turn.is_known] -= 1
            raise

    def _call_next(self) -> None:
        """Let whoever may hash do so: those who are known first."""
        for is_known in (True, False):
            while self._may_hash(is_known):
                place = self._waiting[is_known].pop()
                if not place.done():
                    self._hashing[is_known] += 1
                    place.set_result(None)

    def _may_hash(self, is_known: bool) -> bool:
        if not self._waiting[is_known] or sum(self._hashing.values()) >= self._hashers:
            return False
        # One thread is left to guesses only if there are some; one is always kept from them.
        are_others = not is_known or bool(self._waiting[False])
        return not are_others or self._hashing[is_known] < self._hashers - 1

    def shutdown(self) -> None:
        """Wait for what is in hand."""
        for threads in self._threads.values():
            threads.shutdown()


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
