"""The outbox: mail that came in by any door, by whom, and what became of it. Nothing of it ever
leaves.
"""

from collections.abc import Collection
from typing import Any, Self

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import inserting

#: What becomes of a message.
DELIVERED, SANDBOXED, REFUSED = "delivered", "sandboxed", "refused"
DISPOSITIONS = (DELIVERED, SANDBOXED, REFUSED)
#: What becomes of it at one recipient, beside these: set by a trigger, or by the account's list of
#: blocked addresses.
BOUNCED, BLOCKED, DEFERRED = "bounced", "blocked", "deferred"
OUTCOMES = (*DISPOSITIONS, BOUNCED, BLOCKED, DEFERRED)
#: Recipients that nobody but the emulated provider added: the copy that `audit_email` gets.
AUDIT = "audit"
KINDS = ("to", "cc", "bcc", AUDIT)


class Message(Base):
    """One message as it would leave.

    It outlives the account and the login that sent it, so it names them by text and number.
    """

    id = NumberField()
    world = peewee.TextField()
    #: The primary account that all of it belongs to, by name, and the account that sent, by name
    #: and number.
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
    #: Seconds since 1970, by the emulator's clock, and by the real one: retention goes by the
    #: latter.
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
    #: Why it was refused, in the words of the wire.
    reason = peewee.TextField(default="")
    archived = peewee.BooleanField(default=False)
    ip_pool = peewee.IntegerField(null=True)
    #: Where a notice of a bounce goes: `from`, `drop`, or an address.
    bounce_notifications = peewee.TextField(default="drop")
    #: What the sender said of it for itself, as JSON: `category`, `unique_args`, `api_data`.
    labels_json = peewee.TextField(default="")

    class Meta:
        indexes = (
            (("world", "primary", "id"), False),
            # Reports of one account, by time.
            (("account_id", "at"), False),
            # How much there is of it all.
            (("size",), False),
        )

    def __repr__(self) -> str:
        return f"<Message {self.id} {self.disposition}>"

    @classmethod
    def add(cls, **columns: Any) -> int:
        """A new one, every column given but its number; its number."""
        return _INSERT.insert(**columns)

    @classmethod
    def forget_of(cls, world: str, accounts: Collection[int], names: Collection[str]) -> None:
        """Take away what accounts sent, whatever they were called; in a transaction.

        :param names: of the primary account: mail of subusers of its that are gone has no other
            mark.
        """
        orphaned = cls.account_id.not_in(Account.select(Account.id)) & cls.primary.in_(list(names))
        cls.delete().where((cls.world == world) & orphaned).execute()
        numbers = list(accounts)
        for first in range(0, len(numbers), 500):
            cls.delete().where(cls.account_id.in_(numbers[first : first + 500])).execute()

    @classmethod
    def of_house(cls, primary: Account) -> Any:
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
    def within(cls, number: int, world: str | None) -> Self | None:
        """The one of that number, if it is in that world; in any, if none is given."""
        # SQLite has no greater numbers.
        found: Self | None = cls.get_or_none(cls.id == number) if number < 2**63 else None
        return found if found and world in (None, found.world) else None


class Recipient(Base):
    """Who a message is for, one row each, and what became of it there."""

    id = NumberField()
    message = peewee.ForeignKeyField(Message, on_delete="CASCADE")
    message_id: int
    address = peewee.TextField()
    #: `to`, `cc`, `bcc` or `audit`.
    kind = peewee.TextField()
    outcome = peewee.TextField()
    #: Customers Mail Cloud's number for why: 1 unknown host ... 11 unsubscribed, 99 other; none if
    #: all is well.
    code = peewee.IntegerField(null=True)
    reason = peewee.TextField(default="")
    at = peewee.FloatField()

    def __repr__(self) -> str:
        return f"<Recipient {self.id} {self.outcome}>"

    @classmethod
    def of(cls, message: Message, limit: int | None = None) -> list[Self]:
        """Those of a message, in their order.

        :param limit: how many at most.
        """
        return list(cls.select().where(cls.message == message).order_by(cls.id).limit(limit))

    @classmethod
    def count_of(cls, message: Message) -> int:
        """How many a message has."""
        found: int = cls.select().where(cls.message == message).count()
        return found

    @classmethod
    def add(cls, **columns: Any) -> None:
        """A new one, every column given but its number."""
        _INSERT_RECIPIENT.insert(**columns)


_INSERT = inserting(Message)
_INSERT_RECIPIENT = inserting(Recipient)
