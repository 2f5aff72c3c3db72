"""`/__admin/requests`: the journal of calls. Part of the control API."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify

from legacygrid.endpoints.control import request_bodies
from legacygrid.endpoints.control.errors import Answer, refuse
from legacygrid.endpoints.control.records import call_to_json, nearest_to_json
from legacygrid.endpoints.control.request_bodies import world_filter
from legacygrid.endpoints.control.schemas import CallQuerySchema
from legacygrid.grid import current_grid
from legacygrid.harness.journal import CallFilter

blueprint = Blueprint("requests", __name__)


@blueprint.get("/requests")
def requests() -> Response:
    """The calls that came in, oldest first; `limit=` takes the last ones."""
    call_filter, limit = request_bodies.load_query()
    return _list_calls(call_filter, limit)


@blueprint.get("/requests/unmatched")
def unmatched() -> Response:
    """The calls that matched no operation."""
    call_filter, limit = request_bodies.load_query()
    return _list_calls(replace(call_filter, outcome="unmatched"), limit)


@blueprint.get("/requests/<int:number>")
def one_request(number: int) -> Answer:
    """One call."""
    call = current_grid().journal.get(number)
    if call is None or world_filter() not in (None, call.world):
        return refuse("id", f"there is no request {number}", 404)
    return jsonify(call_to_json(call))


@blueprint.post("/requests/count")
def count() -> Response:
    """How many calls match."""
    call_filter = request_bodies.make_filter(request_bodies.load_body(CallQuerySchema()))
    return jsonify(count=len(current_grid().journal.find(call_filter)))


@blueprint.post("/requests/find")
def find() -> Response:
    """The calls that match; if none does, the one that comes nearest."""
    loaded = request_bodies.load_body(CallQuerySchema())
    call_filter = request_bodies.make_filter(loaded)
    return _list_calls(call_filter, loaded.get("limit"), with_nearest=True)


def _list_calls(call_filter: CallFilter, limit: int | None, with_nearest: bool = False) -> Response:
    journal = current_grid().journal
    calls = journal.find(call_filter, limit)
    answer: dict[str, Any] = {"requests": list(map(call_to_json, calls))}
    if with_nearest:
        nearest = None if calls else journal.find_nearest(call_filter)
        answer["nearest"] = nearest_to_json(call_filter, nearest)
    return jsonify(answer)


@blueprint.delete("/requests")
def forget() -> Response:
    """Take the calls that match out of the journal."""
    call_filter, _ = request_bodies.load_query()
    return jsonify(removed=current_grid().journal.forget(call_filter))
