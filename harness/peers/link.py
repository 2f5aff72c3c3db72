"""How a server that does not lead asks the one that does."""

import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from legacygrid import reasons
from legacygrid.harness.peers.announcement import Announcement
from legacygrid.harness.peers.channels import Channel, connect
from legacygrid.wsgi import blocking

#: Seconds for which a call waits for a server to lead, if there is none.
PATIENCE = 5.0
#: What is said then.
NOBODY = "the server that leads the others does not answer; another takes over"
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
        """What the server that leads had to say first is heard: calls may ask."""
        self._is_there.set()

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


def obey(channel: Channel, carry_out: Callable[[str, Any], Any], began: Callable[[], None]) -> None:
    """Carry out what the server that leads orders, until it is gone.

    :param carry_out: takes an order and its argument; what it returns goes back.
    :param began: called after the first one.
    """
    try:
        while True:
            order, argument = channel.receive(timeout=None)
            channel.send(carry_out(order, argument))
            began()
    except (OSError, EOFError):
        channel.close()
