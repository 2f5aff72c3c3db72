"""The pages that say why there is no page."""

from flask import Flask, Response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed

from legacygrid.console.pages import Page
from legacygrid.harness.log import report_fault
from legacygrid.reasons import StoreUnavailable, UnknownCredential, UnknownSubuser, WrongCredentials
from legacygrid.wsgi import blocking
from legacygrid.wsgi.environ_keys import AGAIN, CUT_SHORT, TOO_SLOW

_TEXTS = {
    400: ("This was not understood", "The browser sent something that this page cannot read."),
    403: ("Not allowed", "Your login may not see or change this. The account's owner may."),
    404: ("Nothing here", "There is no such page, or what it showed is gone."),
    405: ("Not possible here", "This address takes no such request."),
    408: ("Too slow", "The form did not arrive in time. Nothing was changed."),
    413: ("Too much", "The form is longer than this page takes. Nothing was changed."),
}
_FORGED = (
    "The form is too old",
    "It was opened before you logged in or before the server was started, or the browser keeps no cookies. "
    "Nothing was changed. Go back, copy what you wrote, load the page again, and send it once more.",
)
_NOBODYS = (
    "You are logged out",
    "Nothing was changed. Log in, and send the form once more; going back shows what you wrote.",
)


def register(app: Flask) -> None:
    """Let an application fail so."""
    app.before_request(_whole)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(StoreUnavailable, _no_store)
    for gone in (UnknownCredential, UnknownSubuser, WrongCredentials):
        app.register_error_handler(gone, lambda error: _told(404, *_TEXTS[404]))
    app.register_error_handler(blocking.WouldBlock, _again)
    app.register_error_handler(Exception, _failed)


def _whole() -> Page | None:
    """Half a form could mean another thing than the whole."""
    if request.environ.get(TOO_SLOW):
        return _told(408, *_TEXTS[408])
    if request.environ.get(CUT_SHORT):
        return _told(400, "The form was cut short", "Nothing was changed. Send it once more.")
    return None


def _forged(error: CSRFError) -> Page:
    return _told(400, *(_FORGED if current_user.is_authenticated else _NOBODYS))


def _told(status: int, title: str, text: str) -> tuple[str, int]:
    return render_template("failure.html", title=title, text=text), status


def _refused(error: HTTPException) -> HTTPException | Response:
    status = error.code or 500
    # Where no Host can be made out, no page can link to another.
    if status < 400 or isinstance(error, BadHost):
        return error
    page, _ = _told(status, *_TEXTS.get(status, ("This cannot be", "The request was refused.")))
    response = Response(page, status)
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _no_store(error: StoreUnavailable) -> Page:
    return _told(
        503, "The store does not answer", "Another process may hold it, or the disk may be full."
    )


def _failed(error: Exception) -> Page:
    """A fault of the emulator's own."""
    hint = report_fault(error).hint
    return _told(
        500, "The emulator failed", f"That is a fault of its own; its log says where: {hint}."
    )


def _again(error: blocking.WouldBlock) -> Page:
    request.environ[AGAIN] = None
    return Response(status=503)
