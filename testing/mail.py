"""Mail that came in, as a test sees it."""

import email
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Self, overload

from legacygrid.testing.records import Told

if TYPE_CHECKING:
    from legacygrid.testing.admin import Admin


@dataclass(frozen=True)
class SentTo(Told):
    """One recipient, and what became of the message there.

    :param kind: `to`, `cc`, `bcc`, or `audit` for the copy that an SMTP user's `audit_email` gets.
    :param outcome: delivered, sandboxed, refused, bounced, blocked or deferred.
    :param code: why, by Customers Mail Cloud's numbers.
    """

    address: str
    kind: str = "to"
    outcome: str = "delivered"
    code: int | None = None
    reason: str = ""
    time: str = ""


@dataclass(frozen=True)
class SentMessage(Told):
    """A message as it would leave.

    :param time: when, by the emulator's clock; ISO 8601, UTC.
    :param account: the primary account of whoever sent; `subuser` is the subuser that did, if one;
        `caller` the login.
    :param kind: of that login: owner, credential, cmc, dotmailer or smtp2go.
    :param via: http, smtp, or bounce for a notice of the emulated provider; `operation` is what was
        called.
    :param mail_from: the envelope's sender; `sender` the header's.
    :param disposition: delivered, sandboxed or refused; `reason` is why.
    :param labels: what the sender said of it for itself: `category`, `unique_args`, `api_data`.
    """

    id: int
    time: str = ""
    account: str = ""
    subuser: str = ""
    caller: str = ""
    kind: str = ""
    via: str = ""
    operation: str = ""
    mail_from: str = ""
    sender: str = ""
    subject: str = ""
    message_id: str = ""
    size: int = 0
    disposition: str = ""
    reason: str = ""
    archived: bool = False
    ip_pool: int | None = None
    labels: Mapping[str, Any] = field(default_factory=dict)
    recipients: list[SentTo] = field(default_factory=list)
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    links: list[str] = field(default_factory=list, repr=False)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The message that the JSON object tells."""
        recipients = list(map(SentTo.of, told.get("recipients", ())))
        return super().of({**told, "sender": told.get("from", ""), "recipients": recipients})

    @property
    def to(self) -> list[str]:
        """The addresses of all its recipients."""
        return [each.address for each in self.recipients]


class Outbox(Sequence[SentMessage]):
    """The mail of a world, oldest first; it is asked for anew each time.

    :param admin: the control API, narrowed to the world.
    """

    def __init__(self, admin: "Admin") -> None:
        self._admin = admin

    def __repr__(self) -> str:
        return f"Outbox({list(self)!r})"

    def __len__(self) -> int:
        return len(self._admin.messages())

    @overload
    def __getitem__(self, place: int) -> SentMessage: ...
    @overload
    def __getitem__(self, place: slice) -> list[SentMessage]: ...
    def __getitem__(self, place: int | slice) -> SentMessage | list[SentMessage]:
        return self._admin.messages()[place]

    def __iter__(self) -> Iterator[SentMessage]:
        return iter(self._admin.messages())

    def find(self, **criteria: Any) -> list[SentMessage]:
        """The messages that fit.

        :param criteria: `to` (one of its recipients), `sender` and `subject` (parts of those
            headers), account, caller, via, operation, disposition, archived, `after` (the number of
            a message).
        """
        return self._admin.messages(**criteria)

    def one(self, **criteria: Any) -> SentMessage:
        """The only message that fits. Criteria as at `find`.

        :raises AssertionError: there is none, or more than one.
        """
        __tracebackhide__ = True
        found = self.find(**criteria)
        if len(found) != 1:
            lines = [f"{len(found)} messages fit {criteria}; the outbox has {len(self)}:"]
            lines += [
                f"  #{each.id} {each.subject!r} to {', '.join(each.to)}: {each.disposition}"
                for each in self
            ]
            raise AssertionError("\n".join(lines))
        return found[0]

    def source(self, message: SentMessage) -> bytes:
        """The whole of a message, headers and body, as it would leave."""
        return self._admin.source(message.id)

    def parsed(self, message: SentMessage) -> EmailMessage:
        """A message as Python's `email` reads it, with its attachments."""
        return email.message_from_bytes(self.source(message), policy=policy.default)

    def befall(self, message: SentMessage, event: str, **how: Any) -> SentMessage:
        """Let something befall a message; how it is then.

        :param event: bounce, block, defer, deliver or unsubscribe.
        :param how: `recipient` (by default, all of them), `code` (Customers Mail Cloud's number for
            why) and `reason`.
        """
        return self._admin.befall(message.id, event, **how)

    def clear(self) -> None:
        """Empty it."""
        self._admin.forget_messages()


@dataclass(frozen=True)
class Smtp:
    """Where and as whom a client sends by SMTP.

    :param username: with the world in front of the account's name, as SMTP has no path to say it
        in.
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)

    @classmethod
    def of(cls, admin: "Admin", name: str, password: str) -> Self:
        """That of a login of the world to which the control API is narrowed.

        :raises RuntimeError: the server takes no mail by SMTP.
        """
        where = admin.health().get("smtp")
        if not where:
            raise RuntimeError("this server takes no mail by SMTP; start it with --smtp-port")
        host, _, port = where.rpartition(":")
        return cls(host.strip("[]"), int(port), admin.full_name(name), password)
