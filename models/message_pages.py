"""Messages of the outbox by their numbers, a page at a time."""

from collections.abc import Collection
from functools import cache
from typing import Any

from legacygrid.models.message import Message, Recipient
from legacygrid.models.queries import Compiled, slot

#: Messages that are read at a time.
PAGE = 50
_PLACES = [slot(f"number_{place}") for place in range(PAGE)]
#: The columns of a message without its bytes.
COLUMNS = [column for column in Message._meta.sorted_fields if column is not Message.source]


def read_messages(numbers: Collection[int], with_source: bool = False) -> list[Message]:
    """The messages of these numbers, oldest first, as far as they are still there.

    :param numbers: at most `PAGE`.
    :param with_source: with their bytes.
    """
    names = [column.name for column in _columns(with_source)]
    rows = _page_of_messages(with_source).run(**_fill(numbers))
    messages = [Message.of_columns(names, row) for row in rows]
    for message in messages:
        message.archived = bool(message.archived)
    return messages


def _columns(with_source: bool) -> list[Any]:
    return [*COLUMNS, *([Message.source] if with_source else [])]


@cache
def _page_of_messages(with_source: bool) -> Compiled:
    columns = Message.select(*_columns(with_source))
    return Compiled(lambda: columns.where(Message.id.in_(_PLACES)).order_by(Message.id))


def _fill(numbers: Collection[int]) -> dict[str, int]:
    """The numbers of a page for a query that has so many places."""
    # No row has the number 0.
    padded = [*numbers, *[0] * (PAGE - len(numbers))]
    return {f"number_{place}": number for place, number in enumerate(padded)}


def find_recipients(messages: Collection[Message]) -> dict[int, list[Recipient]]:
    """The recipients of each of these messages, by its number, in their order.

    :param messages: at most `PAGE`.
    """
    recipients: dict[int, list[Recipient]] = {message.id: [] for message in messages}
    for row in _page_of_recipients().run(**_fill(recipients)):
        recipient = Recipient.of_columns(Recipient._meta.sorted_field_names, row)
        recipients[recipient.message_id].append(recipient)
    return recipients


@cache
def _page_of_recipients() -> Compiled:
    theirs = Recipient.select().where(Recipient.message.in_(_PLACES))
    return Compiled(lambda: theirs.order_by(Recipient.id))
