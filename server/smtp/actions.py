"""What a connection asks for of whoever carries out its commands, and what they are about."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from legacygrid.models.parse_hosts import RegisteredHost
from legacygrid.serializers.smtp.words import Step, Words


@dataclass
class Envelope:
    """The envelope of a message.

    :param mail_from: empty for mail that must not be answered, such as bounces.
    :param hosts: of mail without a log-in, where it is posted.
    """

    mail_from: str | None = None
    recipients: list[str] = field(default_factory=list)
    hosts: frozenset[RegisteredHost] = frozenset()

    @property
    def unique(self) -> tuple[str, ...]:
        """The recipients, each once."""
        return tuple(dict.fromkeys(self.recipients))


class Replies(Protocol):
    """Who words the replies to all clients."""

    def say(self, step: Step, kind: str) -> Words:
        """What is said when a step goes well, to a login of that kind; empty for nobody's."""
        raise NotImplementedError

    async def greet(self, connection: Any) -> None:
        """Welcome a client."""

    def refuse(self, connection: Any, command: str, error: Exception) -> str:
        """The reply to a command that is not carried out."""
        raise NotImplementedError


class Actions(Replies, Protocol):
    """What the commands do."""

    async def authenticate(self, connection: Any, name: str, secret: str) -> None:
        """Find the login."""

    async def begin(self, connection: Any, mail_from: str) -> None:
        """Begin a message."""

    async def add(self, connection: Any, recipient: str) -> None:
        """Add a recipient to the message."""

    async def receive(self, connection: Any) -> None:
        """Let the message come."""

    async def store(self, connection: Any, envelope: Envelope, message: bytes) -> str:
        """Store the message; its public name."""
        raise NotImplementedError
