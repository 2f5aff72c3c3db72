"""A mail with its envelope (RFC 5321): as a client submits it, and as it would leave."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from legacygrid.mail.mime import headers
from legacygrid.mail.mime.caching import cached
from legacygrid.mail.mime.composing import Draft
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.mail.mime.smtpapi import Instructions
from legacygrid.models.message import (
    AUDIT,
)
from legacygrid.models.message_parts import Contents
from legacygrid.models.settings import Gate

#: The domain of what the emulated provider writes itself; it belongs to nobody (RFC 2606).
DOMAIN = "legacygrid.invalid"
#: Characters of a header that are kept beside the message, for lists.
_MAX_HEADER = 1000


def make_message_id(local: str = "") -> str:
    """A Message-ID without its angle brackets; by default one that no other message has."""
    return f"{local or secrets.token_hex(12)}@{DOMAIN}"


def make_queue_id() -> str:
    """The name by which the outside knows what was submitted, in the shape of SendGrid's: 22
    characters, after `queued as`.
    """
    return secrets.token_urlsafe(16)


class DroppedRecipient(NamedTuple):
    """Somebody whom the mail does not go to, though it is accepted.

    :param address: as it was given; it may be none.
    :param kind: `to`, `cc` or `bcc`.
    :param reason: why, in SendGrid's words for its events.
    """

    address: str
    kind: str
    reason: str


@dataclass(frozen=True)
class IncomingMail:
    """Mail as a client submits it, by HTTP or SMTP.

    :param mail_from: the sender of the envelope; empty for none.
    :param recipients: the recipients of the envelope, each once.
    :param raw: the message (RFC 5322), its lines ended by CRLF.
    :param via: `http` or `smtp`; `operation` names the call.
    :param labels: what the sender adds for its own use, such as `api_data`.
    :param smtpapi: the value of SendGrid's header X-SMTPAPI, where a call has a parameter for it.
    :param instructions: the same as a call says it that needs no such header.
    :param order: all that were given as recipients, twice or invalid ones, too, in the order of the
        values of substitution tags; by default To, Cc, and then the others.
    :param dropped: recipients that were given and are none.
    :param spam_score: the score that a fault gives it; none for that of what it says.
    :param queue_id: the name by which the outside knows it; all messages that it becomes have it.
    """

    mail_from: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)
    via: str
    operation: str
    labels: Mapping[str, Any] = field(default_factory=dict)
    smtpapi: str | None = None
    instructions: Instructions | None = field(default=None, repr=False)
    order: tuple[str, ...] = field(default=(), repr=False)
    dropped: tuple[DroppedRecipient, ...] = field(default=(), repr=False)
    spam_score: float | None = None
    queue_id: str = field(default_factory=make_queue_id)

    @cached
    def parsed(self) -> ParsedMail:
        """The message, parsed once."""
        return ParsedMail.parse(self.raw)

    @property
    def gate(self) -> Gate:
        """The gate that the sender's login needs to have open."""
        return Gate.SMTP if self.via == "smtp" else Gate.SEND


class SpamReport(NamedTuple):
    """What is posted about a mail that is dropped as spam.

    :param url: as the account set it; `headers` beside those of every request.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class OutgoingMail:
    """One message as it would leave.

    :param recipients: address and kind (`to`, `cc`, `bcc`, `audit`) of each.
    :param labels_json: what the sender added for its own use.
    :param dropped: whom it does not go to.
    :param notice: a notice to the sender about it, and `report`, a post.
    :param lists: the kinds of lists whose addresses get nothing, and why, but for those of an app,
        `whitelist`; see `Wishes`.
    :param has_events: whether it is told and counted what becomes of it.
    :param return_path: the sender of the envelope, if the provider puts another in its place.
    """

    recipients: tuple[tuple[str, str], ...]
    mail: ParsedMail = field(repr=False)
    labels_json: str
    archived: bool = False
    ip_pool: int | None = None
    bounce_notifications: str = "drop"
    dropped: tuple[DroppedRecipient, ...] = ()
    notice: Draft | None = None
    report: SpamReport | None = None
    lists: Mapping[str, str] = field(default_factory=dict)
    whitelist: str = ""
    has_events: bool = False
    return_path: str = ""

    @property
    def size(self) -> int:
        """Bytes of the message."""
        return len(self.mail.raw)

    @property
    def emails(self) -> int:
        """How many emails it is: one for each recipient whom the sender named."""
        return sum(kind != AUDIT for _, kind in self.recipients)

    @property
    def credits(self) -> int:
        """How many credits it takes, if it is SendGrid's: one for each recipient, copies of
        monitors among them.
        """
        return len(self.recipients) if self.has_events else 0

    @cached
    def contents(self) -> Contents:
        """What the outbox keeps of the message itself; headers as a person reads them."""
        return Contents(
            message_id=self._header("Message-ID"),
            header_from=self._header("From"),
            subject=self._header("Subject"),
            source=self.mail.raw,
        )

    def _header(self, name: str) -> str:
        return headers.replace_forbidden(self.mail.header(name)[:_MAX_HEADER])
