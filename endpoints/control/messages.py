"""`/__admin/messages`: the outbox, for test harnesses. Part of the control API."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from legacygrid.endpoints.control import bodies, errors, guard
from legacygrid.endpoints.control.bodies import BadRequest
from legacygrid.endpoints.control.emulator import PREFIX, Answer, emulator
from legacygrid.endpoints.control.guard import refused
from legacygrid.endpoints.control.message_records import (
    Event,
    ListedMessages,
    SoughtMessages,
    told_message,
    told_whole,
)
from legacygrid.mail import delivery_events
from legacygrid.models import outbox
from legacygrid.models.message import Message
from legacygrid.models.outbox import MessageFilter
from legacygrid.reasons import UnknownMessage, UnknownRecipient, WentNowhere
from legacygrid.wsgi import blocking

blueprint = Blueprint("outbox", __name__, url_prefix=PREFIX)
blueprint.before_request(guard.guard)
errors.register(blueprint)
#: Bytes of messages that are told whole at once: all of them are held together.
MOST_WHOLE = 64 * 1024 * 1024


@blueprint.get("/messages")
def messages() -> Response:
    """The messages that came in, oldest first; the query narrows them, `limit=` takes the last
    ones.
    """
    return _told(bodies.read(ListedMessages(), request.args.to_dict()))


@blueprint.post("/messages/find")
def find_messages() -> Response:
    """The same, by a JSON body."""
    return _told(bodies.body(ListedMessages()))


def _told(wanted: dict[str, Any]) -> Response:
    # Thousands of messages may be looked through, and told.
    blocking.about_to_block()
    limit, tell = wanted.pop("limit", None), told_whole if wanted.pop("whole") else told_message
    with emulator().store.snapshot():
        if tell is told_whole and outbox.total_size(_sought(wanted), limit) > MOST_WHOLE:
            several = f"more than {MOST_WHOLE >> 20} MiB of messages fit"
            raise BadRequest({"whole": [f"{several}; narrow it or give a limit"]})
        found = outbox.find_messages(_sought(wanted), limit, with_source=tell is told_whole)
        theirs = outbox.find_recipients(found)
    return jsonify(messages=[tell(message, theirs[message.id]) for message in found])


def _sought(wanted: dict[str, Any]) -> MessageFilter:
    return MessageFilter(world=bodies.narrowed(), **wanted)


@blueprint.delete("/messages")
def forget_messages() -> Response:
    """Take the messages that fit out of the outbox."""
    sought = _sought(bodies.read(SoughtMessages(), request.args.to_dict()))
    with emulator().store.writing():
        return jsonify(removed=outbox.delete_messages(sought))


@blueprint.get("/messages/<int:number>")
def one_message(number: int) -> Answer:
    """One message, with what is in it."""
    blocking.about_to_block()
    with emulator().store.snapshot():
        found = _numbered(number)
        return (
            jsonify(told_whole(found, outbox.find_recipients([found])[found.id]))
            if found
            else _missing(number)
        )


@blueprint.get("/messages/<int:number>/raw")
def raw_message(number: int) -> Answer:
    """One message as it would leave."""
    blocking.about_to_block()
    with emulator().store.reading():
        found = _numbered(number)
    return (
        Response(bytes(found.source), content_type="message/rfc822") if found else _missing(number)
    )


@blueprint.delete("/messages/<int:number>")
def forget_message(number: int) -> Answer:
    """Take one message out of the outbox."""
    with emulator().store.writing():
        found = _numbered(number)
        return jsonify(removed=found.delete_instance()) if found else _missing(number)


@blueprint.post("/messages/<int:number>/events")
def befall(number: int) -> Answer:
    """Let something befall a message: a bounce, a block, a delay, a recipient who wants no more."""
    event = delivery_events.DeliveryEvent(**bodies.body(Event()))
    blocking.about_to_block()
    try:
        delivery_events.simulate(emulator(), number, bodies.narrowed(), event)
    except UnknownMessage:
        return _missing(number)
    except WentNowhere:
        raise BadRequest({"event": ["a refused message went nowhere"]}) from None
    except UnknownRecipient:
        raise BadRequest(
            {"recipient": [f"the message was not to {str(event.recipient)[:200]!r}"]}
        ) from None
    return one_message(number)


def _numbered(number: int) -> Message | None:
    return Message.find(number, bodies.narrowed())


def _missing(number: int) -> Response:
    return refused("id", f"there is no message {number}", 404)
