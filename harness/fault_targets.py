"""Which calls, and which steps of SMTP, a fault is for."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

#: What the journal calls a command of SMTP; the task says which.
SMTP = "smtp"
#: The steps of SMTP that may go wrong: the tasks of such faults. END is that of a message.
STAGES = ("CONNECT", "AUTH", "MAIL", "RCPT", "DATA", "END")
#: Those at which there are recipients.
WITH_RECIPIENTS = ("RCPT", "DATA", "END")


@dataclass(frozen=True)
class Target:
    """What a fault compares of a call; in a fault, what is None may be anything. SMTP has to be
    named.

    :param caller: the login that makes the call; `user` the value of its parameter `user`.
    :param system: the name of the system that is called.
    :param recipient: of SMTP, an address among the recipients, in any case.
    """

    world: str | None = None
    account: str | None = None
    operation: str | None = None
    task: str | None = None
    caller: str | None = None
    user: str | None = None
    system: str | None = None
    recipient: str | None = None

    def matches(self, call: "Target", recipients: Iterable[str] = ()) -> bool:
        """Whether a call is one of those that this describes.

        :param recipients: whom the call is about.
        """
        if self.operation is None and call.operation == SMTP:
            return False
        pairs = zip(_compared(self), _compared(call), strict=True)
        if not all(wanted is None or wanted == actual for wanted, actual in pairs):
            return False
        wanted = self.recipient
        return wanted is None or wanted.lower() in (each.lower() for each in recipients)


_compared = attrgetter("world", "account", "operation", "task", "caller", "user", "system")
