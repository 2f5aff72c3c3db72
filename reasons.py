"""Why a call is not carried out: bare classes, raised from anywhere. What is *said* of a reason on
the wire belongs to each dialect's table; see `legacygrid.serializers.dialects`.
"""

from legacygrid.registry.evidence import Problem as Problem
from legacygrid.registry.evidence import Sentence


class Reason(Exception):  # noqa: N818 - a reason is a noun here, not an error of the program
    """A reason why a call is not carried out.

    :param problems: what is wrong, where there is more to say than the dialect's own sentence; a
        text alone is a problem of no parameter in particular.
    :param hint: for the operator's log alone: it may tell apart what the wire must not.
    """

    def __init__(self, *problems: Problem | Sentence, hint: str = "") -> None:
        super().__init__(*problems)
        self.problems = tuple(p if isinstance(p, Problem) else Problem("", p) for p in problems)
        self.hint = hint

    @property
    def texts(self) -> tuple[Sentence, ...]:
        """The sentences of the problems, without their parameters."""
        return tuple(problem.text for problem in self.problems)


# Before the call is read


class UnknownMethod(Reason):
    """Nothing of that name answers under that prefix."""


class NotEmulated(Reason):
    """The real service answered that name; this emulator does not (yet)."""


class VerbNotAllowed(Reason):
    """Another HTTP verb than those of the operation, such as GET, HEAD, POST and OPTIONS."""


class BodyCutShort(Reason):
    """Fewer bytes arrived than Content-Length promised."""


class BodyTooLarge(Reason):
    """The body is over the limit."""


class TooManyFields(Reason):
    """Query and body hold more fields than the limit."""


class BodyTooSlow(Reason):
    """The body did not arrive within the deadline."""


class UnreadableBody(Reason):
    """The body says that it is multipart and does not parse as such."""


class ForeignBody(Reason):
    """The body is no form."""


class UnknownCoding(Reason):
    """The body is compressed in a way that nobody here knows."""


class NoRoom(Reason):
    """So much is on its way in at once that this has to wait."""


class BadDocument(Reason):
    """The body is no JSON object: other JSON, no JSON, no UTF-8, or a number like NaN."""


# Who


class WrongCredentials(Reason):
    """No such login, a wrong secret, or none at all; callers cannot tell these apart."""


class RefusedKey(WrongCredentials):
    """A key that is nobody's, where the words tell it from a wrong password."""


class MalformedKey(Reason):
    """Nobody has that API key, and it does not look like one."""


class NotAuthorised(Reason):
    """The caller is known and may not make this call."""


class NotPermitted(Reason):
    """Its role, its data permissions or its key's list leave this one of the caller's calls out."""


class TooManyCalls(Reason):
    """The account, or the login, has made all the calls that its rate limit allows for now."""


# Mail


class MailNotAllowed(Reason):
    """The account, or the one above it, may not send mail; or the login may not."""


class MailBlocked(Reason):
    """The login is set to send nothing."""


class LimitExceeded(Reason):
    """The login has sent all that its rate limit lets it send for now."""


class CreditsExceeded(LimitExceeded):
    """The account has fewer credits left than the mail has recipients."""


class UnverifiedSender(Reason):
    """The mail is from a domain that the account has not shown to be its own."""


class WentNowhere(Reason):
    """The message was refused, so no event can happen to it on its way."""


class UnknownMessage(Reason):
    """The outbox has no such message, or no longer."""


class UnknownRecipient(Reason):
    """The message was not to that address."""


class Unwritable(Reason):
    """What was given cannot be written as a message."""


# What


class UnknownTask(Reason):
    """The operation has no such `task`, or none was given where one is needed."""


class UnknownSubuser(Reason):
    """`user` is not a subuser of the caller."""


class UnknownCredential(Reason):
    """`username` is not a further login of the caller."""


class NotListed(Reason):
    """The address is not on that list of suppressed addresses."""


class AlreadyListed(Reason):
    """The address is on that list already."""


class BadParameters(Reason):
    """One or more parameters do not pass their schema; each is a problem of its own."""


class NothingGiven(Reason):
    """A change that says nothing to change."""


class NameTaken(Reason):
    """The name logs somebody in already."""


class WrongPassword(Reason):
    """customer.auth: not the subuser's name and password."""


class UnknownMailDomain(Reason):
    """`mail_domain` is not a whitelabel record of the parent account."""


class ForeignAccount(Reason):
    """The account that the path names is not the caller's; whether it exists is not said."""


class ApiUserExists(Reason):
    """The account has an API user of that rate limit scheme."""


# SMTP


class LoginRequired(Reason):
    """Mail of somebody who has not authenticated."""


class TooManyRecipients(Reason):
    """One message is to more than the limit."""


class LineTooLong(Reason):
    """A command does not end within the limit."""


class TooManyConnections(Reason):
    """As many clients as the limit allows are connected."""


class TooManyCommands(Reason):
    """A client does not authenticate and goes on talking."""


class TooManyFailures(Reason):
    """A client goes on guessing."""


class TooIdle(Reason):
    """A client says nothing, or takes too long to send its message."""


class Stopping(Reason):
    """The server ends."""


# The emulator itself


class StoreUnavailable(Reason):
    """The store does not answer: locked by another process, read-only, file gone, server away."""

    #: After which to try again: `Retry-After`.
    seconds = 1


class StoreFull(StoreUnavailable):
    """There is no room for what is to be stored."""


class Fault(Reason):
    """A fault of the emulator's own."""


class SetupError(Exception):
    """A store, a seed or another wish of the operator's cannot be; the message is for a person."""
