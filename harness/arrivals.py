"""Arrivals of calls and mail: who waits for one is told, and does not look in between."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


class Arrivals:
    """Tells those who wait that something came in; each of them looks for itself what it was."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()
        self._listeners: list[tuple[Wait, Callable[[], None]]] = []

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._listeners)

    def announce(self, world: str, item: Any = None) -> None:
        """Wake those who may have waited for this.

        :param item: what they tell by whether they did; none for all of the world.
        """
        with self._lock:
            self.count += 1
            listeners = self._listeners
        for wait, wake in listeners:
            if wait.world in (None, world) and (item is None or wait.matches(item)):
                wake()

    @contextmanager
    def listening(self, wait: "Wait", wake: Callable[[], None]) -> Iterator[None]:
        """Within the block, call `wake` at arrivals; at once, if there was one since the last look.

        :param wake: called on any thread, and maybe more than once.
        """
        listener = (wait, wake)
        with self._lock:
            self._listeners = [*self._listeners, listener]
            has_missed_some = self.count != wait.seen
        if has_missed_some:
            wake()
        try:
            yield
        finally:
            with self._lock:
                self._listeners = [each for each in self._listeners if each is not listener]


@dataclass(frozen=True)
class Wait:
    """What somebody waits for who has looked and not found it.

    :param world: in which it has to come in; in any, if none is given.
    :param matches: whether an item that was announced may be it.
    :param deadline: until when, by `time.monotonic`.
    :param seen: the count of arrivals before the last look.
    :param begun: what was begun before the first look.
    """

    arrivals: Arrivals
    world: str | None
    matches: Callable[[Any], bool]
    deadline: float
    seen: int
    begun: Any = None

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return max(0.0, self.deadline - time.monotonic())

    def block(self) -> None:
        """Wait on this thread, until something came in or no time is left."""
        woken = threading.Event()
        with self.arrivals.listening(self, woken.set):
            woken.wait(self.left)
