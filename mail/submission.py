"""The post office: mail from every door is let in or refused here, made what would leave, and kept.
Nothing leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legacygrid import reasons
from legacygrid.auth import authentication
from legacygrid.auth.principal import Principal
from legacygrid.grid import Grid
from legacygrid.mail import transformation
from legacygrid.mail.envelope import IncomingMail, OutgoingMail
from legacygrid.models import suppression
from legacygrid.models.account import Account
from legacygrid.models.allowance import Sent
from legacygrid.models.message import (
    AUDIT,
    BLOCKED,
    DELIVERED,
    REFUSED,
    SANDBOXED,
    Message,
    Recipient,
    Sender,
)
from legacygrid.models.settings import BLOCKED as STATUS_BLOCKED
from legacygrid.models.settings import SANDBOX, Gate, SmtpUser
from legacygrid.reasons import Reason
from legacygrid.wsgi import blocking


def admit_mail(principal: Principal, gate: Gate, emails: int, at: float) -> str:
    """May they send that many emails now? The strictest of parent account, account and login wins.

    :param emails: recipients; each is one email.
    :param at: seconds since 1970, by the emulator's clock.
    :returns: what becomes of the mail, `delivered` or `sandboxed`.
    :raises MailNotAllowed: the account or its parent is disabled, or the login is locked or kept
        from sending.
    :raises MailBlocked: the login is set to send nothing.
    :raises LimitExceeded: these would be more than its rate limit lets through.
    """
    account, login = principal.account, principal.login
    authentication.check_gate(principal, gate)
    if not login.enabled:
        raise reasons.MailNotAllowed(hint=f"{login.name!r} is locked")
    if not account.active or not (
        account.parent_id is None or Account.get_by_id(account.parent_id).active
    ):
        raise reasons.MailNotAllowed(
            hint=f"{account.username!r}, or the account above it, is disabled"
        )
    settings = login.settings
    if not isinstance(settings, SmtpUser):
        return DELIVERED
    if settings.status == STATUS_BLOCKED:
        raise reasons.MailBlocked(hint=f"the status of {login.name!r} is blocked")
    if settings.limit is not None:
        value, period = settings.limit
        if Sent.count_between(account, login.number, period.before(at), at) + emails > value:
            raise reasons.LimitExceeded(
                hint=f"{login.name!r} may send {value} in {settings.custom_ratelimit_period}"
            )
    return SANDBOXED if settings.status == SANDBOX else DELIVERED


@dataclass(frozen=True)
class Submission:
    """Where one sender submits mail (RFC 6409).

    :param root: the URL under which the emulator's own links answer, with a slash at its end.
    """

    grid: Grid
    principal: Principal
    root: str

    @property
    def world(self) -> str:
        """The world that the sender lives in."""
        return self.principal.account.world

    @property
    def now(self) -> float:
        """Seconds since 1970, as it is in the sender's world."""
        return self.grid.clock.now(self.world)

    def check(self, gate: Gate) -> None:
        """Would one email be let in now?

        :raises Reason: as `admit_mail`.
        """
        with self.grid.store.reading():
            admit_mail(authentication.refresh(self.principal), gate, 1, self.now)

    def accept(self, incoming: IncomingMail) -> list[int]:
        """Take a mail in, as `accept_all`."""
        return self.accept_all([incoming])

    def accept_all(self, mails: Sequence[IncomingMail]) -> list[int]:
        """Take mails in that came by one call, all or none; they are on disk when this returns.

        :returns: the numbers of the messages that became of it, in the order of their recipients.
        :raises Reason: as `admit_mail`; it is kept as refused, then. StoreUnavailable: nothing is
            kept.
        :raises Unwritable: what the mail says of how it wants to be sent cannot be read.
        :raises WrongCredentials: the sender's login is gone since it was let in.
        :raises WouldBlock: on an event loop's thread.
        """
        blocking.about_to_block()
        at = self.now
        with self.grid.store.reading():
            sender = authentication.refresh(self.principal)
        # Made before the transaction: nobody waits for it with the store in hand.
        letters = self._letters(mails, sender, at)
        with self.grid.store.writing(at):
            now = authentication.refresh(sender)
            if not _is_alike(now, sender):
                sender, letters = now, self._letters(mails, now, at)
            fate = _fate(
                sender, mails[0].gate, sum(len(letter.addressed) for _, letter in letters), at
            )
            kept = _Keeping(sender, fate, at, suppression.codes(sender.account))
            numbers = [kept.add(each, letter) for each, letter in letters]
            self.grid.retention.count_stored(
                len(letters), sum(len(letter.raw) for _, letter in letters)
            )
        if isinstance(fate, Reason):
            raise fate
        return numbers

    def _letters(
        self, mails: Sequence[IncomingMail], sender: Principal, at: float
    ) -> list[tuple[IncomingMail, OutgoingMail]]:
        return [
            (each, letter)
            for each in mails
            for letter in transformation.letters(each, sender, self.root, at)
        ]


def _is_alike(one: Principal, other: Principal) -> bool:
    """Whether nothing is set otherwise of a sender."""
    return (one.login.__data__, one.account.__data__) == (
        other.login.__data__,
        other.account.__data__,
    )


def _fate(sender: Principal, gate: Gate, emails: int, at: float) -> str | Reason:
    """What becomes of mail, or why it is refused; what is let in counts."""
    try:
        disposition = admit_mail(sender, gate, emails, at)
    except Reason as reason:
        return reason
    limit = sender.login.settings.limit if isinstance(sender.login.settings, SmtpUser) else None
    if limit is not None:
        Sent.delete_until(sender.account, sender.login.number, limit[1].before(at))
        Sent.create(account=sender.account, login_number=sender.login.number, at=at, emails=emails)
    return disposition


class _Keeping:
    """Puts the messages of one call into the outbox.

    :param fate: what becomes of them, or why they are refused; what is refused is kept as such.
    :param kept_from: the addresses that no mail of the account reaches, and why.
    """

    def __init__(
        self, sender: Principal, fate: str | Reason, at: float, kept_from: Mapping[str, int]
    ) -> None:
        login, account = sender.login, sender.account
        self.sender = Sender(
            account.world,
            sender.primary,
            account.username,
            account.id,
            login.name,
            login.number,
            login.kind,
        )
        self.disposition = fate if isinstance(fate, str) else REFUSED
        self.reason = "" if isinstance(fate, str) else type(fate).__name__
        self.at = at
        self.kept_from = kept_from

    def add(self, incoming: IncomingMail, letter: OutgoingMail) -> int:
        """One message with its recipients; its number."""
        number = Message.add(
            self.sender,
            letter.contents,
            via=incoming.via,
            operation=incoming.operation,
            at=self.at,
            mail_from=incoming.mail_from,
            disposition=self.disposition,
            reason=self.reason,
            archived=letter.archived,
            ip_pool=letter.ip_pool,
            bounce_notifications=letter.bounce_notifications,
            labels_json=letter.labels_json,
        )
        for address, kind in letter.recipients:
            outcome, code = _outcome(kind, self.disposition, self.kept_from.get(address.lower()))
            Recipient.add(number, address, kind, outcome, self.at, code)
        return number


def _outcome(kind: str, disposition: str, kept_from: int | None) -> tuple[str, int | None]:
    """What becomes of a message at one recipient, and why if nothing good does."""
    if kind == AUDIT and disposition == SANDBOXED:
        # SMTP2GO's page on the sandbox: the copy is delivered all the same.
        return DELIVERED, None
    return (BLOCKED, kept_from) if disposition == DELIVERED and kept_from else (disposition, None)
