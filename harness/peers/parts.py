"""The parts of an emulator that the servers of one store share."""

from typing import Any

from legacygrid.harness.arrivals import Arrivals
from legacygrid.harness.calls import Call
from legacygrid.harness.clock import Clock
from legacygrid.harness.metrics import Metrics
from legacygrid.harness.peers.desk import Desk
from legacygrid.harness.peers.peers import Peers
from legacygrid.harness.peers.shared import (
    SharedArrivals,
    SharedAuditLog,
    SharedFailedLogins,
    SharedFaults,
    SharedLimits,
)
from legacygrid.harness.peers.shared_journal import SharedJournal


def make_shared(peers: Peers, journal: int, limits_addresses: bool) -> dict[str, Any]:
    """Those of a `Grid`, by their names there, and the `FailedLogins` of its passwords.

    :param journal: how many calls are kept.
    :param limits_addresses: there are limits on what a single address may do.
    """
    link, metrics, answered = peers.link, Metrics(), Arrivals()

    def count(call: Call) -> None:
        metrics.count(call)
        answered.announce(call.world, call)

    parts: dict[str, Any] = {
        "journal": SharedJournal(journal, peers, count),
        "faults": SharedFaults(link),
        "limits": SharedLimits(link),
        "audit": SharedAuditLog(link),
        "failed_logins": SharedFailedLogins(link, limits_addresses),
        "mailed": SharedArrivals(link, peers.outgoing),
        "answered": answered,
    }
    clock = Clock()
    desk = Desk(peers, clock, **parts)
    return {**parts, "clock": clock, "metrics": metrics, "desk": desk}
