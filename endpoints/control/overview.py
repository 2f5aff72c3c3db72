"""What is asked of an emulator as a whole: its metrics, its operations, and how well each answer is
known. Its health is in `endpoints/web/health.py`, since anybody may ask for it.
"""

from flask import Blueprint, Response, jsonify

from legacygrid.grid import current_grid
from legacygrid.registry import fidelity

blueprint = Blueprint("overview", __name__)


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
