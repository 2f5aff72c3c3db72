"""How many clients may be connected at a time: in all, and from one address.

Whoever has too many loses connections of its own, the longest idle first, before anybody else does.
"""

from collections.abc import Callable, Container
from typing import Protocol

from legacygrid.wsgi.hosts import source_of


class Droppable(Protocol):
    """A connection that can be ended while its client wants nothing."""

    def drop(self) -> None:
        """End it."""


class _Source:
    """The connections of one source; of `idle`, the longest idle comes first."""

    def __init__(self) -> None:
        self.count = 0
        self.idle: dict[Droppable, None] = {}


class ConnectionLimits:
    """Counts the connections of a server, whatever they speak. Not thread-safe: it belongs to the
    event loop.

    :param total: connections at a time.
    :param by_address: connections of one address at a time; none for as many as there may be. Each
        address of 127.0.0.0/8 counts by itself, and each /64 of IPv6.
    :param exempt: addresses without such a limit.
    """

    def __init__(
        self, total: int, by_address: int | None = None, exempt: Container[str] = ()
    ) -> None:
        self._exempt = exempt
        self.total = total
        self.by_address = by_address
        self._sources: dict[str, _Source] = {}
        self._admitted: dict[Droppable, tuple[str, _Source]] = {}
        self._idle: dict[Droppable, None] = {}
        #: How often there was one too many: in all, and of one address.
        self.over_total = 0
        self.over_share = 0
        #: Called when there is one more, or one less.
        self.on_change: Callable[[], None] = lambda: None

    def __len__(self) -> int:
        return len(self._admitted)

    def admit(self, connection: Droppable, address: str) -> bool:
        """Count a new connection, which is busy at first. Where there are too many, an idle one is
        dropped.

        :param address: the client's IP address.
        :returns: false if it is one too many, and none is idle: refuse it.
        """
        name = source_of(address)
        source = self._sources.get(name) or _Source()
        is_over = self.by_address is not None and source.count >= self.by_address
        if is_over and address not in self._exempt:
            self.over_share += 1
            if not self._drop_one(source.idle):
                return False
        if len(self._admitted) >= self.total:
            self.over_total += 1
            if not self._drop_one(self._idle):
                return False
        source.count += 1
        self._sources[name] = source
        self._admitted[connection] = name, source
        self.on_change()
        return True

    @property
    def is_full(self) -> bool:
        """Whether one more would have to be refused."""
        return len(self._admitted) >= self.total and not self._idle

    def drop_idle(self, count: int) -> None:
        """End so many idle connections, the longest idle first."""
        for _ in range(count):
            self._drop_one(self._idle)

    def mark_idle(self, connection: Droppable) -> None:
        """Note that a client wants nothing just now."""
        if connection in self._admitted:
            self.mark_busy(connection)
            self._admitted[connection][1].idle[connection] = self._idle[connection] = None

    def mark_busy(self, connection: Droppable) -> None:
        """Note that a client waits for an answer, or sends what shall be answered."""
        if connection in self._idle:
            del self._idle[connection]
            del self._admitted[connection][1].idle[connection]

    def release(self, connection: Droppable) -> None:
        """Forget a connection; one that is not counted is left alone."""
        self.mark_busy(connection)
        name, source = self._admitted.pop(connection, ("", None))
        if source is None:
            return
        source.count -= 1
        if not source.count:
            del self._sources[name]
        self.on_change()

    def _drop_one(self, idle: dict[Droppable, None]) -> bool:
        for longest in idle:
            self.release(longest)
            longest.drop()
            return True
        return False
