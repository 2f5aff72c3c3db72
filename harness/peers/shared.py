"""Parts of an emulator as the servers of one store share them: each acts where this server leads,
and asks the one that does where it follows.
"""

from collections.abc import Iterable
from typing import Any

from legacygrid.auth.failed_logins import PATIENCE, FailedLogins, Guess
from legacygrid.auth.rate_limits import Counted, CountedAccount, Left, Limits, Rate
from legacygrid.harness.arrivals import Arrivals
from legacygrid.harness.fault_targets import Target
from legacygrid.harness.faults import Faults, InjectedFault
from legacygrid.harness.peers.link import Link
from legacygrid.harness.peers.outgoing import Outgoing
from legacygrid.models.account import Account
from legacygrid.models.audit_log import AuditedAccount, AuditEntry, AuditLog
from legacygrid.wsgi import blocking


def _counted(account: Counted) -> CountedAccount:
    return CountedAccount(account.world, account.id)


def _audited(account: Account | AuditedAccount) -> AuditedAccount:
    own = account.id, account.primary_id, account.is_primary
    return AuditedAccount(account.world, *own)


class SharedLimits(Limits):
    """See `Limits`."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link

    def take(self, rate: Rate, account: Counted, operation: str, at: float) -> Left:
        """Count a call."""
        if not (self._link.is_following and rate.is_enforced):
            return super().take(rate, account, operation, at)
        left: Left = self._link.ask("take", rate, _counted(account), operation, at)
        return left

    def count(self, rate: Rate, account: Counted, operation: str, at: float) -> int:
        """How many of an account's calls count at a moment."""
        if not self._link.is_following:
            return super().count(rate, account, operation, at)
        counted: int = self._link.ask("count", rate, _counted(account), operation, at)
        return counted


class SharedFailedLogins(FailedLogins):
    """See `FailedLogins`."""

    def __init__(self, link: Link, limits_addresses: bool) -> None:
        super().__init__(limits_addresses)
        self._link = link

    def admit(self, guess: Guess, patience: float = PATIENCE) -> float:
        """Seconds to wait before the password is checked."""
        if not self._link.is_following:
            return super().admit(guess, patience)
        seconds: float = self._link.ask("admit", guess, patience)
        return seconds

    def record_success(self, guess: Guess) -> None:
        """The password was right."""
        if self._link.is_following:
            self._link.ask("record_success", guess)
        else:
            super().record_success(guess)


class SharedAuditLog(AuditLog):
    """See `AuditLog`."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link

    def add(self, account: Account | AuditedAccount, entry: AuditEntry) -> None:
        """Keep an entry."""
        if self._link.is_following:
            self._link.ask("add_entry", _audited(account), entry)
        else:
            super().add(account, entry)

    def entries(self, account: Account | AuditedAccount, type: str) -> list[AuditEntry]:
        """The entries of a type that an account may see."""
        if not self._link.is_following:
            return super().entries(account, type)
        entries: list[AuditEntry] = self._link.ask("entries", _audited(account), type)
        return entries


class SharedFaults(Faults):
    """See `Faults`. That some are set, every server knows; the one that leads counts the calls, and
    tells how many there were, as another one may lead soon.
    """

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link

    def triggered_by(
        self, call: Target, at: float, recipients: Iterable[str] = (), is_outage: bool = False
    ) -> InjectedFault | None:
        """The fault that a call triggers."""
        self._link.catch_up()
        whom = tuple(recipients)
        timely = self.find_timely(call, at, whom, is_outage)
        if not timely:
            # Most calls do without the server that leads.
            return None
        if self._link.is_following:
            fault: InjectedFault | None = self._link.ask("trigger", call, at, whom, is_outage)
            return fault
        if any(each.is_counting for each in timely):
            blocking.about_to_block()
        return super().triggered_by(call, at, whom, is_outage)

    def miss(self, fault: InjectedFault) -> None:
        """A fault could do nothing to an answer: the next call is due."""
        if self._link.is_following:
            self._link.ask("miss", fault.number)
        else:
            super().miss(fault)


class SharedArrivals(Arrivals):
    """See `Arrivals`. Those who wait do so where the server leads."""

    def __init__(self, link: Link, outgoing: Outgoing) -> None:
        super().__init__()
        self._link = link
        self._outgoing = outgoing

    def announce(self, world: str, item: Any = None) -> None:
        """Wake those who may have waited for this."""
        if self._link.is_following:
            self._outgoing.mail(world, item)
        else:
            super().announce(world, item)
