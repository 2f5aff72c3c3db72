"""`/__admin/`: the control API, for test harnesses in any language. JSON in and out.

Under `/~NAME/__admin/` it is the same API, narrowed to the world of that name.
"""

from importlib.metadata import version

from flask import Blueprint, Flask, Response, jsonify, request

from legacygrid.endpoints.control import bodies, errors, guard
from legacygrid.endpoints.control.bodies import BadRequest
from legacygrid.endpoints.control.guard import refused
from legacygrid.endpoints.control.records import PARTS, Reset, told_clock, told_fault
from legacygrid.grid import Grid, current_grid
from legacygrid.harness.export import export
from legacygrid.harness.faults import InjectedFault
from legacygrid.harness.journal import Criteria
from legacygrid.models import outbox, snapshots
from legacygrid.models.account import Account
from legacygrid.models.message import Message
from legacygrid.models.outbox import MessageFilter
from legacygrid.reasons import NameTaken, StoreUnavailable, UnknownSubuser
from legacygrid.registry import fidelity
from legacygrid.wsgi import blocking
from legacygrid.wsgi.environ_keys import ADMIN_TOKEN

PREFIX = "/__admin"
blueprint = Blueprint("admin", __name__, url_prefix=PREFIX)
blueprint.before_request(guard.guard)
errors.register(blueprint)
Answer = Response | tuple[Response, int]


def register(app: Flask, token: str) -> None:
    """Let the application answer it; with a token, to those alone who bring it."""
    app.extensions[ADMIN_TOKEN] = token
    app.register_blueprint(blueprint)


def emulator() -> Grid:
    """The emulator that the request is for."""
    return current_grid()


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
    told = {
        "version": version("legacygrid"),
        "profile": grid.profile.name,
        "smtp": grid.listeners.get("smtp"),
    }
    try:
        with grid.store.reading():
            Account.select().limit(1).exists()
    except StoreUnavailable:
        return jsonify(status="the store does not answer", **told), 503
    return jsonify(status="ok", **told)


@blueprint.get("/routes")
def routes() -> Response:
    """Every operation that answers."""
    return jsonify(routes=fidelity.list_routes(emulator().systems))


@blueprint.get("/fidelity")
def known() -> Response:
    """How well each answer is known."""
    return jsonify(fidelity.to_json(emulator().systems, emulator().profile))


@blueprint.get("/metrics")
def metrics() -> Response:
    """For Prometheus."""
    return Response(
        emulator().metrics.text(), content_type="text/plain; version=1.0.0; charset=utf-8"
    )


# State


@blueprint.post("/reset")
def reset() -> Answer:
    """Back to the state after seeding: of everything, of a world, or of an account; all of it, or
    some parts.
    """
    grid, wanted = emulator(), bodies.body(Reset())
    # A journal may be long.
    blocking.about_to_block()
    # An account has no clock of its own.
    parts = [
        part
        for part in PARTS
        if part in wanted["parts"] and (part != "clock" or "account" not in wanted)
    ]
    if "account" in wanted:
        _reset_account(grid, wanted["account"], parts)
    else:
        _reset_all(grid, parts)
    return jsonify(reset=parts)


def _reset_all(grid: Grid, parts: list[str]) -> None:
    """Of the world, or of all of them."""
    if "state" in parts:
        _reset_state(grid)
        grid.limits.forget(bodies.world())
        grid.audit.forget(bodies.narrowed())
    if "requests" in parts:
        grid.journal.forget(Criteria(world=bodies.narrowed()))
    if "messages" in parts:
        outbox.clear_messages(grid.store, MessageFilter(world=bodies.narrowed()))
    if "faults" in parts:
        grid.faults.cancel(_ordered())
    if "clock" in parts:
        grid.clock.reset(bodies.world())


def _reset_state(grid: Grid) -> None:
    world = bodies.world()
    try:
        if not world:
            with grid.store.restoring_initial(grid.clock.now()):
                snapshots.reset()
            return
        with grid.store.restoring_seeded(grid.clock.now(world)):
            snapshots.reset_world(world)
    except NameTaken:
        raise BadRequest(
            {"account": ["another account has one of its names by now"]}, 409
        ) from None


