"""The journal of several servers. The one that leads has it; calls of the others are fetched, and
all are put into the order in which they came in.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from legacygrid.harness.calls import Call
from legacygrid.harness.faults import InjectedFault
from legacygrid.harness.journal import Journal
from legacygrid.harness.peers.outgoing import SentCall
from legacygrid.harness.peers.peers import Peers


class SharedJournal(Journal):
    """See `Journal`. While others follow, calls wait for a moment until they get their numbers.

    :param answered: called with each call that another server has answered.
    """

    def __init__(self, size: int, peers: Peers, answered: Callable[[Call], None]) -> None:
        super().__init__(size)
        self._peers = peers
        self._answered = answered
        self._own: list[tuple[float, Call]] = []
        #: Calls that were not answered when they were fetched, by their servers and keys.
        self._open: dict[tuple[int, int], Call] = {}
        self._filing = threading.Lock()
        self._adding = threading.Lock()

    def record(self, call: Call) -> None:
        """Add a call."""
        if self._peers.is_following:
            self._peers.outgoing.record(call)
            return
        with self._adding:
            is_alone = not (self._own or self._peers.has_followers)
            if not is_alone:
                self._own.append((time.time(), call))
        if is_alone:
            super().record(call)

    def file(
        self,
        fetched: list[tuple[int, list[SentCall]]],
        faults: Mapping[int, InjectedFault],
    ) -> None:
        """Add what was fetched, and what came in here meanwhile.

        :param fetched: calls by the numbers of their servers.
        :param faults: those that are set, by their numbers.
        """
        with self._filing:
            with self._adding:
                new, self._own = self._own, []
            answered = []
            for server, sent in ((server, each) for server, calls in fetched for each in calls):
                call = self._open.pop((server, sent.key), None)
                if call is None:
                    call = Call("", "")
                    new.append((sent.moment, call))
                sent.unpack_into(call, faults)
                if sent.is_pending:
                    self._open[server, sent.key] = call
                else:
                    answered.append(call)
            for _, call in sorted(new, key=_moment):
                super().record(call)
        for call in answered:
            self._answered(call)


def _moment(entry: tuple[float, Any]) -> float:
    return entry[0]
