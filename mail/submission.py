"""Submits mail, whichever way it came: accepts or refuses it, transforms it, stores it. Nothing
leaves.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from legacygrid import reasons
from legacygrid.auth import authentication
from legacygrid.auth.principal import Principal
from legacygrid.grid import Grid
from legacygrid.mail import admission, monitoring, storing, transformation
from legacygrid.mail.envelope import IncomingMail, OutgoingMail
from legacygrid.mail.tracking_links import Links
from legacygrid.mail.wishes import Wishes
from legacygrid.models import credits as limits
from legacygrid.models import monitors
from legacygrid.models.settings import Gate
from legacygrid.reasons import CreditsExceeded, StoreFull
from legacygrid.wsgi import blocking


@dataclass(frozen=True)
class Submission:
    """Where one sender submits mail (RFC 6409).

    :param root: the URL under which the emulator's own links answer, with a slash at its end.
    :param hints: gets what the operator may want to know of mail that is accepted.
    :param spam_score: the score that a fault gives the mail; none for that of what it says.
    """

    grid: Grid
    principal: Principal
    root: str
    hints: list[str] = field(default_factory=list)
    spam_score: float | None = None

    @property
    def world(self) -> str:
        """The world of the sender."""
        return self.principal.account.world

    @property
    def now(self) -> float:
        """Seconds since 1970, by the clock of the sender's world."""
        return self.grid.clock.now(self.world)

    def check(self, gate: Gate, operation: str) -> None:
        """Check that one email by that operation would be accepted now.

        :raises Reason: as `admit_mail` and `check_credits`.
        """
        with self.grid.store.reading():
            now = authentication.refresh(self.principal, reads_only=True)
            admission.admit_mail(now, gate, 1, self.now, self._needs_address(operation))
            self.check_credits(operation)

    def check_credits(self, operation: str) -> None:
        """Check that the account can pay for one email by that operation.

        :raises CreditsExceeded: it has no credits left, and such mail takes some.
        """
        if not self._is_told(operation):
            return
        number = self.principal.account.id
        try:
            limits.require(number, 1, self.now)
        except CreditsExceeded:
            # Nothing else is stored of it, and periods begin by a clock that was set back.
            with self.grid.store.writing(self.now):
                limits.begin_again(number, self.now)
            raise

    def accept(self, incoming: IncomingMail) -> list[int]:
        """Accept a mail, as `accept_all`."""
        return self.accept_all([incoming])

    def accept_all(self, mails: Sequence[IncomingMail]) -> list[int]:
        """Accept mails that came by one call, all or none; they are on disk when this returns.

        :returns: the numbers of the messages that they became, in the order of their recipients.
        :raises Reason: as `admit_mail`, or CreditsExceeded if the account has too few credits left
            for all of them; the mail is stored as refused, then.
        :raises StoreUnavailable: nothing is stored.
        :raises Unwritable: what the mail says of how it shall be sent cannot be followed.
        :raises WrongCredentials: the sender's login is gone since it was authenticated.
        :raises WouldBlock: on an event loop's thread.
        """
        blocking.about_to_block()
        at = self.now
        # Made before the transaction: nobody waits for it with the store in hand.
        sender, outgoing = self._prepare(mails, at)
        with self._storing(at):
            now = authentication.refresh(sender, reads_only=True)
            if not _is_alike(now, sender):
                sender, outgoing = now, self._transform(mails, now, at)
            outgoing, watched = monitoring.add_copies(sender.account, outgoing)
            emails = sum(message.emails for _, message in outgoing)
            needs_address = self._needs_address(mails[0].operation)
            price = sum(message.credits for _, message in outgoing)
            decision = admission.decide(sender, mails[0].gate, emails, price, at, needs_address)
            if watched and decision.refusal is None:
                monitors.count_mails(sender.account.id, watched)
            numbers = storing.store(sender, outgoing, decision, at)
            size = sum(message.size for _, message in outgoing)
            self.grid.retention.count_stored(len(outgoing), size)
        addresses = {each.lower() for _, message in outgoing for each, _ in message.recipients}
        self.grid.mailed.announce(self.world, addresses)
        if decision.refusal is not None:
            raise decision.refusal
        self.hints.extend(_describe_dropped([message for _, message in outgoing]))
        return numbers

    def _needs_address(self, operation: str) -> bool:
        """Whether a subuser sends mail of that operation from an IP address alone."""
        return self.grid.profile.ip_required == "on" and self._is_told(operation)

    def _is_told(self, operation: str) -> bool:
        """Whether what becomes of mail of that operation is told, as SendGrid did."""
        system = self.grid.systems.of_kind(self.principal.login.kind)
        return operation in system.told_operations

    @contextmanager
    def _storing(self, at: float) -> Iterator[None]:
        """A transaction for mail; on a full disk, what the outbox need not keep makes room for the
        next.
        """
        store, retention = self.grid.store, self.grid.retention
        try:
            with store.writing(at):
                yield
        except StoreFull:
            with store.freeing(at):
                retention.prune()
            raise

    def _prepare(
        self, mails: Sequence[IncomingMail], at: float
    ) -> tuple[Principal, list[tuple[IncomingMail, OutgoingMail]]]:
        """The sender, and what would leave as they wish, by what was known when they logged in:
        mostly it still holds.
        """
        sender = self.principal
        try:
            return sender, self._transform(mails, sender, at)
        except reasons.Unwritable:
            with self.grid.store.reading():
                now = authentication.refresh(sender, reads_only=True)
            if _is_alike(now, sender):
                raise
            return now, self._transform(mails, now, at)

    def _transform(
        self, mails: Sequence[IncomingMail], sender: Principal, at: float
    ) -> list[tuple[IncomingMail, OutgoingMail]]:
        """The messages that would leave, each with the mail that it was."""
        links = Links(sender.account, self.root)
        wishes_of = self.grid.systems.of_kind(sender.login.kind).wishes
        outgoing = []
        for mail in mails:
            wishes = wishes_of(mail, sender, links) if wishes_of else Wishes()
            outgoing += [(mail, each) for each in transformation.transform(mail, wishes, at)]
        return outgoing


def _describe_dropped(messages: Sequence[OutgoingMail]) -> list[str]:
    """A line on the recipients of one call that get nothing, if there are any."""
    dropped = [each for message in messages for each in message.dropped]
    if not dropped:
        return []
    count = len(dropped) + sum(len(message.recipients) for message in messages)
    whys = ", ".join(dict.fromkeys(each.reason for each in dropped))
    return [f"{len(dropped)} of {count} recipients dropped: {whys}"]


def _is_alike(one: Principal, other: Principal) -> bool:
    """Whether all settings of a sender are the same."""
    return one is other or _settings(one) == _settings(other)


def _settings(sender: Principal) -> tuple[object, ...]:
    return sender.login.__data__, sender.account.__data__, sender.account.may_have
