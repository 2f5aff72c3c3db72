"""How a server that does not lead asks the one that does."""

import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic, sleep
from typing import Any

from legacygrid import reasons
from legacygrid.harness.peers.announcement import Announcement
from legacygrid.harness.peers.channels import Channel, connect
from legacygrid.wsgi import blocking

#: Seconds for which a call waits for a server to lead, if there is none.
PATIENCE = 5.0
#: What is said then.
NOBODY = "the server that leads the others does not answer; another takes over"
#: Seconds without an order, which come ten times a second, and between looks whether one is left.
_LATE, _LOOK = 1.0, 0.02
#: What a connection is for, as its first message says.
ASKING, OBEYING = "asking", "obeying"
Answer = Callable[[str, Any], Any]


class Link:
    """The road to the server that leads, which may be this one."""

    def __init__(self) -> None:
        self._answer: Answer | None = None
        self.leader: Announcement | None = None
        self._asking: Channel | None = None
        self._obeying: Channel | None = None
        self._lock = threading.Lock()
        self._is_there = threading.Event()
        self._heard = self._doubted_until = 0.0

    @property
    def is_following(self) -> bool:
        """Whether another server leads, or should."""
        return self._answer is None

    def ask(self, what: str, *arguments: Any) -> Any:
        """What the server that leads answers; it may raise a reason, too. If it ends meanwhile,
        the next one is asked: with the one that ended goes what it has heard.

        :raises StoreUnavailable: none leads for too long.
        :raises WouldBlock: on an event loop's thread.
        """
        blocking.about_to_block()
        deadline = monotonic() + PATIENCE
        while self._is_there.wait(max(0.0, deadline - monotonic())):
            if self._answer is not None:
                # It has begun to lead meanwhile.
                return self._answer(what, arguments)
            with self._lock, suppress(OSError, EOFError):
                if self._asking is not None:
                    self._asking.send((what, arguments))
                    answer, error = self._asking.receive()
                    if error is not None:
                        raise error
                    return answer
            self.end()
        raise reasons.StoreUnavailable(hint=NOBODY)

    def follow(self, leader: Announcement) -> Channel:
        """Connect to the server that leads.

        :returns: the channel by which it gives orders.
        :raises OSError: it cannot be reached.
        """
        address = leader.host, leader.port
        asking = connect(address, leader.secret)
        asking.send(ASKING)
        obeying = connect(address, leader.secret)
        obeying.send(OBEYING)
        with self._lock:
            self.leader, self._asking, self._obeying = leader, asking, obeying
            self._heard = monotonic()
        return obeying

    def lead(self, answer: Answer) -> None:
        """This server leads.

        :param answer: answers what is asked, by its name and arguments.
        """
        self._answer = answer
        self._is_there.set()

    def step_down(self) -> None:
        """Another server leads by now."""
        self._answer = None
        self._is_there.clear()

    def begin(self) -> None:
        """An order is carried out, the first of which says what is set: calls may ask."""
        self._heard = monotonic()
        channel = self._obeying
        if self._doubted_until and channel is not None and not channel.has_more():
            self._doubted_until = 0.0
        self._is_there.set()

    def notice(self, channel: Channel) -> None:
        """An order came, or the end of them. If that was there for long, this process stood still,
        and others may have been told of faults and clocks meanwhile.
        """
        if channel is self._obeying and monotonic() - self._heard > _LATE:
            self._doubted_until = monotonic() + PATIENCE

    def catch_up(self) -> None:
        """Hear first what the server that leads had to say while this process stood still. One
        that leads and is silent keeps nobody waiting.

        :raises WouldBlock: there is something, on an event loop's thread.
        """
        if self._is_behind():
            blocking.about_to_block()
            until = monotonic() + PATIENCE
            while self._is_behind() and monotonic() < until:
                sleep(_LOOK)

    def _is_behind(self) -> bool:
        now, channel = monotonic(), self._obeying
        if self._answer is not None:
            return False
        if now < self._doubted_until:
            return True
        return channel is not None and now - self._heard > _LATE and channel.has_more()

    def end(self) -> None:
        """The server that led is gone, or has to be met anew."""
        with self._lock:
            self._is_there.clear()
            channels = self._asking, self._obeying
            self._asking = self._obeying = self.leader = None
        for channel in channels:
            if channel is not None:
                channel.close()

    def wait(self, seconds: float) -> bool:
        """Wait for a server to lead; whether one does."""
        return self._is_there.wait(seconds)


def obey(link: Link, channel: Channel, carry_out: Answer) -> None:
    """Carry out what the server that leads orders, until it is gone.

    :param channel: by which it does.
    :param carry_out: takes an order and its argument; what it returns goes back.
    """
    try:
        while True:
            # As long as it lies there, calls can tell that this process may be behind.
            channel.wait()
            link.notice(channel)
            order, argument = channel.receive(timeout=None)
            channel.send(carry_out(order, argument))
            link.begin()
    except (OSError, EOFError):
        link.notice(channel)
        channel.close()
