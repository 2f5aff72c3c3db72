"""`/__admin/suppressions`: lists of addresses that get no more mail. Part of the control API."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from marshmallow import fields, validate

from legacygrid.endpoints.control import lists, request_bodies
from legacygrid.endpoints.control.errors import Answer, BadRequest
from legacygrid.endpoints.control.records import time_to_json
from legacygrid.endpoints.control.request_bodies import current_world, world_filter
from legacygrid.endpoints.control.schemas import NO_TIME, STATUS, ControlSchema, check_writable
from legacygrid.grid import current_grid
from legacygrid.models import listed_addresses, subusers, suppression
from legacygrid.models.account import Account
from legacygrid.models.listed_addresses import WorldEntry, WorldFilter
from legacygrid.models.suppression import KINDS, USUAL_STATUS
from legacygrid.reasons import UnknownSubuser
from legacygrid.serializers.seed_fields import MOMENTS
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

blueprint = Blueprint("suppressions", __name__)


class SuppressionQuerySchema(ControlSchema):
    """Which entries are meant."""

    account = fields.String()
    kind = fields.String(validate=validate.OneOf(KINDS))
    address = fields.String()


class NewSuppressionSchema(ControlSchema):
    """An address that comes on a list of an account, or of a subuser."""

    account = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    address = fields.String(
        required=True, validate=(validate.Length(min=1, max=320), check_writable)
    )
    reason = fields.String(validate=(validate.Length(max=1000), check_writable))
    status = fields.String(validate=STATUS)
    ip = fields.IP()
    time = fields.AwareDateTime(format="iso", validate=MOMENTS, error_messages=NO_TIME)


@blueprint.get("/suppressions")
def suppressions() -> Response:
    """The entries of all lists, oldest first; the query narrows them."""
    # There may be thousands.
    blocking.about_to_block(Lane.READ)
    return lists.answer("suppressions", map(_to_json, _read_filter().iterate()))


@blueprint.post("/suppressions")
def add() -> Answer:
    """Put an address on a list; one that is there stays as it is."""
    loaded = request_bodies.load_body(NewSuppressionSchema())
    blocking.about_to_block()
    grid, kind, address = current_grid(), loaded["kind"], loaded["address"]
    now = grid.clock.now(current_world())
    with grid.store.writing(now):
        account = _find_account(loaded["account"])
        is_new = suppression.add(
            account,
            kind,
            address,
            loaded["time"].timestamp() if "time" in loaded else now,
            loaded.get("reason", ""),
            loaded.get("status", USUAL_STATUS.get(kind, "")),
            str(loaded.get("ip", "")),
        )
        (entry,) = WorldFilter(None, account.id, kind, address).iterate()
    return jsonify(_to_json(entry)), 201 if is_new else 200


@blueprint.delete("/suppressions")
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
    number = None if name is None else _find_account(name).id
    return WorldFilter(world_filter(), number, loaded.get("kind"), loaded.get("address"))


def _find_account(name: str) -> Account:
    """The account or subuser of that name.

    :raises BadRequest: there is none.
    """
    try:
        return subusers.find_account(name, current_world())
    except UnknownSubuser:
        raise BadRequest({"account": [f"there is no account {name[:100]!r}"]}) from None


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
