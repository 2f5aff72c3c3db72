"""What SMTP needs of the emulator: logins, mail, and the journal."""

from collections.abc import Callable, Sequence
from functools import partial

from legacygrid import reasons
from legacygrid.auth import authentication
from legacygrid.auth.audit import AuditedLogin
from legacygrid.auth.claims import Pair
from legacygrid.auth.login_attempt import LoginAttempt
from legacygrid.auth.principal import Principal
from legacygrid.grid import Grid
from legacygrid.harness.call_kinds import Numbers
from legacygrid.harness.calls import Call
from legacygrid.harness.fault_targets import SMTP, Target
from legacygrid.harness.faults import InjectedFault
from legacygrid.mail import inbound
from legacygrid.mail.envelope import IncomingMail
from legacygrid.mail.inbound import InboundMail, InboundOwner
from legacygrid.mail.submission import Submission
from legacygrid.models import parse_hosts
from legacygrid.models.login import OWNER, RESERVED
from legacygrid.models.parse_hosts import RegisteredHost
from legacygrid.models.settings import Gate
from legacygrid.reasons import Reason
from legacygrid.serializers.smtp.words import OwnWords, Step, Words, find_words, reply_to
from legacygrid.wsgi.hosts import is_loopback

#: What the list of a key has to have: SendGrid's scope for mail, and its call in v2.
_SCOPE = frozenset({"mail.send"})


