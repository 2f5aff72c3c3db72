"""`/__admin/messages`: the outbox. Part of the control API."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import starmap
from typing import Any

from flask import Blueprint, Response, jsonify, request

from legacygrid.endpoints.control import lists, request_bodies
from legacygrid.endpoints.control.descriptions import describe
from legacygrid.endpoints.control.errors import Answer, BadRequest, refuse
from legacygrid.endpoints.control.message_records import (
    MESSAGE,
    WHOLE_MESSAGE,
    message_to_json,
    whole_message_to_json,
)
from legacygrid.endpoints.control.request_bodies import world_filter
from legacygrid.endpoints.control.schemas import (
    EventSchema,
    MessageFilterSchema,
    MessageQuerySchema,
)
from legacygrid.endpoints.control.waiting import Patience, WaitSchema
from legacygrid.grid import current_grid
from legacygrid.mail import delivery_events
from legacygrid.models import message_pages, outbox
from legacygrid.models.message import Message, Recipient
from legacygrid.models.message_pages import PAGE
from legacygrid.models.outbox import MessageFilter
from legacygrid.reasons import UnknownMessage, UnknownRecipient, WentNowhere
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

blueprint = Blueprint("messages", __name__)
#: Bytes of messages in one answer that has them whole.
MAX_WHOLE = 64 * 1024 * 1024


class MessageListSchema(WaitSchema, MessageQuerySchema):
    """Which messages are listed, and how long they are waited for."""


@blueprint.get("/messages")
@describe({"messages": [(MESSAGE, WHOLE_MESSAGE)]}, query=MessageListSchema)
def messages() -> Response:
    """The messages that came in, oldest first; the query narrows them, `limit=` takes the last
    ones, or the first ones with `after=`; `wait=` waits for some.
    """
    return _list_messages(request_bodies.load(MessageListSchema(), request.args.to_dict()))


@blueprint.post("/messages/find")
@describe({"messages": [(MESSAGE, WHOLE_MESSAGE)]}, body=MessageListSchema)
def find_messages() -> Response:
    """The same, by a JSON body."""
    return _list_messages(request_bodies.load_body(MessageListSchema()))


def _list_messages(loaded: dict[str, Any]) -> Response:
    # It may look through thousands of messages, and write them.
    blocking.about_to_block(Lane.READ)
    limit, is_whole, patience = loaded.pop("limit", None), loaded.pop("whole"), Patience.pop(loaded)
    message_filter = _make_filter(loaded)

    def look(is_last: bool) -> Response | None:
        # A list that is read at once is one picture.
        with current_grid().store.snapshot():
            numbers = outbox.find_numbers(message_filter, limit)
            if len(numbers) < patience.enough and not is_last:
                return None
            if not is_whole:
                return lists.answer("messages", _read_rows(numbers, message_to_json))
            _check_size(message_filter, limit)
            to_json = partial(whole_message_to_json, root=_root())
            return lists.answer("messages", _read_rows(numbers, to_json, with_source=True))

    return patience.answer(current_grid().mailed, message_filter.may_match, look)


def _read_rows(
    numbers: list[int], to_json: Callable[..., dict[str, Any]], with_source: bool = False
) -> Iterator[dict[str, Any]]:
    """The messages of these numbers, page by page."""

    def read(some: Sequence[int]) -> list[tuple[Message, list[Recipient]]]:
        messages = message_pages.read_messages(some, with_source)
        recipients = message_pages.find_recipients(messages)
        return [(message, recipients[message.id]) for message in messages]

    return starmap(to_json, lists.by_pages(current_grid().store, numbers, PAGE, read))


def _check_size(message_filter: MessageFilter, limit: int | None) -> None:
    """See whether one answer can hold the sources of the messages that match.

    :raises BadRequest: they are too many.
    """
    if outbox.total_size(message_filter, limit) > MAX_WHOLE:
        several = f"more than {MAX_WHOLE >> 20} MiB of messages fit"
        raise BadRequest({"whole": [f"{several}; narrow it or give a limit"]})


def _root() -> str:
    """The URL of the messages."""
    return f"{request.url_root}__admin/messages"


def _make_filter(loaded: dict[str, Any]) -> MessageFilter:
    return MessageFilter(world=world_filter(), **loaded)


@blueprint.delete("/messages")
@describe({"removed": int}, query=MessageFilterSchema)
def forget_messages() -> Response:
    """Take the messages that match out of the outbox."""
    message_filter = _make_filter(
        request_bodies.load(MessageFilterSchema(), request.args.to_dict())
    )
    with current_grid().store.freeing():
        return jsonify(removed=outbox.delete_messages(message_filter))


@blueprint.get("/messages/<int:number>")
@describe(WHOLE_MESSAGE, refuses=(404,))
def one_message(number: int) -> Answer:
    """One message, with what is in it."""
    blocking.about_to_block()
    with current_grid().store.snapshot():
        message = _find(number)
        if message is None:
            return _missing(number)
        recipients = message_pages.find_recipients([message])[message.id]
        return jsonify(whole_message_to_json(message, recipients, _root()))


@blueprint.delete("/messages/<int:number>")
@describe({"removed": int}, refuses=(404,))
def forget_message(number: int) -> Answer:
    """Take one message out of the outbox."""
    with current_grid().store.writing():
        message = _find(number)
        return jsonify(removed=message.delete_instance()) if message else _missing(number)


@blueprint.post("/messages/<int:number>/events")
@describe(WHOLE_MESSAGE, body=EventSchema, refuses=(404,))
def simulate(number: int) -> Answer:
    """Simulate an event: a bounce, a block, a delay, a delivery, a recipient who unsubscribes."""
    event = delivery_events.DeliveryEvent(**request_bodies.load_body(EventSchema()))
    blocking.about_to_block()
    try:
        delivery_events.simulate(current_grid(), number, world_filter(), event)
    except UnknownMessage:
        return _missing(number)
    except WentNowhere:
        raise BadRequest({"event": ["a refused message went nowhere"]}) from None
    except UnknownRecipient:
        raise BadRequest(
            {"recipient": [f"the message was not to {str(event.recipient)[:200]!r}"]}
        ) from None
    return one_message(number)


def _find(number: int) -> Message | None:
    return Message.find(number, world_filter())


def _missing(number: int) -> Response:
    return refuse("id", f"there is no message {number}", 404)
