"""The journal of several servers. The one that leads has it; calls of the others are fetched, and
all are put into the order in which they came in.
"""

import threading
import time
from collections.abc import Callable, Mapping, Set
from typing import Any

from legacygrid.harness.calls import Call
from legacygrid.harness.faults import InjectedFault
from legacygrid.harness.journal import Journal
from legacygrid.harness.peers.outgoing import SentCall
from legacygrid.harness.peers.peers import Peers

#: Seconds for which a process is not heard of whose calls get no answer any more, as far as anybody
#: knows; and for which one may come yet, of a process that stood still.
_LOST, _FORGOTTEN = 2.0, 600.0
#: What is said of them.
LOST = "its server ended, or does not answer: whether it was carried out is not known"


class SharedJournal(Journal):
    """See `Journal`. While others follow, calls wait for a moment until they get their numbers.

    :param answered: called with each call that another server has answered.
    """

    def __init__(self, size: int, peers: Peers, answered: Callable[[Call], None]) -> None:
        super().__init__(size)
        self._peers = peers
        self._answered = answered
        self._own: list[tuple[float, Call]] = []
        #: Calls that were not answered when they were fetched, by their processes and keys.
        self._open: dict[tuple[str, int], Call] = {}
        #: When each process with such calls was last heard of.
        self._heard: dict[str, float] = {}
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
        fetched: list[tuple[str, list[SentCall]]],
        faults: Mapping[int, InjectedFault],
    ) -> None:
        """Add what was fetched, and what came in here meanwhile; by one thread at a time.

        :param fetched: calls by their processes.
        :param faults: those that are set, by their numbers.
        """
        with self._adding:
            new, self._own = self._own, []
        answered = []
        for source, sent in ((source, each) for source, calls in fetched for each in calls):
            call = self._open.pop((source, sent.key), None)
            if call is None:
                call = Call("", "")
                new.append((sent.moment, call))
            sent.unpack_into(call, faults)
            if sent.is_pending:
                self._open[source, sent.key] = call
            else:
                answered.append(call)
        for _, call in sorted(new, key=_moment):
            super().record(call)
        self._note_lost({source for source, _ in fetched})
        for call in answered:
            self._answered(call)

    def _note_lost(self, heard: Set[str]) -> None:
        """Have no call wait for its answer for ever whose process has ended."""
        if not self._open:
            self._heard.clear()
            return
        now = time.monotonic()
        self._heard.update(dict.fromkeys(heard, now))
        for (source, key), call in list(self._open.items()):
            silence = now - self._heard.setdefault(source, now)
            if silence > _LOST and call.seconds is None:
                call.seconds = time.perf_counter() - call.started
                call.hints = [*call.hints, LOST]
            if silence > _FORGOTTEN:
                del self._open[source, key]


def _moment(entry: tuple[float, Any]) -> float:
    return entry[0]
