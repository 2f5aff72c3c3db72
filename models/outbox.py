"""The outbox: what is kept of mail, for how long, and how it is found again."""

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any

import peewee

from legacygrid.models.database import Store
from legacygrid.models.message import Message, Recipient
from legacygrid.models.queries import contains, pattern_of

#: How many messages are kept, and for how many days, unless told otherwise.
SIZE = 20_000
DAYS = 30.0
#: How many bytes of messages are kept, unless told otherwise.
BYTES = 1024 * 1024 * 1024
#: Recipients of one message that a list looks at.
MOST_COUNTED = 100
#: What is compared as a whole, and what as a part.
_EQUAL = ("world", "primary", "caller", "via", "operation", "disposition", "archived")
_PARTS = {"subject": "subject", "sender": "header_from"}


@dataclass(frozen=True)
class Sought:
    """Which messages are looked for; what is None may be anything.

    :param primary: the primary account that all of it belongs to; `caller` the login that sent.
    :param to: an address among the recipients, in any case; `sender` and `subject` are parts of
        those headers.
    :param after: a message's number; those that came later are looked for, or earlier than the
        number `before`.
    """

    world: str | None = None
    primary: str | None = None
    caller: str | None = None
    via: str | None = None
    operation: str | None = None
    disposition: str | None = None
    archived: bool | None = None
    to: str | None = None
    sender: str | None = None
    subject: str | None = None
    after: int | None = None
    before: int | None = None

    @property
    def condition(self) -> Any:
        """As a condition on messages."""
        wanted: list[Any] = [Message.id > (self.after or 0)]
        if self.before is not None:
            wanted.append(Message.id < self.before)
        wanted += [
            getattr(Message, name) == getattr(self, name)
            for name in _EQUAL
            if getattr(self, name) is not None
        ]
        for name, column in _PARTS.items():
            if part := getattr(self, name):
                wanted.append(contains(getattr(Message, column), pattern_of(part)))
        if self.to is not None:
            theirs = Recipient.select(Recipient.message).where(
                peewee.fn.LOWER(Recipient.address) == self.to.lower()
            )
            wanted.append(Message.id.in_(theirs))
        return reduce(and_, wanted)


class Outbox:
    """What is kept.

    :param size: how many messages at most; about as many, since it is looked at now and then.
    :param days: for how many days of real time.
    :param bytes: how much of messages at most, as about as `size`.
    :param pace: messages that come in between two looks at what is too old or too many; a sixteenth
        of the bytes is as good as so many.
    """

    def __init__(
        self, size: int = SIZE, days: float = DAYS, bytes: int = BYTES, pace: int = 100
    ) -> None:
        self.size = size
        self.days = days
        self.bytes = bytes
        self.pace = pace
        self._letters = 0
        self._bytes = 0

    def prune(self, letters: int = 1, bytes: int = 0) -> None:
        """Let go of what is too old or too many, every now and then; in the transaction of mail
        that comes in.

        :param letters: how many came in, of so many `bytes`.
        """
        self._letters += letters
        self._bytes += bytes
        if self._letters >= self.pace or self._bytes * 16 >= self.bytes:
            self.look()

    def look(self) -> None:
        """Let go of what is too old or too many now, oldest first; in a transaction."""
        self._letters = self._bytes = 0
        newest = Message.select(Message.id).order_by(Message.id.desc())
        self._drop(newest.offset(self.size).limit(1).scalar())
        Message.delete().where(Message.stored_at < time.time() - self.days * 86_400).execute()
        # An index has all sizes: no message is read for it.
        excess: int = (Message.select(peewee.fn.SUM(Message.size)).scalar() or 0) - self.bytes
        while excess > 0:
            excess -= self._dropped(excess)

    def _dropped(self, excess: int) -> int:
        """Let go of the oldest, some hundred at most, until so many bytes are gone; the bytes that
        went.
        """
        gone, last = 0, None
        oldest: list[Message] = list(
            Message.select(Message.id, Message.size).order_by(Message.id).limit(500)
        )
        for message in oldest:
            last, gone = message.id, gone + message.size
            if gone >= excess:
                break
        self._drop(last)
        return gone

    def _drop(self, last: int | None) -> None:
        """Let go of what is as old as that message, or older."""
        if last is not None:
            Message.delete().where(Message.id <= last).execute()


