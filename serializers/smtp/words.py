"""What is said by SMTP of a reason: the words of the system that the login is of, each with its
evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from legacygrid import reasons
from legacygrid.evidence import Evidence, documented, inferred, recorded
from legacygrid.reasons import Reason
from legacygrid.wsgi.blocking import TryLater


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
    TryLater: Words(
        454, "Temporary authentication failure, try again later", inferred("RFC 4954, 6: 454")
    ),
    reasons.TooIdle: Words(
        421, "Timeout, closing the connection", inferred("RFC 5321, 4.5.3.2: servers may")
    ),
    reasons.Stopping: Words(
        421, "Service not available, closing the connection", inferred("RFC 5321, 3.8")
    ),
    reasons.StoreUnavailable: Words(
        451, "The emulator's store does not answer", inferred("the emulator's trouble")
    ),
    reasons.StoreFull: Words(
        452,
        "Insufficient system storage: the disk is full",
        inferred("RFC 5321, 4.2.2, with the cause"),
    ),
    reasons.Fault: Words(451, "The emulator failed; its log says where", inferred("its own fault")),
    reasons.Reason: Words(
        554, "Transaction failed", inferred("whatever else keeps a message from being taken")
    ),
}

#: Words of one system, by reason.
OwnWords = Mapping[type[Reason], Words]


def find_words(reason: type[Reason], own: OwnWords) -> Words:
    """What is said of a reason.

    :param own: the words of the system whose login it is said to, where it has some.
    """
    wider = (each for each in reason.__mro__ if each in own or each in WORDS)
    found = next(wider)
    return own[found] if found in own else WORDS[found]


def reply_to(reason: Reason, own: OwnWords) -> Words:
    """What is said of a reason that may bring its own texts.

    :param own: as for `find_words`.
    """
    said = find_words(type(reason), own)
    text = "; ".join(reason.texts).encode("ascii", "backslashreplace").decode()[:400]
    if not text:
        return said
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    return replace(said, text=printable)
