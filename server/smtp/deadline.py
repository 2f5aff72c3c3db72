"""A deadline that moves with every command, and is seldom reached."""

import asyncio
import math
from collections.abc import Callable


class Deadline:
    """Calls something once its time is over. One timer stays for it, which looks again when it goes
    off: to set one anew for each command costs more than what the command does.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
        self._loop = loop
        self._act = act
        self._at = math.inf
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """It is so many seconds from now on."""
        self._at = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > self._at:
            self._cancel()
            self._timer = self._loop.call_at(self._at, self._look)

    def lift(self) -> None:
        """There is none, until it is set again."""
        self._at = math.inf

    def end(self) -> None:
        """There is none any more: nothing of it is left in the loop."""
        self.lift()
        self._cancel()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._loop.time() >= self._at:
            self._act()
        elif self._at < math.inf:
            self._timer = self._loop.call_at(self._at, self._look)
