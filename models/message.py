"""Messages of the outbox and their recipients: who sent them, and what became of them."""

import time
from collections.abc import Collection, Iterable
from dataclasses import fields
from typing import Any, Self

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.message_parts import Contents, MessageSender, NewRecipient
from legacygrid.models.queries import inserting

#: What becomes of a message.
DELIVERED, SANDBOXED, REFUSED = "delivered", "sandboxed", "refused"
#: Accepted, and then it goes nowhere: no recipient is one, or its instructions cannot be read.
DROPPED = "dropped"
DISPOSITIONS = (DELIVERED, SANDBOXED, REFUSED, DROPPED)
#: What becomes of it at one recipient beside these, by an event or a list of blocked addresses.
BOUNCED, BLOCKED, DEFERRED = "bounced", "blocked", "deferred"
#: A recipient that the emulated provider added: the copy that `audit_email` or a monitor gets.
AUDIT = "audit"
KINDS = ("to", "cc", "bcc", AUDIT)


class Message(Base):
    """One message as it would leave.

    It outlives the account and the login that sent it, so it names them by text and number.
    """

    id = NumberField()
    world = peewee.TextField()
    #: The primary account that all of it belongs to, and the account that sent.
    primary = peewee.TextField()
    account = peewee.TextField()
    account_id = peewee.IntegerField()
    #: The login that sent; its number, if it is not an owner; and which system it is of.
    caller = peewee.TextField()
    login_number = peewee.IntegerField(null=True)
    kind = peewee.TextField()
    #: `http`, `smtp`, or `bounce` for a notice of the emulated provider; and what was called.
    via = peewee.TextField()
    operation = peewee.TextField()
    #: Seconds since 1970, by the emulator's clock, and by the real one that retention goes by.
    at = peewee.FloatField()
    stored_at = peewee.IntegerField()
    message_id = peewee.TextField()
    mail_from = peewee.TextField()
    header_from = peewee.TextField()
    subject = peewee.TextField()
    size = peewee.IntegerField()
    #: The whole of it, headers and body (RFC 5322).
    source = peewee.BlobField()
    disposition = peewee.TextField()
    #: Why it was refused or dropped.
    reason = peewee.TextField(default="")
    archived = peewee.BooleanField(default=False)
    ip_pool = peewee.IntegerField(null=True)
    #: Where a notice of a bounce goes: `from`, `drop`, or an address.
    bounce_notifications = peewee.TextField(default="drop")
    #: What the sender added for its own use, as JSON: `category`, `unique_args`, `api_data`.
    labels_json = peewee.TextField(default="")
    #: Names what was submitted, to the outside; empty for what older versions stored.
    queue_id = peewee.TextField(default="")

    class Meta:
        indexes = (
            (("world", "primary", "id"), False),
            # Reports of one account, by time.
            (("account_id", "at"), False),
            # How much there is of it all.
            (("size",), False),
            (("queue_id",), False),
        )

    def __repr__(self) -> str:
        return f"<Message {self.id} {self.disposition}>"

    @classmethod
    def add(
        cls,
        sender: MessageSender,
        contents: Contents,
        *,
        via: str,
        operation: str,
        at: float,
        mail_from: str,
        disposition: str,
        reason: str = "",
        archived: bool = False,
        ip_pool: int | None = None,
        bounce_notifications: str = "drop",
        labels_json: str = "",
        queue_id: str = "",
    ) -> int:
        """Store a new message, within a transaction.

        :param at: seconds since 1970, by the emulator's clock.
        :returns: its number.
        """
        return _INSERT.insert(
            **vars(sender),
            **vars(contents),
            queue_id=queue_id,
            size=len(contents.source),
            stored_at=int(time.time()),
            via=via,
            operation=operation,
            at=at,
            mail_from=mail_from,
            disposition=disposition,
            reason=reason,
            archived=archived,
            ip_pool=ip_pool,
            bounce_notifications=bounce_notifications,
            labels_json=labels_json,
        )

    @property
    def sender(self) -> MessageSender:
        """Who sent it."""
        return MessageSender(
            **{each.name: getattr(self, each.name) for each in fields(MessageSender)}
        )

    @classmethod
    def list_senders(cls) -> list[int]:
        """The numbers of the accounts that sent what is there."""
        rows: Any = cls.select(cls.account_id).distinct().tuples()
        return [number for (number,) in rows]

    @classmethod
    def delete_of(cls, world: str, accounts: Collection[int], names: Collection[str]) -> None:
        """Delete what accounts sent, whatever they were called; in a transaction.

        :param names: of the primary account: nothing else marks the mail of its subusers that are
            gone.
        """
        orphaned = cls.account_id.not_in(Account.select(Account.id)) & cls.primary.in_(list(names))
        cls.delete().where((cls.world == world) & orphaned).execute()
        numbers = list(accounts)
        for first in range(0, len(numbers), 500):
            cls.delete().where(cls.account_id.in_(numbers[first : first + 500])).execute()

    @classmethod
    def of_primary(cls, primary: Account) -> Any:
        """As a condition: it is of a primary account or one of its subusers, whatever they were
        called when they sent.

        Of a subuser that is gone there is but the name of its primary account; numbers are given in
        order, so that the subusers of an earlier account of that name have smaller ones.
        """
        sender = Account.select().where(Account.id == cls.account_id)
        is_named = (cls.world == primary.world) & (cls.primary == primary.username)
        is_gone = is_named & (cls.account_id > primary.id) & ~peewee.fn.EXISTS(sender)
        is_subuser = peewee.fn.EXISTS(sender.where(Account.parent == primary))
        # An account is of one world; where each message had to be of it, SQLite would sort them all
        # to find the last.
        return (cls.account_id == primary.id) | is_subuser | is_gone

    @classmethod
    def find(cls, number: int, world: str | None) -> Self | None:
        """The one of that number, if it is in that world; in any, if none is given."""
        # SQLite has no greater numbers.
        if number >= 2**63:
            return None
        message: Self | None = cls.get_or_none(cls.id == number)
        return message if message and world in (None, message.world) else None