def found(sought: Sought, limit: int | None = None, with_source: bool = False) -> list[Message]:
    """The messages that fit, oldest first; with a limit, the last so many of them.

    :param with_source: with what is in them.
    """
    query = (
        Message.select(*_columns(with_source)).where(sought.condition).order_by(Message.id.desc())
    )
    return list(query.limit(limit) if limit else query)[::-1]


def _columns(with_source: bool) -> list[Any]:
    return [
        column
        for column in Message._meta.sorted_fields
        if with_source or column is not Message.source
    ]


def newest(sought: Sought, whose: Any, limit: int) -> list[Message]:
    """The last messages that fit, newest first, without what is in them.

    :param whose: a condition on messages that all of them meet, too.
    """
    # Where an index leads to them in another order, numbers alone are sorted.
    fitting = Message.select(Message.id).where(whose & sought.condition).order_by(Message.id.desc())
    rows: Any = fitting.limit(limit).tuples()
    found = [number for (number,) in rows]
    return list(
        Message.select(*_columns(False)).where(Message.id.in_(found)).order_by(Message.id.desc())
    )


def weight(sought: Sought, limit: int | None = None) -> int:
    """Bytes of what is in the messages that fit; none of them is read."""
    sizes = Message.select(Message.size).where(sought.condition).order_by(Message.id.desc())
    found = (sizes.limit(limit) if limit else sizes).alias("found")
    total: int | None = (
        peewee.Select([found], [peewee.fn.SUM(found.c.size)]).bind(Message._meta.database).scalar()
    )
    return total or 0


def recipients_of(messages: Iterable[Message]) -> dict[int, list[Recipient]]:
    """The recipients of each of these messages, by its number, in their order."""
    theirs: dict[int, list[Recipient]] = {message.id: [] for message in messages}
    numbers = list(theirs)
    for first in range(0, len(numbers), 500):
        some = Recipient.message.in_(numbers[first : first + 500])
        for recipient in Recipient.select().where(some).order_by(Recipient.id):
            theirs[recipient.message_id].append(recipient)
    return theirs


@dataclass(frozen=True)
class Outcome:
    """What became of a message as a whole.

    :param first: the first of its recipients, of whom there are `count`; empty if there are none.
    :param counts: how many of them met each outcome; empty for more recipients than a list looks
        at.
    """

    first: str = ""
    count: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


def outcomes(messages: Collection[Message]) -> dict[int, Outcome]:
    """What became of each of a few hundred messages, by its number."""
    # An index has both: one message may have thousands of recipients, and none is read for it.
    sizes = Recipient.select(Recipient.message, peewee.fn.COUNT(1), peewee.fn.MIN(Recipient.id))
    some = Recipient.message.in_([message.id for message in messages])
    rows: Any = sizes.where(some).group_by(Recipient.message).tuples()
    found: list[tuple[int, int, int]] = list(rows)
    addresses = _addresses([first for _, _, first in found])
    counts = _counts([number for number, count, _ in found if count <= MOST_COUNTED])
    told = {
        number: Outcome(addresses[first], count, counts.get(number, {}))
        for number, count, first in found
    }
    return {message.id: told.get(message.id, Outcome()) for message in messages}


def _addresses(numbers: list[int]) -> dict[int, str]:
    rows: Any = (
        Recipient.select(Recipient.id, Recipient.address).where(Recipient.id.in_(numbers)).tuples()
    )
    return dict(rows)


def _counts(numbers: list[int]) -> dict[int, dict[str, int]]:
    """How many recipients met each outcome, by message."""
    columns = Recipient.select(Recipient.message, Recipient.outcome, peewee.fn.COUNT(1))
    rows: Any = (
        columns.where(Recipient.message.in_(numbers))
        .group_by(Recipient.message, Recipient.outcome)
        .tuples()
    )
    found: dict[int, dict[str, int]] = {}
    for number, outcome, count in rows:
        found.setdefault(number, {})[outcome] = count
    return found


def forget(sought: Sought) -> int:
    """Take the messages that fit away; how many there were. In a transaction."""
    removed: int = Message.delete().where(sought.condition).execute()
    return removed


def clear(store: Store, sought: Sought) -> None:
    """Take the messages that fit away, in a transaction of its own; without any, there is none."""
    with store.reading():
        is_empty = not Message.select().where(sought.condition).exists()
    if not is_empty:
        with store.writing():
            forget(sought)
