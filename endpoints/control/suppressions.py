"""`/__admin/suppressions`: lists of addresses that get no more mail. Part of the control API."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from marshmallow import fields, validate

from legacygrid.endpoints.control import lists, request_bodies
from legacygrid.endpoints.control.descriptions import describe
from legacygrid.endpoints.control.errors import Answer
from legacygrid.endpoints.control.records import time_to_json
from legacygrid.endpoints.control.request_bodies import (
    current_world,
    find_account,
    world_filter,
)
from legacygrid.endpoints.control.schemas import ControlSchema
from legacygrid.grid import current_grid
from legacygrid.models import listed_addresses
from legacygrid.models.listed_addresses import WorldEntry, WorldFilter
from legacygrid.models.suppression import KINDS
from legacygrid.serializers.suppressions import SuppressionSchema, add_to_list
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

blueprint = Blueprint("suppressions", __name__)
#: What an entry looks like.
_ENTRY = {
    "id": int,
    **dict.fromkeys(("time", "world", "account", "kind", "address", "reason", "status", "ip"), str),
}


class SuppressionQuerySchema(ControlSchema):
    """Which entries are meant."""

    account = fields.String()
    kind = fields.String(validate=validate.OneOf(KINDS))
    address = fields.String()


class NewSuppressionSchema(ControlSchema, SuppressionSchema):
    """An address that comes on a list of an account, or of a subuser."""

    account = fields.String(required=True)


@blueprint.get("/suppressions")
@describe({"suppressions": [_ENTRY]}, query=SuppressionQuerySchema)
def suppressions() -> Response:
    """The entries of all lists, oldest first; the query narrows them."""
    # There may be thousands.
    blocking.about_to_block(Lane.READ)
    return lists.answer("suppressions", map(_to_json, _read_filter().iterate()))


@blueprint.post("/suppressions")
@describe(_ENTRY, status=(200, 201), body=NewSuppressionSchema)
def add() -> Answer:
    """Put an address on a list; one that is there stays as it is."""
    loaded = request_bodies.load_body(NewSuppressionSchema())
    blocking.about_to_block()
    grid = current_grid()
    now = grid.clock.now(current_world())
    with grid.store.writing(now):
        account = find_account(loaded["account"])
        is_new = add_to_list(account, loaded, now)
        (entry,) = WorldFilter(None, account.id, loaded["kind"], loaded["address"]).iterate()
    return jsonify(_to_json(entry)), 201 if is_new else 200


@blueprint.delete("/suppressions")
@describe({"removed": int}, query=SuppressionQuerySchema)
def remove() -> Response:
    """Take the entries that match off their lists."""
    blocking.about_to_block()
    grid = current_grid()
    now = grid.clock.now(current_world())
    with grid.store.writing(now):
        return jsonify(removed=listed_addresses.take_off(_read_filter(), now))


def _read_filter() -> WorldFilter:
    """Which entries the query means.

    :raises BadRequest: a field of it is wrong.
    """
    loaded = request_bodies.load(SuppressionQuerySchema(), request.args.to_dict())
    name = loaded.get("account")
    number = None if name is None else find_account(name).id
    return WorldFilter(world_filter(), number, loaded.get("kind"), loaded.get("address"))


def _to_json(listed: WorldEntry) -> dict[str, Any]:
    entry = listed.entry
    return {
        "id": listed.number,
        "time": time_to_json(entry.at),
        "world": listed.world,
        "account": listed.account,
        "kind": listed.kind,
        "address": entry.address,
        "reason": entry.reason,
        "status": entry.status,
        "ip": entry.ip,
    }
