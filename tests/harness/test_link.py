"""How a server hears of the one that leads."""

import socket
import threading
from typing import Any

from legacygrid.harness.peers.channels import Channel
from legacygrid.harness.peers.link import Link, obey


class Watched(Link):
    """A link that notes whether an order still lies in its channel when it is noticed."""

    def __init__(self) -> None:
        super().__init__()
        self.lay_there: list[bool] = []

    def notice(self, channel: Channel) -> None:
        self.lay_there.append(channel.has_more())


def test_an_order_is_noticed_before_it_is_taken() -> None:
    """Between the two, a call would take a process for one that has heard all, though it stood still."""
    ours, theirs = map(Channel, socket.socketpair())
    link, carried_out = Watched(), []

    def carry_out(order: str, argument: Any) -> str:
        carried_out.append((order, argument))
        return "done"

    obeying = threading.Thread(target=obey, args=(link, ours, carry_out))
    obeying.start()
    for number in (1, 2):
        theirs.send(("beat", number))
        assert theirs.receive() == "done"
    theirs.close()
    obeying.join(10)
    assert not obeying.is_alive()
    assert carried_out == [("beat", 1), ("beat", 2)]
    # The last one is that of the end.
    assert link.lay_there[:3] == [True, True, True]
