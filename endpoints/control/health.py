"""`/__admin/health` and what else is asked of an emulator: its metrics, its operations, and how
well each answer is known.
"""

from importlib.metadata import version

from flask import Blueprint, Response, jsonify

from legacygrid.endpoints.control.errors import Answer
from legacygrid.grid import current_grid
from legacygrid.registry import fidelity
from legacygrid.wsgi.blocking import about_to_block

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@blueprint.get("/ready")
def health() -> Answer:
    """200 if the store takes what is written to it, 503 with the reason if not; the server listens
    only once it is seeded, so both paths mean the same.
    """
    about_to_block()
    grid = current_grid()
    # Where mail is taken by SMTP: a test of a client with ports of its own asks here.
    about = {
        "version": version("legacygrid"),
        "profile": grid.profile.name,
        "smtp": grid.listeners.get("smtp"),
    }
    trouble = grid.store.check()
    return jsonify(status=trouble or "ok", **about), 503 if trouble else 200


@blueprint.get("/routes")
def routes() -> Response:
    """Every operation that answers."""
    return jsonify(routes=fidelity.list_routes(current_grid().systems))


@blueprint.get("/fidelity")
def fidelity_table() -> Response:
    """How well each answer is known."""
    grid = current_grid()
    return jsonify(fidelity.to_json(grid.systems, grid.profile))


@blueprint.get("/metrics")
def metrics() -> Response:
    """For Prometheus."""
    text = current_grid().metrics.to_text()
    return Response(text, content_type="text/plain; version=1.0.0; charset=utf-8")
