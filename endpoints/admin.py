"""`/__admin/`: the control API, for test harnesses in any language. JSON in and out.

Under `/~NAME/__admin/` it is the same API, narrowed to the world of that name.
"""

from dataclasses import replace
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request

from legacygrid import blocking, control, fidelity, guard, outbox, refusals, seed
from legacygrid.control import BadRequest
from legacygrid.export import export
from legacygrid.faults import Fault
from legacygrid.grid import Grid
from legacygrid.guard import refused
from legacygrid.journal import Criteria
from legacygrid.models import start
from legacygrid.models.account import Account
from legacygrid.outbox import Sought
from legacygrid.reasons import NameTaken, StoreUnavailable, UnknownSubuser
from legacygrid.serializers.control import PARTS, Listed, Reset, told_call, told_clock, told_fault, told_nearest

PREFIX = "/__admin"
blueprint = Blueprint("admin", __name__, url_prefix=PREFIX)
blueprint.before_request(guard.guard)
refusals.register(blueprint)
Answer = Response | tuple[Response, int]


def register(app: Flask, token: str) -> None:
    """Let the application answer it; with a token, to those alone who bring it."""
    app.extensions[guard.TOKEN] = token
    app.register_blueprint(blueprint)


def emulator() -> Grid:
    """The emulator that the request is for."""
    grid: Grid = current_app.extensions["legacygrid"]
    return grid