class Backend:
    """Reads and writes the store for the SMTP clients. Its methods block, but for `check`: call
    them on a thread that may wait.

    :param url: where the tracking links of mail lead to, without a slash at its end.
    :param words: the name of the system that speaks before a log-in; by default the first.
    :param takes_from_all: mail for hostnames of the Parse Webhook may also come from other machines
        without a log-in.
    """

    def __init__(self, grid: Grid, url: str, words: str = "", takes_from_all: bool = False) -> None:
        self._grid = grid
        self._url = url
        self._takes_from_all = takes_from_all
        named = (system for system in grid.systems if system.name == words)
        self._host = next(named, grid.systems[0])

    def attempt(self, world: str, address: str) -> LoginAttempt:
        """A client's attempt to log in.

        :param address: the client's IP address.
        """
        return self._grid.attempt(world, address)

    def authenticate(self, name: str, secret: str, attempt: LoginAttempt) -> Principal:
        """The login that a client proves to be, also in the account's audit log if its system has
        one.

        :raises WrongCredentials: there is no such login, or the secret is wrong; RefusedKey where
            it should be a key.
        :raises NotAuthorised: the login may not use SMTP.
        :raises CreditsExceeded: its account has no credits left for mail.
        :raises TooManyGuesses: too many passwords were wrong before.
        """
        claim = Pair(name, secret, ("the user name of AUTH", "its password"))
        world, prove = attempt.world, partial(self._prove, claim, attempt)
        system = self._grid.systems.of_kind(self.find_claimed(name, world)[0])
        with self._grid.store.reading():
            if not system.is_audited:
                return prove()
            now = self._grid.clock.now(world)
            login = AuditedLogin(self._grid.audit, claim, world, attempt.address, now)
            return login.authenticate(prove)

    def _prove(self, claim: Pair, attempt: LoginAttempt) -> Principal:
        try:
            principal = authentication.authenticate(claim, attempt)
        except reasons.WrongCredentials as error:
            if claim.name == RESERVED:
                raise reasons.RefusedKey(hint=error.hint) from None
            raise
        if not principal.login.opens(Gate.SMTP):
            kept = f"{principal.login.name!r} is kept from SMTP by its permissions"
            raise reasons.NotAuthorised(hint=kept)
        _check_scope(principal)
        self._submission(principal).check_credits(SMTP)
        return principal

    def find_claimed(self, name: str, world: str) -> tuple[str, Numbers]:
        """The kind of the login of that name, and its numbers, as `Call.claimed` has them; the kind
        is empty if there is none.
        """
        with self._grid.store.reading():
            principal = authentication.find_claimed(Pair(name, ""), world)
        kind = principal.login.kind if principal else ""
        return kind, authentication.numbers_of(principal)

    def say(self, step: Step, kind: str) -> Words:
        """What is said when a step goes well, to a login of that kind; to nobody, if it is
        empty.
        """
        return find_words(step, self._words(kind))

    def reply_to(self, reason: Reason, kind: str) -> Words:
        """What is said of a reason, to whom `say` says."""
        return reply_to(reason, self._words(kind))

    def _words(self, kind: str) -> OwnWords:
        # Owners are of every system, so they go on as they began.
        is_bound = kind not in ("", OWNER)
        return (self._grid.systems.of_kind(kind) if is_bound else self._host).smtp_words

    def check(self, principal: Principal) -> None:
        """See whether the login may send a message now.

        :raises Reason: it may not.
        :raises WouldBlock: on an event loop's thread, where that takes long.
        """
        self._submission(principal).check(Gate.SMTP, SMTP)

    def accept(
        self,
        principal: Principal,
        mail_from: str,
        recipients: tuple[str, ...],
        raw: bytes,
        spam_score: float | None = None,
    ) -> tuple[str, list[int], list[str]]:
        """Store a message; it is on disk when this returns.

        :param spam_score: the score that a fault gives it.
        :returns: the public name of what was submitted, the numbers of the stored messages, and
            hints for the operator.
        :raises Reason: the message is refused.
        """
        mail = IncomingMail(mail_from, recipients, raw, "smtp", SMTP, spam_score=spam_score)
        submission = self._submission(principal)
        return mail.queue_id, submission.accept(mail), submission.hints

    def check_inbound(self, address: str) -> None:
        """See whether a client may send mail in without a log-in: for hostnames of the Parse
        Webhook, if there are any.

        :param address: the client's IP address.
        :raises LoginRequired: it may not.
        """
        with self._grid.store.reading():
            is_wanted = parse_hosts.are_there()
        if not is_wanted:
            raise reasons.LoginRequired
        if not (self._takes_from_all or is_loopback(address)):
            hint = "mail from other machines for hostnames of the Parse Webhook needs --inbound"
            raise reasons.LoginRequired(hint=hint)

    def find_inbound(self, recipient: str) -> list[RegisteredHost]:
        """Where mail to a recipient is posted.

        :raises LoginRequired: nowhere.
        """
        with self._grid.store.reading():
            hosts = inbound.find_hosts(recipient)
        if not hosts:
            hint = f"no account has registered the hostname of {recipient!r}; parse.set does"
            raise reasons.LoginRequired(hint=hint)
        return hosts

    def receive(self, mail: InboundMail) -> tuple[str, list[InboundOwner]]:
        """Have a mail from outside posted; it is on disk when this returns.

        :returns: its public name, and the accounts that get it.
        :raises Reason: it is refused.
        """
        receipt = inbound.receive(self._grid, mail)
        with self._grid.store.reading():
            return receipt.queue_id, inbound.find_owners(receipt)

    def find_fault(
        self, find_target: Callable[[], Target], recipients: Sequence[str]
    ) -> InjectedFault | None:
        """The fault that a step triggers.

        :param find_target: the step as faults know it; asked for only where there are some.
        :param recipients: whom it is about.
        """
        faults = self._grid.faults
        if not faults.are_set:
            return None
        target = find_target()
        now = self._grid.clock.now(target.world or "")
        return faults.triggered_by(target, now, recipients)

    def record(self, call: Call, status: int) -> None:
        """Put a command that was carried out, or refused, into the journal and the log.

        :param status: the SMTP reply code.
        """
        call.at = self._grid.clock.now(call.world)
        self._grid.journal.record(call)
        self._grid.finish(call, status)

    def _submission(self, principal: Principal) -> Submission:
        world = principal.account.world
        base = f"{self._url}/~{world}/" if world else f"{self._url}/"
        return Submission(self._grid, principal, base)


def _check_scope(principal: Principal) -> None:
    # By SMTP, what the list leaves out is refused in the words of a login that may not send.
    try:
        authentication.check_list(principal, _SCOPE)
    except reasons.NotPermitted as error:
        raise reasons.NotAuthorised(hint=f"{error.hint}; SMTP needs mail.send") from None
