"""`/__admin/snapshots`: a world as it was, by a name. Part of the control API."""

import re
from typing import Any

from flask import Blueprint, Response, jsonify

from legacygrid.endpoints.control.descriptions import describe
from legacygrid.endpoints.control.errors import Answer, BadRequest, refuse
from legacygrid.endpoints.control.records import time_to_json
from legacygrid.endpoints.control.request_bodies import current_world
from legacygrid.grid import Grid, current_grid
from legacygrid.harness.call_filters import CallFilter
from legacygrid.harness.faults import InjectedFault
from legacygrid.harness.world_snapshots import WorldSnapshot, copy_faults
from legacygrid.models import outbox, webhook_queue, world_copies
from legacygrid.models.copies import WorldCopy
from legacygrid.models.outbox import MessageFilter
from legacygrid.wsgi import blocking

blueprint = Blueprint("snapshots", __name__)
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
#: Snapshots of a world, and bytes of its mail that one may hold: they are in memory for a moment.
MAX_COUNT, MAX_MAIL = 50, 256 * 1024 * 1024
#: What one looks like.
_SNAPSHOT = {"name": str, "time": str, "accounts": int, "messages": int}


@blueprint.get("/snapshots")
@describe({"snapshots": [_SNAPSHOT]})
def snapshots() -> Response:
    """Those of the world, oldest first."""
    found = current_grid().world_snapshots.of(current_world())
    return jsonify(snapshots=list(map(_to_json, found)))


@blueprint.put("/snapshots/<name>")
@describe(_SNAPSHOT, status=(201,), refuses=(409, 413))
def save(name: str) -> Answer:
    """Keep the world as it is, in the place of what has the name."""
    if not _NAME.fullmatch(name):
        raise BadRequest({"name": ["must be 1 to 64 letters, digits and . _ -"]})
    blocking.about_to_block()
    grid, world = current_grid(), current_world()
    kept = [each for each in grid.world_snapshots.of(world) if each.name != name]
    if len(kept) >= MAX_COUNT:
        raise BadRequest({"name": [f"there are {MAX_COUNT} snapshots; delete one before"]}, 409)
    snapshot = _take(grid, world, name)
    grid.world_snapshots.keep(world, snapshot)
    return jsonify(_to_json(snapshot)), 201


@blueprint.post("/snapshots/<name>")
@describe(_SNAPSHOT, refuses=(404,))
def restore(name: str) -> Answer:
    """Have the world as it was."""
    blocking.about_to_block()
    grid, world = current_grid(), current_world()
    snapshot = grid.world_snapshots.find(world, name)
    if snapshot is None:
        return _missing(name)
    with grid.store.beside(snapshot.rows.read, grid.clock.now(world)):
        world_copies.bring_back(world)
    grid.clock.put_back(snapshot.clock, world)
    webhook_queue.wake(world)
    grid.faults.cancel(_faults_of(grid, world))
    for fault in snapshot.copy_faults():
        number = fault.number
        grid.faults.add(fault)
        fault.number = number
    grid.journal.forget(CallFilter(world=world, after=snapshot.last_call))
    grid.limits.forget(world, grid.limits.list_accounts(world))
    grid.audit.forget(world)
    return jsonify(_to_json(snapshot))


@blueprint.delete("/snapshots")
@describe({"removed": int})
def forget_all() -> Response:
    """Delete those of the world."""
    return jsonify(removed=current_grid().world_snapshots.forget(current_world()))


@blueprint.delete("/snapshots/<name>")
@describe({"removed": int}, refuses=(404,))
def forget(name: str) -> Answer:
    """Delete one."""
    removed = current_grid().world_snapshots.forget(current_world(), name)
    return jsonify(removed=removed) if removed else _missing(name)


def _take(grid: Grid, world: str, name: str) -> WorldSnapshot:
    rows, now, mail = WorldCopy(), grid.clock.now(world), MessageFilter(world=world)
    with grid.store.reading():
        if outbox.total_size(mail) > MAX_MAIL:
            text = f"has more than {MAX_MAIL >> 20} MiB of mail; delete some before"
            raise BadRequest({"messages": [text]}, 413)
    with grid.store.beside(rows.filled, now):
        world_copies.copy_world(world)
        calls = grid.journal.find_newest(lambda call: True, 1)
        return WorldSnapshot(
            name,
            now,
            rows,
            accounts=world_copies.count_accounts(world),
            messages=outbox.count_messages(mail),
            clock=grid.clock.own_setting(world),
            faults=copy_faults(_faults_of(grid, world)),
            last_call=calls[0].number if calls else 0,
        )


def _faults_of(grid: Grid, world: str) -> list[InjectedFault]:
    """Those that were set in the world itself."""
    return [each for each in grid.faults.of_world() if (each.target.world or "") == world]


def _to_json(snapshot: WorldSnapshot) -> dict[str, Any]:
    return {
        "name": snapshot.name,
        "time": time_to_json(snapshot.at),
        "accounts": snapshot.accounts,
        "messages": snapshot.messages,
    }


def _missing(name: str) -> Response:
    return refuse("name", f"there is no snapshot {name[:64]!r}", 404)