class Recipient(Base):
    """Who a message is for, one row each, and what became of it there."""

    id = NumberField()
    message = peewee.ForeignKeyField(Message, on_delete="CASCADE")
    message_id: int
    address = peewee.TextField()
    #: `to`, `cc`, `bcc` or `audit`.
    kind = peewee.TextField()
    outcome = peewee.TextField()
    #: Customers Mail Cloud's number for why, 1 unknown host ... 99 other; none if all is well.
    code = peewee.IntegerField(null=True)
    reason = peewee.TextField(default="")
    at = peewee.FloatField()
    #: How often it was opened there, and how often a link of it was followed.
    opens = peewee.IntegerField(default=0)
    clicks = peewee.IntegerField(default=0)

    def __repr__(self) -> str:
        return f"<Recipient {self.id} {self.outcome}>"

    @classmethod
    def of(cls, message: Message, limit: int | None = None) -> list[Self]:
        """Those of a message, in their order.

        :param limit: how many at most.
        """
        return list(cls.select().where(cls.message == message).order_by(cls.id).limit(limit))

    def count(self, event: str) -> None:
        """Count that the message was opened there, or that a link of it was followed; within a
        transaction.

        :param event: `open` or `click`; nothing else is counted.
        """
        if event in _COUNTED:
            name = _COUNTED[event]
            setattr(self, name, getattr(self, name) + 1)
            self.save(only=[name])

    def is_first(self, event: str) -> bool:
        """Whether what happened at it, and was counted, was the first of its kind."""
        return event not in _COUNTED or getattr(self, _COUNTED[event]) == 1

    @classmethod
    def count_of(cls, message: Message) -> int:
        """How many a message has."""
        count: int = cls.select().where(cls.message == message).count()
        return count

    @classmethod
    def add_all(cls, message: int, recipients: Iterable[NewRecipient], at: float) -> None:
        """Store the recipients of the message of that number, within a transaction.

        :param at: seconds since 1970, by the emulator's clock.
        """
        common = {"message": message, "at": at, "opens": 0, "clicks": 0}
        _INSERT_RECIPIENT.insert_all(each._asdict() | common for each in recipients)


#: The columns in which events are counted.
_COUNTED = {"open": "opens", "click": "clicks"}
_INSERT = inserting(Message)
_INSERT_RECIPIENT = inserting(Recipient)
