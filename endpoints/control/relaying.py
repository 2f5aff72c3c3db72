"""`/__admin/messages/ID/relay`: one message on to a real mailbox. Part of the control API."""

import logging

from flask import Blueprint, Response, jsonify

from legacygrid.endpoints.control import request_bodies
from legacygrid.endpoints.control.descriptions import describe
from legacygrid.endpoints.control.errors import BadRequest
from legacygrid.endpoints.control.request_bodies import world_filter
from legacygrid.endpoints.control.schemas import RelaySchema
from legacygrid.grid import current_grid
from legacygrid.harness.relay import RelayError
from legacygrid.models.message import Message
from legacygrid.models.outbox import find_addresses
from legacygrid.serializers.json_types import MapOf
from legacygrid.wsgi import blocking

log = logging.getLogger("legacygrid")
blueprint = Blueprint("relaying", __name__)


@blueprint.post("/messages/<int:number>/relay")
@describe({"relayed": [str], "refused": MapOf(str)}, body=RelaySchema, refuses=(404, 409, 502))
def relay(number: int) -> Response:
    """Pass a message on: to those whom the request names, and to no others."""
    loaded = request_bodies.load_body(RelaySchema())
    grid = current_grid()
    blocking.about_to_block()
    if grid.relay is None:
        how = "turned off; start the server with --relay HOST:PORT"
        raise BadRequest({"relay": [how]}, 409)
    with grid.store.snapshot():
        message = Message.find(number, world_filter())
        if message is None:
            raise BadRequest({"id": [f"there is no message {number}"]}, 404)
        recipients = list(loaded["to"])
        if loaded["original_recipients"]:
            recipients += find_addresses(message)
    sender = loaded.get("sender", message.mail_from)
    try:
        replies = grid.relay.send(bytes(message.source), sender, recipients)
    except RelayError as error:
        log.warning("relay %s message=%d: %s", grid.relay, number, error)
        raise BadRequest(
            {error.field: [str(error)]}, 502 if error.field == "relay" else 400
        ) from None
    refused = {each: reply for each, reply in replies.items() if reply}
    passed = len(replies) - len(refused)
    log.info("relay %s message=%d passed=%d refused=%d", grid.relay, number, passed, len(refused))
    return jsonify(relayed=[each for each in replies if each not in refused], refused=refused)
