"""`/__admin/clock`: the clock of a world. Part of the control API."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from legacygrid.endpoints.control import request_bodies
from legacygrid.endpoints.control.descriptions import describe
from legacygrid.endpoints.control.errors import BadRequest
from legacygrid.endpoints.control.records import CLOCK, clock_to_json
from legacygrid.endpoints.control.request_bodies import current_world
from legacygrid.endpoints.control.schemas import ClockSchema
from legacygrid.grid import current_grid
from legacygrid.harness.clock import REAL_TIME, ClockSetting
from legacygrid.serializers.seed_fields import EARLIEST, LATEST

blueprint = Blueprint("clock", __name__)


@blueprint.get("/clock")
@describe(CLOCK)
def clock() -> Response:
    """How the clock is set, and what it shows."""
    return jsonify(clock_to_json(current_grid().clock.setting(current_world())))


@blueprint.put("/clock")
@describe(CLOCK, body=ClockSchema)
def set_clock() -> Response:
    """Freeze the clock, move it, let it advance, or let it show real time."""
    apply_setting(request_bodies.load_body(ClockSchema()))
    return clock()


def apply_setting(loaded: dict[str, Any]) -> None:
    """Set the clock of the request's world.

    :param loaded: as `ClockSchema` loads it.
    :raises BadRequest: the clock would leave the years that it may show.
    """
    setting = _setting(**loaded)
    if not EARLIEST.timestamp() <= setting.now() <= LATEST.timestamp():
        text = f"leaves the years {EARLIEST.year} to {LATEST.year}"
        raise BadRequest({name: [text] for name in loaded})
    current_grid().clock.set(setting, current_world())


def _setting(
    frozen: datetime | None = None, offset: float | None = None, advance: float | None = None
) -> ClockSetting:
    if advance is not None:
        return current_grid().clock.setting(current_world()).advance(advance)
    if frozen is not None:
        return ClockSetting(frozen.timestamp())
    return REAL_TIME if offset is None else ClockSetting(offset=offset)