@blueprint.route("/", defaults={"path": ""}, strict_slashes=False)
@blueprint.route("/<path:path>", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
def unknown(path: str) -> Response:
    """Any other path."""
    return refused("path", f"{request.method} {request.path[:200]} is not of the control API", 404)


# The emulator itself


@blueprint.get("/health")
@blueprint.get("/ready")
def health() -> Answer:
    """200 if the store answers, 503 if not; it listens only once it is seeded, so well is ready."""
    grid = emulator()
    # Where mail is taken by SMTP: a test of a client with ports of its own asks here.
    told = {"version": version("legacygrid"), "profile": grid.profile.name, "smtp": grid.doors.get("smtp")}
    try:
        with grid.store.reading():
            Account.select().limit(1).exists()
    except StoreUnavailable:
        return jsonify(status="the store does not answer", **told), 503
    return jsonify(status="ok", **told)


@blueprint.get("/routes")
def routes() -> Response:
    """Every operation that answers."""
    return jsonify(routes=fidelity.routes())


@blueprint.get("/fidelity")
def known() -> Response:
    """How well each answer is known."""
    return jsonify(fidelity.told(emulator().profile))


@blueprint.get("/metrics")
def metrics() -> Response:
    """For Prometheus."""
    return Response(emulator().metrics.text(), content_type="text/plain; version=1.0.0; charset=utf-8")


# State


@blueprint.post("/reset")
def reset() -> Answer:
    """Back to the state after seeding: of everything, of a world, or of an account; all of it, or some parts."""
    grid, wanted = emulator(), control.body(Reset())
    account, parts = wanted.get("account"), wanted["parts"]
    # A journal may be long.
    blocking.about_to_block()
    if "state" in parts:
        _reset_state(grid, account)
        grid.limits.forget(control.world())
        grid.audit.forget(control.narrowed(), account)
    if "requests" in parts:
        grid.journal.forget(Criteria(world=control.narrowed(), account=account))
    if "messages" in parts:
        outbox.clear(grid.store, Sought(world=control.narrowed(), primary=account))
    if "faults" in parts:
        grid.faults.remove(f for f in _ordered() if account in (None, f.account))
    if "clock" in parts and account is None:
        grid.clock.reset(control.world())
    return jsonify(reset=[part for part in PARTS if part in parts and (part != "clock" or account is None)])


def _reset_state(grid: Grid, account: str | None) -> None:
    world = control.world()
    try:
        if account is None and not world:
            with grid.store.beside_start(grid.clock.now()):
                start.reset()
            return
        with grid.store.beside_seeded(grid.clock.now(world)):
            if account is None:
                start.reset_world(world)
            else:
                start.reset_account(account, world)
    except UnknownSubuser:
        raise BadRequest({"account": [f"there is no account {account!r}"]}) from None
    except NameTaken:
        raise BadRequest({"account": ["another account has one of its names by now"]}, 409) from None


@blueprint.get("/state")
def state() -> Response:
    """Everything in the world, as a seed; secrets as hashes."""
    with emulator().store.writing():
        return jsonify(export(control.world()))


@blueprint.put("/state")
def replace_state() -> Response:
    """A seed in the place of all that is in the world, or nothing of it."""
    planted = seed.replace(emulator(), control.document(), control.world())
    return jsonify(added=planted.added)


@blueprint.delete("/state")
def end_world() -> Answer:
    """Take a world away: its accounts, what they were seeded with, its calls, faults and clock."""
    grid, world = emulator(), control.world()
    if not world:
        return refused("world", "only a world can be taken away: DELETE /~NAME/__admin/state", 400)
    with grid.store.beside_start(grid.clock.now(world)):
        start.end_world(world)
    outbox.clear(grid.store, Sought(world=world))
    grid.journal.forget(Criteria(world=world))
    grid.audit.forget(world)
    grid.faults.remove(grid.faults.ordered(world))
    grid.clock.reset(world)
    grid.limits.forget(world)
    return jsonify(removed=world)


@blueprint.post("/seed")
def add_seed() -> Response:
    """What is missing of a seed, or nothing of it; a narrowed reset goes back to here."""
    planted = seed.sow_world(emulator(), control.document(), control.world())
    return jsonify(added=planted.added, there=planted.there)


# The journal


@blueprint.get("/requests")
def requests() -> Response:
    """The calls that came in, oldest first; the query narrows them, `limit=` takes the last ones."""
    criteria, limit = control.queried(emulator())
    return _told(criteria, limit)


@blueprint.get("/requests/unmatched")
def unmatched() -> Response:
    """The calls that matched no operation."""
    criteria, limit = control.queried(emulator())
    return _told(replace(criteria, outcome="unmatched"), limit)


@blueprint.get("/requests/<int:number>")
def one_request(number: int) -> Answer:
    """One call."""
    found = emulator().journal.found(Criteria(world=control.narrowed(), after=number - 1))
    if not found or found[0].number != number:
        return refused("id", f"there is no request {number}", 404)
    return jsonify(told_call(found[0]))


@blueprint.post("/requests/count")
def count() -> Response:
    """How many calls fit."""
    criteria = control.criteria(emulator(), control.body(Listed()))
    return jsonify(count=len(emulator().journal.found(criteria)))


@blueprint.post("/requests/find")
def find() -> Response:
    """The calls that fit; if none does, the one that comes nearest."""
    wanted = control.body(Listed())
    return _told(control.criteria(emulator(), wanted), wanted.get("limit"), nearest=True)


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
    criteria, _ = control.queried(emulator())
    return jsonify(removed=emulator().journal.forget(criteria))


# Faults and the clock


def _ordered() -> list[Fault]:
    return emulator().faults.ordered(control.narrowed())


@blueprint.get("/faults")
def faults() -> Response:
    """What is ordered, with how often it fired."""
    return jsonify(faults=[told_fault(fault) for fault in _ordered()])


@blueprint.post("/faults")
def order() -> Answer:
    """Order a fault."""
    fault = control.ordered(emulator())
    emulator().faults.add(fault)
    return jsonify(told_fault(fault)), 201


@blueprint.delete("/faults")
def countermand() -> Response:
    """Take all faults back."""
    faults = _ordered()
    emulator().faults.remove(faults)
    return jsonify(removed=len(faults))


@blueprint.delete("/faults/<int:number>")
def countermand_one(number: int) -> Answer:
    """Take one fault back."""
    faults = [fault for fault in _ordered() if fault.number == number]
    emulator().faults.remove(faults)
    return jsonify(removed=1) if faults else refused("id", f"there is no fault {number}", 404)


@blueprint.get("/clock")
def clock() -> Response:
    """What the clock shows."""
    return jsonify(told_clock(emulator().clock.hands(control.world())))


@blueprint.put("/clock")
def set_clock() -> Response:
    """Freeze the clock, move it, let it advance, or let it show real time."""
    control.set_clock(emulator().clock)
    return clock()
