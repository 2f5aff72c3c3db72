"""Flask, which answers what is no call of a system; and calls, where it is asked for one."""

from functools import partial

from flask import Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from legacygrid import dispatch
from legacygrid.dispatch import VERBS
from legacygrid.endpoints.providers import PROVIDERS
from legacygrid.grid import Grid
from legacygrid.harness.log import mask_queries, report_fault
from legacygrid.serializers.answers import refusal
from legacygrid.wsgi.answer import to_response
from legacygrid.wsgi.application import Application, LateRule


def make(grid: Grid, admin_token: str | None) -> Application:
    """Flask's application; it adds its pages later.

    :param admin_token: that of the control API; none if there is no control API.
    """
    # Named after the module that WSGI servers import it from.
    app = Application("legacygrid.app", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.add_pages = partial(_add_pages, app, admin_token)
    _add_calls(app, grid)
    mask_queries()
    return app


def _add_pages(app: Application, admin_token: str | None) -> None:
    """Add what answers beside the calls.

    :param admin_token: that of the control API; none if there is no control API.
    """
    from legacygrid.endpoints.control import api
    from legacygrid.endpoints.web import front, joining, links, noise

    for page in (front, joining, links, noise):
        app.register_blueprint(page.blueprint)
    if admin_token is not None:
        api.register(app, admin_token)


def _add_calls(app: Application, made: Grid) -> None:
    """Let every other path be a call, for Flask as well."""
    view, verbs = partial(_call, made), [*VERBS, "TRACE"]
    # Flask shall not answer OPTIONS by itself: an unknown method has none.
    app.add_url_rule("/<path:path>", "call", view, methods=verbs, provide_automatic_options=False)
    known = (place for path, route in made.operations.items() for place in route.places(path))
    app.url_map.redirect_defaults = False
    app.url_map.of_operations = (LateRule(place, endpoint="call", methods=verbs) for place in known)
    # What Flask would refuse by itself (an odd verb, an odd Host) is answered like any other call.
    app.register_error_handler(HTTPException, lambda error: _call(made))
    # That would have a call that broke made again, on a body that was read.
    app.register_error_handler(InternalServerError, partial(_failed, made))


def _call(made: Grid, path: str = "") -> Response:
    return to_response(dispatch.answer(made, PROVIDERS, request.environ))


def _failed(made: Grid, error: InternalServerError) -> Response:
    """The last word, where even a refusal could not be made."""
    language = request.headers.get("Accept-Language", "")
    front = made.fallbacks.find(request.path, request.environ).for_language(language)
    reason = report_fault(error.original_exception or error)
    return to_response(refusal(front, reason, "", "json"))
