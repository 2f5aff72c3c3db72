"""The outbox: how messages are found, summed up and deleted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

import peewee

from legacygrid.models import message_search
from legacygrid.models.database import Store
from legacygrid.models.engines.dialects import join_numbers
from legacygrid.models.message import Message, Recipient
from legacygrid.models.message_pages import COLUMNS

#: Recipients of one message that a list looks at.
MOST_COUNTED = 100
#: What is compared as a whole; words of a column; and words of what a message says.
_EQUAL = ("world", "primary", "caller", "via", "operation", "disposition", "archived", "queue_id")
_WORDS = {"subject": "subject", "sender": "header_from"}
_SAID = {"header": "header", "body": "body", "words": ""}


class MessageFilter(NamedTuple):
    """Which messages are meant; what is None may be anything.

    :param primary: the primary account that all of it belongs to; `caller` the login that sent.
    :param queue_id: the name by which the outside knows what was submitted.
    :param to: an address among the recipients, in any case.
    :param sender: words of that header, and so is `subject`; all of them are there, in any case.
    :param header: words of any header field, or of one as `Name: words`; `body` words of the text
        or HTML, and `words` of all of it.
    :param after: the number of a message; those that came later are meant. Those with a number
        below `before` are meant by that.
    :param since: a moment by the emulator's clock; messages from then on are meant, and by `until`
        those before it.
    """

    world: str | None = None
    primary: str | None = None
    caller: str | None = None
    via: str | None = None
    operation: str | None = None
    disposition: str | None = None
    archived: bool | None = None
    queue_id: str | None = None
    to: str | None = None
    sender: str | None = None
    subject: str | None = None
    header: str | None = None
    body: str | None = None
    words: str | None = None
    after: int | None = None
    before: int | None = None
    since: float | None = None
    until: float | None = None

    def may_match(self, addresses: Collection[str]) -> bool:
        """Whether a message to those addresses, in lower case, may be meant."""
        return self.to is None or self.to.lower() in addresses

    @property
    def condition(self) -> Any:
        """As a condition on messages."""
        conditions: list[Any] = [Message.id > (self.after or 0)]
        if self.before is not None:
            conditions.append(Message.id < self.before)
        if self.since is not None:
            conditions.append(Message.at >= self.since)
        if self.until is not None:
            conditions.append(Message.at < self.until)
        conditions += [
            getattr(Message, name) == getattr(self, name)
            for name in _EQUAL
            if getattr(self, name) is not None
        ]
        if self.to is not None:
            theirs = Recipient.select(Recipient.message).where(
                peewee.fn.LOWER(Recipient.address) == self.to.lower()
            )
            conditions.append(Message.id.in_(theirs))
        return message_search.narrow(
            reduce(and_, conditions), self._wanted_of(_WORDS), self._wanted_of(_SAID)
        )

    def _wanted_of(self, names: Mapping[str, str]) -> dict[str, str]:
        return {name: wanted for each, name in names.items() if (wanted := getattr(self, each))}

    @property
    def is_search(self) -> bool:
        """Whether it looks for words: it may take long, then."""
        return any(getattr(self, name) for name in (*_WORDS, *_SAID))


def find_numbers(filter: MessageFilter, limit: int | None = None) -> list[int]:
    """The numbers of the messages that fit, lowest and so oldest first.

    :param limit: no more than so many: the last ones, or the first ones if the filter has `after`,
        so that a client reads page by page and misses none.
    """
    numbers = Message.select(Message.id).where(filter.condition)
    # As one text: Python's lock would be given and taken again at each row.
    fitting = _limit(numbers, filter, limit).alias("fitting")
    joined = peewee.Select([fitting], [join_numbers(fitting.c.id)])
    text: str | None = joined.bind(Message._meta.database).scalar()
    return sorted(map(int, text.split(","))) if text else []


def _limit(query: Any, filter: MessageFilter, limit: int | None) -> Any:
    is_forward = filter.after is not None
    return query.order_by(Message.id if is_forward else Message.id.desc()).limit(limit)


def find_newest(filter: MessageFilter, whose: Any, limit: int) -> list[Message]:
    """The last messages that fit, newest first, without their bytes.

    :param whose: a condition on messages that all of them meet, too.
    """
    # Where an index leads to them in another order, numbers alone are sorted.
    fitting = Message.select(Message.id).where(whose & filter.condition).order_by(Message.id.desc())
    rows: Any = fitting.limit(limit).tuples()
    numbers = [number for (number,) in rows]
    messages = Message.select(*COLUMNS).where(Message.id.in_(numbers))
    return list(messages.order_by(Message.id.desc()))


def read_moments(whose: Any, limit: int) -> dict[str, list[float]]:
    """When the last messages that meet a condition came in, by the emulator's clock, and by what
    became of them.
    """
    columns = Message.select(Message.at, Message.disposition).where(whose)
    last = columns.order_by(Message.id.desc()).limit(limit).alias("last")
    # As one text each, as `find_numbers` does.
    joined = peewee.Select([last], [last.c.disposition, join_numbers(last.c.at)])
    rows: Any = joined.group_by(last.c.disposition).bind(Message._meta.database).tuples()
    return {disposition: list(map(float, text.split(","))) for disposition, text in rows}


def count_messages(filter: MessageFilter) -> int:
    """How many messages fit."""
    count: int = Message.select().where(filter.condition).count()
    return count


def total_size(filter: MessageFilter, limit: int | None = None) -> int:
    """Bytes of the messages that `find_numbers` finds; none of them is read."""
    sizes = Message.select(Message.size).where(filter.condition)
    fitting = _limit(sizes, filter, limit).alias("fitting")
    total = peewee.Select([fitting], [peewee.fn.SUM(fitting.c.size)])
    size: int | None = total.bind(Message._meta.database).scalar()
    return size or 0


def find_recipient(account: int, queue_id: str, address: str) -> Recipient | None:
    """The recipient of that address, of what the account of that number submitted under that name;
    with its message, but for that one's bytes.
    """
    columns = Recipient.select(Recipient, *COLUMNS).join(Message)
    theirs = columns.where(Message.queue_id == queue_id, Message.account_id == account)
    found = theirs.where(Recipient.address == address).order_by(Recipient.id)
    recipient: Recipient | None = found.first()
    return recipient


def find_addresses(message: Message) -> list[str]:
    """The addresses that a message was sent to."""
    return [each.address for each in Recipient.of(message)]


@dataclass(frozen=True)
class OutcomeSummary:
    """What became of a message at all of its recipients.

    :param first: the address of the first of `count` recipients; empty if there are none.
    :param counts: how many recipients each outcome has; empty for more than `MOST_COUNTED`
        recipients.
    """

    first: str = ""
    count: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


def summarize_outcomes(messages: Collection[Message]) -> dict[int, OutcomeSummary]:
    """What became of each of a few hundred messages, by its number."""
    # An index has both: one message may have thousands of recipients, and none is read for it.
    sizes = Recipient.select(Recipient.message, peewee.fn.COUNT(1), peewee.fn.MIN(Recipient.id))
    some = Recipient.message.in_([message.id for message in messages])
    query: Any = sizes.where(some).group_by(Recipient.message).tuples()
    rows: list[tuple[int, int, int]] = list(query)
    addresses = _addresses([first for _, _, first in rows])
    counts = _counts([number for number, count, _ in rows if count <= MOST_COUNTED])
    summaries = {
        number: OutcomeSummary(addresses[first], count, counts.get(number, {}))
        for number, count, first in rows
    }
    return {message.id: summaries.get(message.id, OutcomeSummary()) for message in messages}


def _addresses(numbers: list[int]) -> dict[int, str]:
    rows: Any = (
        Recipient.select(Recipient.id, Recipient.address).where(Recipient.id.in_(numbers)).tuples()
    )
    return dict(rows)


def _counts(numbers: list[int]) -> dict[int, dict[str, int]]:
    """How many recipients each outcome has, by message."""
    columns = Recipient.select(Recipient.message, Recipient.outcome, peewee.fn.COUNT(1))
    theirs = columns.where(Recipient.message.in_(numbers))
    rows: Any = theirs.group_by(Recipient.message, Recipient.outcome).tuples()
    counts: dict[int, dict[str, int]] = {}
    for number, outcome, count in rows:
        counts.setdefault(number, {})[outcome] = count
    return counts


def count_outcomes(message: Message) -> dict[str, int]:
    """How many recipients of a message each outcome has, however many there are."""
    return _counts([message.id]).get(message.id, {})


def delete_messages(filter: MessageFilter) -> int:
    """Delete the messages that fit, in a transaction; how many there were."""
    removed: int = Message.delete().where(filter.condition).execute()
    return removed


def clear_messages(store: Store, filter: MessageFilter) -> None:
    """Delete the messages that fit, in a transaction of its own; none is opened if none fits."""
    with store.reading():
        is_empty = not Message.select().where(filter.condition).exists()
    if not is_empty:
        with store.freeing():
            delete_messages(filter)
