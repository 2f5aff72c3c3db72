"""Lets nobody use the control API who may not; see `access`."""

from flask import Response, current_app, request

from legacygrid.endpoints.control.access import why_refused
from legacygrid.endpoints.control.errors import refuse
from legacygrid.grid import current_grid
from legacygrid.wsgi.environ_keys import ADMIN_TOKEN, CORS


def check_access() -> Response | None:
    """The refusal of a request; none if it is allowed."""
    token: str = current_app.extensions[ADMIN_TOKEN]
    origins = current_app.extensions.get(CORS, ())
    refusal = why_refused(request.environ, token, current_grid().systems.answers_for, origins)
    return refuse(*refusal) if refusal else None
