"""What a message of the outbox is made from: its sender, and what it says."""

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True)
class MessageSender:
    """Who sent a message, by the names and numbers that they had then.

    :param primary: the name of the primary account that all of it belongs to.
    :param account: the name of the account that sent, and `account_id` its number.
    :param caller: the name of the login that sent, `login_number` its number if it is not an
        owner, and `kind` its system.
    """

    world: str
    primary: str
    account: str
    account_id: int
    caller: str
    login_number: int | None
    kind: str


class NewRecipient(NamedTuple):
    """A recipient of a new message, and what becomes of it there; see `Recipient`."""

    address: str
    kind: str
    outcome: str
    code: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Contents:
    """What a message says: its source (RFC 5322), and the headers that lists show."""

    message_id: str
    header_from: str
    subject: str
    source: bytes = field(repr=False)
