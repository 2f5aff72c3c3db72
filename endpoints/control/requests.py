"""`/__admin/requests`: the journal of calls. Part of the control API."""

from itertools import chain, islice
from typing import Any

from flask import Blueprint, Response, jsonify, request

from legacygrid.endpoints.control import lists, request_bodies
from legacygrid.endpoints.control.descriptions import describe
from legacygrid.endpoints.control.errors import Answer, refuse
from legacygrid.endpoints.control.records import CALL, NEAREST, call_to_json, nearest_to_json
from legacygrid.endpoints.control.request_bodies import world_filter
from legacygrid.endpoints.control.schemas import CallQuerySchema
from legacygrid.endpoints.control.waiting import Patience, WaitSchema
from legacygrid.grid import current_grid
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

blueprint = Blueprint("requests", __name__)


class CallListSchema(WaitSchema, CallQuerySchema):
    """Which calls are listed, and how long they are waited for."""


@blueprint.get("/requests")
@describe({"requests": [CALL]}, query=CallListSchema)
def requests() -> Response:
    """The calls that came in, oldest first; `limit=` takes the last ones, or the first ones with
    `after=`; `wait=` waits for some.
    """
    return _list_calls(request_bodies.load(CallListSchema(), request.args.to_dict()))


@blueprint.get("/requests/unmatched")
@describe({"requests": [CALL]}, query=CallListSchema)
def unmatched() -> Response:
    """The calls that matched no operation."""
    loaded = request_bodies.load(CallListSchema(), request.args.to_dict())
    return _list_calls({**loaded, "outcome": "unmatched"})


@blueprint.get("/requests/<int:number>")
@describe(CALL, refuses=(404,))
def one_request(number: int) -> Answer:
    """One call."""
    call = current_grid().journal.get(number)
    if call is None or world_filter() not in (None, call.world):
        return refuse("id", f"there is no request {number}", 404)
    return jsonify(call_to_json(call))


@blueprint.post("/requests/count")
@describe({"count": int}, body=CallQuerySchema)
def count() -> Response:
    """How many calls match."""
    blocking.about_to_block(Lane.READ)
    call_filter = request_bodies.make_filter(request_bodies.load_body(CallQuerySchema()))
    return jsonify(count=current_grid().journal.count(call_filter))


@blueprint.post("/requests/find")
@describe({"requests": [CALL], "nearest": (NEAREST, None)}, body=CallListSchema)
def find() -> Response:
    """The calls that match; if none does, the one that comes nearest."""
    return _list_calls(request_bodies.load_body(CallListSchema()), with_nearest=True)


def _list_calls(loaded: dict[str, Any], with_nearest: bool = False) -> Response:
    # It may look through a million calls, and write them.
    blocking.about_to_block(Lane.READ)
    limit, patience = loaded.pop("limit", None), Patience.pop(loaded)
    call_filter, journal = request_bodies.make_filter(loaded), current_grid().journal

    def look(is_last: bool) -> Response | None:
        # Who waits for a call wants to see what became of it.
        with_pending = not patience.seconds or call_filter.outcome is not None
        calls = journal.read(call_filter, limit, with_pending)
        first = list(islice(calls, patience.enough))
        if len(first) < patience.enough and not is_last:
            return None
        rows = map(call_to_json, chain(first, calls))
        if not with_nearest:
            return lists.answer("requests", rows)
        nearest = None if first else journal.find_nearest(call_filter)
        return lists.answer("requests", rows, nearest=nearest_to_json(call_filter, nearest))

    return patience.answer(current_grid().answered, call_filter.matches, look)


@blueprint.delete("/requests")
@describe({"removed": int}, query=CallQuerySchema)
def forget() -> Response:
    """Take the calls that match out of the journal."""
    blocking.about_to_block()
    call_filter, _ = request_bodies.load_query()
    return jsonify(removed=current_grid().journal.forget(call_filter))
