"""What is asked of an emulator as a whole: its metrics, its operations, and how well each answer is
known. Its health is in `endpoints/web/health.py`, since anybody may ask for it.
"""

from flask import Blueprint, Response, jsonify

from legacygrid.endpoints.control.descriptions import Content, describe
from legacygrid.grid import current_grid
from legacygrid.registry import fidelity
from legacygrid.serializers.json_types import MapOf

blueprint = Blueprint("overview", __name__)
_ROW = MapOf((str, int, None))


@blueprint.get("/routes")
@describe({"routes": [dict.fromkeys(("operation", "task", "path", "callers", "does"), str)]})
def routes() -> Response:
    """Every operation that answers."""
    return jsonify(routes=fidelity.list_routes(current_grid().systems))


@blueprint.get("/fidelity")
@describe({"profile": str, "operations": [_ROW], "refusals": [_ROW], "sentences": [_ROW]})
def fidelity_table() -> Response:
    """How well each answer is known."""
    grid = current_grid()
    return jsonify(fidelity.to_json(grid.systems, grid.profile))


@blueprint.get("/metrics")
@describe(Content("text/plain"))
def metrics() -> Response:
    """For Prometheus."""
    text = current_grid().metrics.to_text()
    return Response(text, content_type="text/plain; version=1.0.0; charset=utf-8")
