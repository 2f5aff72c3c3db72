"""What is said by SMTP of a reason: the words of the system that the login is of, each with its
evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from legacygrid import reasons
from legacygrid.models.settings import SMTP2GO
from legacygrid.reasons import Reason
from legacygrid.serializers.evidence import Evidence, documented, inferred, recorded


@dataclass(frozen=True)
class Words:
    """The reply to a command.

    :param code: 4xx if the same may go well later, 5xx if it will not.
    """

    code: int
    text: str
    evidence: Evidence

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


_BAD_PAIR = "Authentication failed: Bad username / password"
_ISSUES = "sendgrid/docs, log-in-issues"
_ERRORS = "sendgrid/docs, smtp-errors"
_OURS = "the emulator's own limit; no source has words for it"

#: By reason. SendGrid's words, where it had any.
WORDS: Mapping[type[Reason], Words] = {
    reasons.WrongCredentials: Words(535, _BAD_PAIR, documented(_ISSUES)),
    reasons.NotAuthorised: Words(
        535, _BAD_PAIR, inferred("a login that is kept from SMTP looks like a wrong one")
    ),
    reasons.LoginRequired: Words(550, "Unauthenticated senders not allowed", documented(_ERRORS)),
    reasons.MailNotAllowed: Words(
        550,
        "Authenticated user is not authorized to send mail",
        recorded("sendgrid-php issue 181, December 2015, by mail.send; the code is inferred"),
    ),
    reasons.MailBlocked: Words(
        550,
        "Sending is blocked for this user",
        inferred("a status of SMTP2GO's; its words are unknown"),
    ),
    reasons.LimitExceeded: Words(
        451, "Authentication failed: Maximum credits exceeded", documented(_ERRORS)
    ),
    reasons.BodyTooLarge: Words(
        552, "Message size exceeds fixed limit", inferred("RFC 1870; SendGrid took 30 MB")
    ),
    reasons.TooManyRecipients: Words(452, "Too many recipients", inferred("RFC 5321, 4.5.3.1.10")),
    reasons.LineTooLong: Words(500, "Line too long", inferred("RFC 5321, 4.5.3.1.9")),
    reasons.NoRoom: Words(452, "Too much mail at once, try again later", inferred(_OURS)),
    reasons.TooManyConnections: Words(
        421, "Too many connections, try again later", inferred(_OURS)
    ),
    reasons.TooManyCommands: Words(
        421, "Too many commands without authentication", inferred(_OURS)
    ),
    reasons.TooManyFailures: Words(421, "Too many failed authentications", inferred(_OURS)),
    reasons.TooIdle: Words(
        421, "Timeout, closing the connection", inferred("RFC 5321, 4.5.3.2: servers may")
    ),
    reasons.Stopping: Words(
        421, "Service not available, closing the connection", inferred("RFC 5321, 3.8")
    ),
    reasons.StoreUnavailable: Words(
        451, "The emulator's store does not answer", inferred("the emulator's trouble")
    ),
    reasons.Fault: Words(451, "The emulator failed; its log says where", inferred("its own fault")),
    reasons.Reason: Words(
        554, "Transaction failed", inferred("whatever else keeps a message from being taken")
    ),
}

#: By kind of login and reason, where its system has words of its own.
OWN_WORDS: Mapping[tuple[str, type[Reason]], Words] = {
    (SMTP2GO, reasons.WrongCredentials): Words(
        535, "Incorrect authentication data", documented("support.smtp2go.com, SMTP error codes")
    ),
    (SMTP2GO, reasons.NotAuthorised): Words(
        535,
        "Incorrect authentication data",
        inferred("a login that is kept from SMTP looks like a wrong one"),
    ),
    (SMTP2GO, reasons.LimitExceeded): Words(
        450,
        "SMTP user ratelimit exceeded",
        inferred("`API key ratelimit exceeded` is documented of keys"),
    ),
}


def words(reason: type[Reason], kind: str = "") -> Words:
    """What is said of a reason.

    :param kind: of the login that it is said to; empty as long as nobody knows.
    """
    return next(
        found
        for each in reason.__mro__
        if (found := OWN_WORDS.get((kind, each)) or WORDS.get(each)) is not None
    )


def reply_to(reason: Reason, kind: str = "") -> Words:
    """What is said of a reason that may bring its own texts.

    :param kind: as for `words`.
    """
    said = words(type(reason), kind)
    own = "; ".join(reason.texts).encode("ascii", "backslashreplace").decode()
    return (
        replace(said, text="".join(letter if letter.isprintable() else "?" for letter in own[:400]))
        if own
        else said
    )
