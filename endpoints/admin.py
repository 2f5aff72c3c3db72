"""`/__admin/`: what the emulator tells of itself."""

from importlib.metadata import version

from flask import Blueprint, Response, current_app, jsonify

from legacygrid.grid import Grid
from legacygrid.models.account import Account
from legacygrid.reasons import StoreUnavailable

blueprint = Blueprint("admin", __name__, url_prefix="/__admin")


@blueprint.get("/health")
def health() -> tuple[Response, int]:
    """200 if the store answers, 503 if not."""
    grid: Grid = current_app.extensions["legacygrid"]
    told = {"version": version("legacygrid"), "profile": grid.profile.name}
    try:
        with grid.store.reading():
            Account.select().limit(1).exists()
    except StoreUnavailable:
        return jsonify(status="the store does not answer", **told), 503
    return jsonify(status="ok", **told), 200
