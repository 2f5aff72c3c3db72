"""`/__admin/requests`: the journal, for test harnesses. Part of the control API."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify

from legacygrid.endpoints.control import bodies, errors, guard
from legacygrid.endpoints.control.emulator import PREFIX, Answer, emulator
from legacygrid.endpoints.control.guard import refused
from legacygrid.endpoints.control.records import Listed, told_call, told_nearest
from legacygrid.harness.journal import Criteria

blueprint = Blueprint("requests", __name__, url_prefix=PREFIX)
blueprint.before_request(guard.guard)
errors.register(blueprint)


@blueprint.get("/requests")
def requests() -> Response:
    """The calls that came in, oldest first; the query narrows them, `limit=` takes the last ones."""
    criteria, limit = bodies.queried(emulator())
    return _told(criteria, limit)


@blueprint.get("/requests/unmatched")
def unmatched() -> Response:
    """The calls that matched no operation."""
    criteria, limit = bodies.queried(emulator())
    return _told(replace(criteria, outcome="unmatched"), limit)


@blueprint.get("/requests/<int:number>")
def one_request(number: int) -> Answer:
    """One call."""
    found = emulator().journal.numbered(number)
    if found is None or bodies.narrowed() not in (None, found.world):
        return refused("id", f"there is no request {number}", 404)
    return jsonify(told_call(found))


@blueprint.post("/requests/count")
def count() -> Response:
    """How many calls fit."""
    criteria = bodies.criteria(emulator(), bodies.body(Listed()))
    return jsonify(count=len(emulator().journal.found(criteria)))


@blueprint.post("/requests/find")
def find() -> Response:
    """The calls that fit; if none does, the one that comes nearest."""
    wanted = bodies.body(Listed())
    return _told(bodies.criteria(emulator(), wanted), wanted.get("limit"), nearest=True)


def _told(criteria: Criteria, limit: int | None, nearest: bool = False) -> Response:
    journal = emulator().journal
    found = journal.found(criteria, limit)
    told: dict[str, Any] = {"requests": list(map(told_call, found))}
    if nearest:
        told["nearest"] = None if found else told_nearest(criteria, journal.nearest(criteria))
    return jsonify(told)


@blueprint.delete("/requests")
def forget() -> Response:
    """Take the calls that fit out of the journal."""
    criteria, _ = bodies.queried(emulator())
    return jsonify(removed=emulator().journal.forget(criteria))
