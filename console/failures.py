"""The pages that say what went wrong."""

from flask import Flask, Response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed

from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.pages import Page
from legacygrid.endpoints.control.access import has_foreign_name, is_through_proxy
from legacygrid.grid import current_grid
from legacygrid.harness.log import report_fault
from legacygrid.reasons import (
    StoreUnavailable,
    UnknownCredential,
    UnknownSubuser,
    WrongCredentials,
)
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import TryLater
from legacygrid.wsgi.environ_keys import AGAIN, ASKED_HOST, CUT_SHORT, FULL, TOO_SLOW
from legacygrid.wsgi.hosts import is_loopback, remote_address

_TEXTS = {
    400: (_l("Bad request"), _l("This page cannot read what the browser sent.")),
    403: (_l("Not allowed"), _l("Your login may not see or change this. The account's owner can.")),
    404: (
        _l("Page not found"),
        _l("There is no such page, or what it showed was deleted."),
    ),
    405: (_l("Method not allowed"), _l("This address does not accept such requests.")),
    408: (_l("Request timeout"), _l("The form did not arrive in time. Nothing was changed.")),
    413: (
        _l("Form too long"),
        _l("The form is longer than this page accepts. Nothing was changed."),
    ),
}
#: For any other status.
_ANY = (_l("Request refused"), _l("The server does not accept this request."))
_WRONG_TOKEN = (
    _l("The form has expired"),
    _l(
        "You opened it before you logged in or before the server started, or your browser accepts "
        "no cookies. Nothing was changed. Go back, copy what you entered, reload the page, and "
        "send the form again."
    ),
)
_LOGGED_OUT = (
    _l("You are logged out"),
    _l("Nothing was changed. Log in and send the form again; going back shows what you entered."),
)
_TOO_MANY = (
    _l("Too many log-ins at once"),
    _l("Nothing was changed. Send the form again in a few seconds."),
)


def register(app: Flask) -> None:
    """Have an application answer errors with these pages."""
    app.before_request(_refuse_foreign_name)
    app.before_request(_refuse_partial_form)
    app.register_error_handler(CSRFError, _handle_csrf_error)
    app.register_error_handler(HTTPException, _handle_http_error)
    app.register_error_handler(StoreUnavailable, _handle_unavailable_store)
    for unknown in (UnknownCredential, UnknownSubuser, WrongCredentials):
        app.register_error_handler(unknown, lambda error: _render(404, *_TEXTS[404]))
    app.register_error_handler(blocking.WouldBlock, _handle_would_block)
    app.register_error_handler(Exception, _handle_unexpected_error)


def _refuse_foreign_name() -> Page | None:
    """Refuse a browser of this machine that calls it by a stranger's name: the page may be one
    whose site has its name resolve to this machine. Behind a proxy, names are the operator's.
    """
    environ = request.environ
    if not is_loopback(remote_address(environ)) or is_through_proxy(environ):
        return None
    if isinstance(request.routing_exception, BadHost):
        return None
    if ASKED_HOST in environ or not has_foreign_name(environ, current_grid().systems.answers_for):
        return None
    return _render(
        403,
        _("Unknown address"),
        _("Call the console by a loopback address, or start the server with --public-url."),
        is_bare=True,
    )


def _refuse_partial_form() -> Page | None:
    """Refuse a form that is incomplete: half of it could mean something else."""
    if request.environ.get(TOO_SLOW):
        return _render(408, *_TEXTS[408])
    if request.environ.get(CUT_SHORT):
        return _render(
            400,
            _("The form is incomplete"),
            _("Only a part of it arrived. Nothing was changed. Send it again."),
        )
    return None


def _handle_csrf_error(error: CSRFError) -> Page:
    return _render(400, *(_WRONG_TOKEN if current_user.is_authenticated else _LOGGED_OUT))


def _render(status: int, title: str, text: str, *, is_bare: bool = False) -> tuple[str, int]:
    """A page that says what went wrong.

    :param is_bare: it has no form, and so begins no session.
    """
    return render_template("failure.html", title=title, text=text, is_bare=is_bare), status


def _handle_http_error(error: HTTPException) -> HTTPException | Response:
    status = error.code or 500
    # Without a valid Host, no page can link to another.
    if status < 400 or isinstance(error, BadHost):
        return error
    page, _ = _render(status, *_TEXTS.get(status, _ANY))
    response = Response(page, status)
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _handle_unavailable_store(error: StoreUnavailable) -> Page:
    return _render(
        503,
        _("The store does not answer"),
        _("Another process may lock the database file, or the disk may be full."),
    )


def _handle_unexpected_error(error: Exception) -> Page:
    """A fault of the emulator's own."""
    hint = report_fault(error).hint
    return _render(
        500,
        _("The emulator failed"),
        _("This is a bug in Legacygrid. The log says where it happened: %(hint)s.", hint=hint),
    )


def _handle_would_block(error: blocking.WouldBlock) -> Response:
    """The server makes the request again in another lane, unless that is full."""
    if request.environ.get(FULL) is not error.lane:
        request.environ[AGAIN] = error
        return Response(status=503)
    wait = {"Retry-After": str(TryLater.seconds)}
    return Response(_render(503, *_TOO_MANY)[0], 503, wait)
