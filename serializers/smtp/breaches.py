"""Reasons that SMTP alone has: how a client's program can fail to keep to it."""

from legacygrid.reasons import Reason


class ProtocolBreach(Reason):
    """A client's program does not keep to SMTP; there is one for each way to do so."""


class UnknownCommand(ProtocolBreach):
    """There is no such command."""


class BadArgument(ProtocolBreach):
    """What follows the command is not what belongs there, such as an address."""


class NoSender(ProtocolBreach):
    """A recipient before a sender."""


class NoRecipient(ProtocolBreach):
    """A message before a sender and a recipient."""


class SecondSender(ProtocolBreach):
    """A sender where there is one."""


class SecondLogin(ProtocolBreach):
    """AUTH of a client that has authenticated."""


class UnknownMechanism(ProtocolBreach):
    """AUTH by another mechanism than those that are offered."""


class LoginAborted(ProtocolBreach):
    """The client takes its AUTH back."""


class UnreadableLogin(ProtocolBreach):
    """What a client answers to AUTH is not Base64, or holds no name and password."""


class NoTls(ProtocolBreach):
    """STARTTLS, and there is no TLS."""


class SecondTls(ProtocolBreach):
    """STARTTLS under TLS."""
