"""The console as a Flask application of its own: nothing of its sessions and tokens is on a call's
way.
"""

import os
from collections.abc import Callable, Iterable

from flask import Flask, Response, redirect, request, url_for
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as BaseResponse

from legacygrid.console import (
    account,
    api_users,
    failures,
    formats,
    keys,
    login,
    message_contents,
    messages,
    operations,
    requests,
    smtp_users,
    subusers,
)
from legacygrid.console.login_sessions import Visitor, Visits
from legacygrid.console.pages import current_world
from legacygrid.console.policy import policy
from legacygrid.console.prefix import PREFIX
from legacygrid.console.session_cookie import Sessions
from legacygrid.console.throttle import Throttle
from legacygrid.grid import Grid
from legacygrid.wsgi.body_limits import MAX_BODY
from legacygrid.wsgi.environ_keys import GRID

PAGES = (
    requests.blueprint,
    messages.blueprint,
    message_contents.blueprint,
    operations.blueprint,
    subusers.blueprint,
    api_users.blueprint,
    smtp_users.blueprint,
    keys.blueprint,
    account.blueprint,
)
#: The navigation: where each entry leads, what it is called, and who has it.
ENTRIES: tuple[tuple[str, str, Callable[[Visitor], bool]], ...] = (
    ("requests.index", "Requests", lambda visitor: True),
    ("messages.index", "Messages", lambda visitor: True),
    ("operations.index", "Operations", lambda visitor: True),
    ("subusers.index", "Subusers", lambda visitor: visitor.has_subusers),
    ("api_users.index", "API users", lambda visitor: True),
    ("smtp_users.index", "SMTP users", lambda visitor: visitor.can_manage),
    ("keys.index", "Keys", lambda visitor: visitor.is_owner),
    ("account.show", "Account", lambda visitor: visitor.is_owner),
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # Whose links a page shows, no browser looks up before somebody follows one.
    "X-DNS-Prefetch-Control": "off",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create(made: Grid) -> Flask:
    """The console of an emulator."""
    app = Flask(__name__, static_url_path=f"{PREFIX}/static")
    app.extensions[GRID] = made
    app.extensions["legacygrid.visits"] = Visits()
    app.extensions["legacygrid.throttle"] = Throttle()
    app.config.update(
        # Sessions end with the process, as the list of those who are in does.
        SECRET_KEY=os.urandom(32),
        MAX_CONTENT_LENGTH=MAX_BODY,
        # A token is as good as the session that it is of.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_I18N_ENABLED=False,
        # A browser may be led here from a page that tells no referrer.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = Sessions()
    CSRFProtect(app)
    login.watch(_login_manager(app))
    formats.register(app)
    failures.register(app)
    app.context_processor(_of_every_page)
    app.add_url_rule(f"{PREFIX}/", "home", home)
    _register(app, (login.blueprint, *PAGES))
    app.after_request(_guarded)
    return app


def _login_manager(app: Flask) -> LoginManager:
    manager = LoginManager(app)
    manager.login_view = "login.log_in"  # pyright: ignore[reportAttributeAccessIssue]
    # It would end a session whose client has another address than before, as phones and VPNs have.
    manager.session_protection = None  # pyright: ignore[reportAttributeAccessIssue]
    return manager


def _register(app: Flask, blueprints: Iterable[object]) -> None:
    for blueprint in blueprints:
        app.register_blueprint(blueprint, url_prefix=PREFIX)  # type: ignore[arg-type]


def pages_of(visitor: Visitor) -> list[tuple[str, str]]:
    """The navigation of a visitor: each entry's endpoint and what it is called."""
    return [(endpoint, text) for endpoint, text, has in ENTRIES if has(visitor)]


def _of_every_page() -> dict[str, object]:
    return {"pages_of": pages_of, "world": current_world()}


def home() -> BaseResponse:
    """`/console/`: what most people come for."""
    return redirect(url_for("requests.index"), 303)


def _guarded(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", policy())
    # Pages tell what only their visitor may know; style and script are everybody's.
    is_static = request.endpoint == "static"
    response.headers["Cache-Control"] = "public, max-age=3600" if is_static else "no-store"
    return response
