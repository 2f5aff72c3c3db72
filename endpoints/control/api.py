"""`/__admin/`: the control API, for test harnesses in any language. JSON in and out.

Under `/~NAME/__admin/` it is the same API, narrowed to the world of that name.
"""

from flask import Blueprint, Flask, Response, request

from legacygrid.endpoints.control import (
    clock,
    contents,
    errors,
    faults,
    inbound,
    index,
    journal_files,
    messages,
    openapi,
    overview,
    relaying,
    requests,
    snapshots,
    state,
    suppressions,
    webhooks,
)
from legacygrid.endpoints.control.errors import refuse
from legacygrid.endpoints.control.guard import check_access
from legacygrid.harness.shown_paths import shorten_path
from legacygrid.wsgi.environ_keys import ADMIN_TOKEN

blueprint = Blueprint("control", __name__, url_prefix="/__admin")
blueprint.before_request(check_access)
errors.register(blueprint)
for _part in (
    *(overview, state, faults, clock, requests, journal_files, messages, contents, relaying),
    *(snapshots, suppressions, inbound, webhooks, index, openapi),
):
    blueprint.register_blueprint(_part.blueprint)


def register(app: Flask, token: str) -> None:
    """Have an application answer the control API.

    :param token: required of every request; the empty text for none, and then requests of other
        machines are refused.
    """
    app.extensions[ADMIN_TOKEN] = token
    app.register_blueprint(blueprint)


@blueprint.route("/", defaults={"path": ""}, methods=["POST", "PUT", "DELETE", "PATCH"])
@blueprint.route("/<path:path>", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
def unknown(path: str) -> Response:
    """Any other path."""
    return refuse(
        "path", f"{request.method} {shorten_path(request.path)} is not of the control API", 404
    )