def _reset_account(grid: Grid, name: str, parts: list[str]) -> None:
    """Of one account, with its subusers, in this world alone: without a prefix, in the one without
    name.
    """
    house = _reset_rows(grid, name, parts)
    if "state" in parts:
        grid.limits.forget(house.world, house.numbers)
        grid.audit.forget(house.world, house.numbers)
    if "requests" in parts:
        grid.journal.forget_of(house.world, house.names)
    if "faults" in parts:
        names = {called.casefold() for called in house.names}
        theirs = (fault for fault in _ordered() if (fault.target.account or "").casefold() in names)
        grid.faults.cancel(fault for fault in theirs if (fault.target.world or "") == house.world)


def _reset_rows(grid: Grid, name: str, parts: list[str]) -> snapshots.AccountTree:
    """What the store has of an account; whose it is."""
    world = bodies.world()
    try:
        with grid.store.restoring_seeded(grid.clock.now(world)):
            house = snapshots.find_account_tree(name, world)
            if "messages" in parts:
                Message.delete_of(world, house.numbers, house.names)
            if "state" in parts:
                snapshots.reset_account(house)
    except UnknownSubuser as error:
        raise BadRequest({"account": [error.hint]}) from None
    except NameTaken:
        raise BadRequest(
            {"account": ["another account has one of its names by now"]}, 409
        ) from None
    return house


@blueprint.get("/state")
def state() -> Response:
    """Everything in the world, as a seed; secrets as hashes."""
    with emulator().store.writing():
        return jsonify(export(bodies.world()))


@blueprint.put("/state")
def replace_state() -> Response:
    """A seed in the place of all that is in the world, or nothing of it."""
    result = emulator().seeding.replace(bodies.document(), bodies.world())
    return jsonify(added=result.added)


@blueprint.delete("/state")
def end_world() -> Answer:
    """Take a world away: its accounts, what they were seeded with, its calls, faults and clock."""
    grid, world = emulator(), bodies.world()
    if not world:
        return refused("world", "only a world can be taken away: DELETE /~NAME/__admin/state", 400)
    with grid.store.restoring_initial(grid.clock.now(world)):
        snapshots.end_world(world)
    outbox.clear_messages(grid.store, MessageFilter(world=world))
    grid.journal.forget(Criteria(world=world))
    grid.audit.forget(world)
    grid.faults.cancel(grid.faults.of_world(world))
    grid.clock.reset(world)
    grid.limits.forget(world)
    return jsonify(removed=world)


@blueprint.post("/seed")
def add_seed() -> Response:
    """What is missing of a seed, or nothing of it; a narrowed reset goes back to here."""
    result = emulator().seeding.add_to_world(bodies.document(), bodies.world())
    return jsonify(added=result.added, there=result.there)


# Faults and the clock


def _ordered() -> list[InjectedFault]:
    return emulator().faults.of_world(bodies.narrowed())


@blueprint.get("/faults")
def faults() -> Response:
    """What is ordered, with how often it fired."""
    return jsonify(faults=[told_fault(fault) for fault in _ordered()])


@blueprint.post("/faults")
def order() -> Answer:
    """Order a fault."""
    fault = bodies.ordered(emulator())
    emulator().faults.add(fault)
    return jsonify(told_fault(fault)), 201


@blueprint.delete("/faults")
def countermand() -> Response:
    """Take all faults back."""
    faults = _ordered()
    emulator().faults.cancel(faults)
    return jsonify(removed=len(faults))


@blueprint.delete("/faults/<int:number>")
def countermand_one(number: int) -> Answer:
    """Take one fault back."""
    faults = [fault for fault in _ordered() if fault.number == number]
    emulator().faults.cancel(faults)
    return jsonify(removed=1) if faults else refused("id", f"there is no fault {number}", 404)


@blueprint.get("/clock")
def clock() -> Response:
    """What the clock shows."""
    return jsonify(told_clock(emulator().clock.hands(bodies.world())))


@blueprint.put("/clock")
def set_clock() -> Response:
    """Freeze the clock, move it, let it advance, or let it show real time."""
    bodies.set_clock(emulator().clock)
    return clock()
