"""What the server that leads does for those that follow."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from legacygrid.auth.failed_logins import FailedLogins
from legacygrid.auth.rate_limits import Limits
from legacygrid.harness.arrivals import Arrivals
from legacygrid.harness.clock import Clock
from legacygrid.harness.fault_targets import Target
from legacygrid.harness.faults import Faults, InjectedFault
from legacygrid.harness.peers.outgoing import Batch
from legacygrid.harness.peers.peers import Duties, Peers, Stop
from legacygrid.harness.peers.shared_journal import SharedJournal
from legacygrid.models.audit_log import AuditLog
from legacygrid.models.webhooks import BELL


class Desk:
    """Answers what they ask, tells them what they have to know, and files what they have."""

    def __init__(
        self,
        peers: Peers,
        clock: Clock,
        journal: SharedJournal,
        faults: Faults,
        limits: Limits,
        failed_logins: FailedLogins,
        audit: AuditLog,
        mailed: Arrivals,
        answered: Arrivals,
    ) -> None:
        self.peers = peers
        self._journal = journal
        self._faults, self._clock = faults, clock
        self._mailed, self._answered = mailed, answered
        #: Whoever has it has filed what was fetched before: a page misses none of it.
        self._settling = threading.Lock()
        self._answers: dict[str, Callable[..., Any]] = {
            "take": limits.take,
            "count": limits.count,
            "admit": failed_logins.admit,
            "record_success": failed_logins.record_success,
            "add_entry": audit.add,
            "entries": audit.entries,
            "trigger": self._trigger,
            "miss": self._miss,
        }
        faults.on_change.append(peers.publish)
        clock.on_change.append(peers.publish)

    def start(self, pages: int, lead: Callable[[], Stop]) -> None:
        """Begin to lead, or to follow.

        :param pages: the port for requests that others pass on.
        :param lead: called when this server begins to lead; what it returns, when it ends to.
        """
        duties = Duties(self._answer, self._state, self._adopt, self.settle, self._is_awaited, lead)
        self.peers.start(duties, pages)

    def settle(self) -> None:
        """Fetch and file what followers have."""
        with self._settling:
            self._file(self.peers.collect())

    def _file(self, batches: list[Batch]) -> None:
        faults = {each.number: each for each in self._faults.of_world()} if batches else {}
        calls = [(batch.source, list(batch.calls)) for batch in batches]
        self._journal.file(calls, faults)
        for batch in batches:
            for world, item in batch.mailed:
                self._mailed.announce(world, item)
            for account in batch.rung:
                BELL.ring(account)

    def _answer(self, what: str, arguments: Iterable[Any]) -> Any:
        return self._answers[what](*arguments)

    def _state(self) -> Any:
        return self._clock.settings(), self._faults.of_world()

    def _adopt(self, state: Any) -> None:
        settings, faults = state
        self._clock.adopt(settings)
        self._faults.adopt(faults)

    def _is_awaited(self) -> bool:
        return bool(self._mailed.waiting or self._answered.waiting)

    def _trigger(
        self, call: Target, at: float, recipients: Iterable[str], is_outage: bool
    ) -> InjectedFault | None:
        return self._faults.triggered_by(call, at, recipients, is_outage)

    def _miss(self, number: int) -> None:
        for fault in self._faults.of_world():
            if fault.number == number:
                self._faults.miss(fault)
