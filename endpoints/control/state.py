"""`/__admin/reset`, `/state` and `/seed`: what is in the store. Part of the control API."""

from collections.abc import Collection
from itertools import chain

from flask import Blueprint, Response, jsonify, request

from legacygrid.endpoints.control import request_bodies
from legacygrid.endpoints.control.descriptions import SEED, describe
from legacygrid.endpoints.control.errors import Answer, BadRequest, refuse
from legacygrid.endpoints.control.faults import find_faults
from legacygrid.endpoints.control.request_bodies import current_world, world_filter
from legacygrid.endpoints.control.schemas import PARTS, EndSchema, ResetSchema
from legacygrid.grid import Grid, current_grid
from legacygrid.harness.call_filters import CallFilter
from legacygrid.harness.export import export
from legacygrid.models import account_trees, outbox, snapshots, webhook_queue
from legacygrid.models.message import Message
from legacygrid.models.outbox import MessageFilter
from legacygrid.models.undo_log import EVERYTHING, AccountScope
from legacygrid.reasons import NameTaken, UnknownSubuser
from legacygrid.serializers.json_types import Literals, MapOf
from legacygrid.serializers.layouts import COMPACT
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane
from legacygrid.wsgi.spool import Spool

blueprint = Blueprint("state", __name__)


@blueprint.post("/reset")
@describe({"reset": [Literals(PARTS)]}, body=ResetSchema, refuses=(409,))
def reset() -> Answer:
    """Back to the state after seeding: of everything, of a world, or of an account; all of it, or
    some parts.
    """
    grid, loaded = current_grid(), request_bodies.load_body(ResetSchema())
    # A journal may be long.
    blocking.about_to_block()
    parts = [part for part in PARTS if part in loaded["parts"]]
    if "account" in loaded:
        # An account has no clock of its own.
        parts = [part for part in parts if part != "clock"]
        reset_account(grid, loaded["account"], parts)
    else:
        _reset_all(grid, parts)
    return jsonify(reset=parts)


def _reset_all(grid: Grid, parts: list[str]) -> None:
    """Of the world, or of all of them."""
    if "state" in parts:
        _reset_state(grid)
        grid.limits.forget(current_world())
        grid.failed_logins.forget(current_world())
        grid.audit.forget(world_filter())
    if "requests" in parts:
        grid.journal.forget(CallFilter(world=world_filter()))
    if "messages" in parts:
        outbox.clear_messages(grid.store, MessageFilter(world=world_filter()))
    if "state" in parts or "messages" in parts:
        webhook_queue.clear(grid.store, _scope())
    if "faults" in parts:
        grid.faults.cancel(find_faults())
        grid.webhooks.means.faults.reset(world_filter())
    if "clock" in parts:
        grid.clock.reset(current_world())


def _scope() -> AccountScope:
    """The accounts of the world, or of all of them."""
    world = world_filter()
    return EVERYTHING if world is None else AccountScope.of_world(world)


def _reset_state(grid: Grid) -> None:
    world = current_world()
    try:
        with grid.store.freeing(grid.clock.now(world)):
            if world:
                snapshots.reset_world(world)
            else:
                snapshots.reset()
    except NameTaken:
        raise _name_taken() from None


def _name_taken() -> BadRequest:
    return BadRequest({"account": ["another account has one of its names by now"]}, 409)


def reset_account(grid: Grid, name: str, parts: Collection[str]) -> None:
    """One account, with its subusers, in the request's world alone: without a prefix, in the one
    without name.

    :param parts: some of `PARTS`; an account has no clock of its own.
    :raises BadRequest: there is no such account, or a name of it is another one's by now.
    """
    tree, counted = _reset_rows(grid, name, parts)
    if "state" in parts or "messages" in parts:
        webhook_queue.clear(grid.store, tree.scope)
    if "state" in parts:
        grid.limits.forget(tree.world, counted)
        grid.audit.forget(tree.world, {tree.number})
    if "requests" in parts:
        grid.journal.forget_account(tree.world, tree.names)
    if "faults" in parts:
        names = {name.casefold() for name in tree.names}
        faults = (fault for fault in find_faults() if (fault.target.world or "") == tree.world)
        grid.faults.cancel(
            fault for fault in faults if (fault.target.account or "").casefold() in names
        )


def _reset_rows(
    grid: Grid, name: str, parts: Collection[str]
) -> tuple[account_trees.AccountTree, frozenset[int]]:
    """What the store has of an account.

    :returns: the account and its subusers, and the numbers of those whose calls are counted.
    """
    world = current_world()
    try:
        with grid.store.freeing(grid.clock.now(world)):
            tree = account_trees.find_account_tree(name, world)
            counted = tree.select(grid.limits.list_accounts(world))
            if "messages" in parts:
                Message.delete_of(world, tree.select(Message.list_senders()), tree.names)
            if "state" in parts:
                snapshots.reset_account(tree)
    except UnknownSubuser as error:
        raise BadRequest({"account": [error.hint]}) from None
    except NameTaken:
        raise _name_taken() from None
    return tree, counted


@blueprint.get("/state")
@describe(MapOf(object))
def state() -> Response:
    """Everything in the world, as a seed; secrets as hashes."""
    blocking.about_to_block(Lane.READ)
    grid = current_grid()
    with grid.store.snapshot():
        spool = Spool(chain(export(grid.systems.kinds, COMPACT, current_world()), "\n"))
    response = Response(spool, mimetype="application/json")
    response.content_length = spool.length
    return response


@blueprint.put("/state")
@describe({"added": int}, body=SEED)
def replace_state() -> Response:
    """A seed in the place of all that is in the world, or nothing of it."""
    document = request_bodies.read_seed()
    with blocking.hashing_here():
        result = current_grid().seeding.replace(document, current_world())
    return jsonify(added=result.added)


@blueprint.delete("/state")
@describe({"removed": str}, query=EndSchema)
def end_world() -> Answer:
    """Take a world away: its accounts, what they were seeded with, its calls, faults and clock;
    its snapshots may be kept, for who makes it anew.
    """
    grid, world = current_grid(), current_world()
    kept = request_bodies.load(EndSchema(), request.args.to_dict()).get("keep")
    if not world:
        return refuse("world", "only a world can be taken away: DELETE /~NAME/__admin/state", 400)
    remove_world(grid, world)
    if kept is None:
        grid.world_snapshots.forget(world)
    return jsonify(removed=world)


def remove_world(grid: Grid, world: str) -> None:
    """Take away all that a world has, but for its snapshots."""
    with grid.store.freeing(grid.clock.now(world)):
        snapshots.end_world(world)
    outbox.clear_messages(grid.store, MessageFilter(world=world))
    grid.journal.forget(CallFilter(world=world))
    grid.audit.forget(world)
    grid.faults.cancel(grid.faults.of_world(world))
    grid.webhooks.means.faults.reset(world)
    grid.clock.reset(world)
    grid.limits.forget(world)
    grid.failed_logins.forget(world)


@blueprint.post("/seed")
@describe({"added": int, "there": int}, body=SEED)
def add_seed() -> Response:
    """What is missing of a seed, or nothing of it; a narrowed reset goes back to here."""
    document = request_bodies.read_seed()
    with blocking.hashing_here():
        result = current_grid().seeding.add_to_world(document, current_world())
    return jsonify(added=result.added, there=result.there)
