"""What is said by SMTP: at each step of the conversation, and of each reason; each with its
evidence.

A system has words of its own where something is known of its server. What stands here are the
words of all others, and the emulator's own limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

from legacygrid import reasons
from legacygrid.reasons import Reason
from legacygrid.registry.evidence import Evidence, inferred, least_known
from legacygrid.serializers.smtp import breaches
from legacygrid.wsgi.blocking import TryLater


class Step(Enum):
    """What goes well in a conversation, in the order of a message."""

    BANNER = auto()
    HELO = auto()
    #: A line each: the name of the server, then its extensions. STARTTLS is left out where there
    #: is no TLS, or it is on.
    EHLO = auto()
    STARTTLS = auto()
    #: The prompts of AUTH; that of PLAIN is empty.
    CHALLENGE = auto()
    USERNAME = auto()
    PASSWORD = auto()
    AUTHENTICATED = auto()
    SENDER = auto()
    RECIPIENT = auto()
    DATA = auto()
    QUEUED = auto()
    RSET = auto()
    NOOP = auto()
    VRFY = auto()
    HELP = auto()
    QUIT = auto()


@dataclass(frozen=True)
class Words:
    """The reply to a command.

    :param code: 4xx if the same may go well later, 5xx if it will not.
    :param text: a line, or several; `{host}` in it is the name of the machine, `{id}` that of a
        message, `{size}` the bytes of the largest one.
    """

    code: int
    text: str
    evidence: Evidence

    def fill(self, **values: object) -> "Words":
        """The same with names in their places."""
        if "{" not in self.text:
            return self
        return Words(self.code, self.text.format(**values), self.evidence)

    def without(self, line: str) -> "Words":
        """The same without one of its lines."""
        return replace(self, text="\n".join(each for each in self.text.split("\n") if each != line))

    def __str__(self) -> str:
        """The lines as they are sent, but for the end of the last."""
        if "\n" not in self.text:
            return f"{self.code} {self.text}"
        *lines, last = self.text.split("\n")
        return "\r\n".join([*(f"{self.code}-{line}" for line in lines), f"{self.code} {last}"])


#: Words of one system.
OwnWords = Mapping[type[Reason] | Step, Words]

_OURS = inferred("the emulator's own limit; no source has words for it")
_SYNTAX = "Syntax error in parameters or arguments"
_ORDER = "Bad sequence of commands"


def _rfc(code: int, text: str, source: str = "RFC 5321, 4.2.3") -> Words:
    return Words(code, text, inferred(f"{source}; what the real server said is unknown"))


_STEPS: OwnWords = {
    Step.BANNER: _rfc(220, "{host} Service ready"),
    Step.HELO: _rfc(250, "{host}", "RFC 5321, 4.1.1.1"),
    Step.EHLO: _rfc(
        250,
        "{host}\n8BITMIME\nPIPELINING\nSIZE {size}\nSTARTTLS\nAUTH PLAIN LOGIN",
        "RFC 5321, 4.1.1.1",
    ),
    Step.STARTTLS: _rfc(220, "Ready to start TLS", "RFC 3207, 4"),
    Step.CHALLENGE: _rfc(334, "", "RFC 4954, 4"),
    Step.USERNAME: _rfc(334, "VXNlcm5hbWU6", "clients of AUTH LOGIN look for `Username:`"),
    Step.PASSWORD: _rfc(334, "UGFzc3dvcmQ6", "clients of AUTH LOGIN look for `Password:`"),
    Step.AUTHENTICATED: _rfc(235, "Authentication succeeded", "RFC 4954, 6"),
    Step.SENDER: _rfc(250, "OK", "RFC 5321, 4.1.1.2"),
    Step.RECIPIENT: _rfc(250, "OK", "RFC 5321, 4.1.1.3"),
    Step.DATA: _rfc(354, "Start mail input; end with <CRLF>.<CRLF>"),
    Step.QUEUED: _rfc(250, "OK {id}", "RFC 5321, 4.1.1.4"),
    Step.RSET: _rfc(250, "OK", "RFC 5321, 4.1.1.5"),
    Step.NOOP: _rfc(250, "OK", "RFC 5321, 4.1.1.9; clients keep connections open by it"),
    Step.VRFY: _rfc(
        252, "Cannot VRFY user, but will accept message and attempt delivery", "RFC 5321, 3.5.3"
    ),
    Step.HELP: _rfc(
        214,
        "AUTH DATA EHLO HELO HELP MAIL NOOP QUIT RCPT RSET STARTTLS VRFY",
        "RFC 5321, 4.1.1.8",
    ),
    Step.QUIT: _rfc(221, "{host} Service closing transmission channel"),
}
_REFUSALS: OwnWords = {
    breaches.UnknownCommand: _rfc(500, "Syntax error, command unrecognized"),
    breaches.BadArgument: _rfc(501, _SYNTAX),
    reasons.LineTooLong: _rfc(500, "Line too long", "RFC 5321, 4.5.3.1.9"),
    breaches.NoSender: _rfc(503, _ORDER),
    breaches.NoRecipient: _rfc(503, _ORDER),
    breaches.SecondSender: _rfc(503, _ORDER),
    breaches.SecondLogin: _rfc(503, _ORDER, "RFC 4954, 4"),
    breaches.UnknownMechanism: _rfc(504, "Unrecognized authentication type", "RFC 4954, 4"),
    breaches.LoginAborted: _rfc(501, "Authentication aborted", "RFC 4954, 4"),
    breaches.UnreadableLogin: _rfc(501, _SYNTAX, "RFC 4954, 4"),
    breaches.SecondTls: _rfc(503, _ORDER, "RFC 3207, 4"),
    breaches.NoTls: _rfc(454, "TLS not available", "RFC 3207, 4"),
    reasons.WrongCredentials: _rfc(535, "Authentication credentials invalid", "RFC 4954, 6"),
    reasons.NotAuthorised: _rfc(
        535,
        "Authentication credentials invalid",
        "a login that is kept from SMTP looks like a wrong one",
    ),
    TryLater: _rfc(454, "Temporary authentication failure, try again later", "RFC 4954, 6"),
    reasons.LoginRequired: _rfc(530, "Authentication required", "RFC 4954, 6"),
    reasons.MailNotAllowed: _rfc(
        550, "This user may not send mail", "worded by the emulator, the code by RFC 5321, 4.2.2"
    ),
    reasons.MailBlocked: _rfc(
        550,
        "Sending is blocked for this user",
        "worded by the emulator, the code by RFC 5321, 4.2.2",
    ),
    reasons.LimitExceeded: _rfc(
        450, "Sending limit exceeded", "worded by the emulator, the code by RFC 5321, 4.2.2"
    ),
    reasons.BodyTooLarge: _rfc(552, "Message size exceeds fixed limit", "RFC 1870, 6.1"),
    reasons.TooManyRecipients: _rfc(452, "Too many recipients", "RFC 5321, 4.5.3.1.10"),
    reasons.TooIdle: _rfc(421, "Timeout, closing the connection", "RFC 5321, 4.5.3.2"),
    reasons.Stopping: _rfc(421, "Service not available, closing the connection", "RFC 5321, 3.8"),
    reasons.NoRoom: Words(452, "Too much mail at once, try again later", _OURS),
    reasons.TooManyConnections: Words(421, "Too many connections, try again later", _OURS),
    reasons.TooManyCommands: Words(421, "Too many commands without authentication", _OURS),
    reasons.TooManyFailures: Words(421, "Too many failed authentications", _OURS),
    reasons.StoreUnavailable: Words(
        451, "The emulator's store does not answer", inferred("the emulator's trouble")
    ),
    reasons.StoreFull: _rfc(452, "Insufficient system storage: the disk is full"),
    reasons.Fault: Words(451, "The emulator failed; its log says where", inferred("its own fault")),
    reasons.Reason: _rfc(554, "Transaction failed"),
}

#: The words of whatever has none of its own.
WORDS: OwnWords = {**_STEPS, **_REFUSALS}


def find_words(key: type[Reason] | Step, own: OwnWords) -> Words:
    """What is said at a step, or of a reason.

    :param own: the words of the system that is spoken for, where it has some.
    """
    if isinstance(key, Step):
        return own.get(key) or WORDS[key]
    found = next(each for each in key.__mro__ if each in own or each in WORDS)
    return own.get(found) or WORDS[found]


def reply_to(reason: Reason, own: OwnWords) -> Words:
    """What is said of a reason that may bring its own texts.

    :param own: as for `find_words`.
    """
    said = find_words(type(reason), own)
    text = "; ".join(reason.texts).encode("ascii", "backslashreplace").decode()[:400]
    if not text:
        return said
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    evidence = least_known(*(each.evidence for each in reason.texts))
    return replace(said, text=printable, evidence=evidence)
