"""The console as a Flask application of its own: calls pass none of its sessions and tokens."""

import os
from collections.abc import Callable, Iterable

from flask import Flask, Response, redirect, request, url_for
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as BaseResponse

from legacygrid.console import (
    account,
    api_users,
    apps,
    clock,
    control,
    failures,
    faults,
    formats,
    keys,
    language_switch,
    languages,
    login,
    message_contents,
    messages,
    migration,
    operations,
    overview,
    requests,
    resets,
    smtp_users,
    subuser,
    subuser_limits,
    subusers,
    suppressions,
    table_texts,
    webhook_settings,
    webhooks,
    worlds,
)
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.login_sessions import LoginSessions, Visitor
from legacygrid.console.pages import current_world
from legacygrid.console.policy import policy
from legacygrid.console.prefix import PREFIX
from legacygrid.console.session_cookie import SessionCookies
from legacygrid.grid import Grid, current_grid
from legacygrid.wsgi.body_limits import MAX_BODY
from legacygrid.wsgi.environ_keys import ADMIN_TOKEN, GRID, LOGIN_SESSIONS

#: Pages that are a part of others: those of the same entry of the navigation.
_PARTS = {
    subusers.blueprint: (subuser.blueprint, subuser_limits.blueprint),
    account.blueprint: (apps.blueprint,),
    webhooks.blueprint: (webhook_settings.blueprint,),
    control.blueprint: (
        faults.blueprint,
        clock.blueprint,
        resets.blueprint,
        worlds.blueprint,
    ),
}
for _whole, _own in _PARTS.items():
    for _part in _own:
        _whole.register_blueprint(_part)
PAGES = (
    overview.blueprint,
    requests.blueprint,
    messages.blueprint,
    message_contents.blueprint,
    operations.blueprint,
    migration.blueprint,
    suppressions.blueprint,
    webhooks.blueprint,
    subusers.blueprint,
    api_users.blueprint,
    smtp_users.blueprint,
    keys.blueprint,
    account.blueprint,
    control.blueprint,
)
#: The navigation: the endpoint and the name of each entry, and who has it.
ENTRIES: tuple[tuple[str, str, Callable[[Visitor], bool]], ...] = (
    ("overview.index", _l("Overview"), lambda visitor: True),
    ("requests.index", _l("Requests"), lambda visitor: True),
    ("messages.index", _l("Messages"), lambda visitor: True),
    ("operations.index", _l("Operations"), lambda visitor: True),
    ("migration.index", _l("Migration"), lambda visitor: True),
    ("suppressions.index", _l("Suppressions"), lambda visitor: visitor.can_manage),
    ("webhooks.index", _l("Webhooks"), lambda visitor: visitor.can_manage),
    ("subusers.index", _l("Subusers"), lambda visitor: visitor.has_subusers),
    ("api_users.index", _l("API users"), lambda visitor: True),
    ("smtp_users.index", _l("SMTP users"), lambda visitor: visitor.can_manage),
    ("keys.index", _l("Keys"), lambda visitor: visitor.is_owner),
    ("account.show", _l("Account"), lambda visitor: visitor.is_owner),
    ("control.faults.index", _l("Control"), control.has_control),
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # A browser looks up no host of a link before somebody follows it.
    "X-DNS-Prefetch-Control": "off",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create(grid: Grid, admin_token: str | None = "") -> Flask:
    """The console of an emulator.

    :param admin_token: what the control API asks for; none if it is turned off.
    """
    app = Flask(__name__, static_url_path=f"{PREFIX}/static")
    app.extensions[GRID] = grid
    app.extensions[ADMIN_TOKEN] = admin_token
    app.extensions[LOGIN_SESSIONS] = LoginSessions()
    app.config.update(
        # Sessions end with the process, as `LoginSessions` does.
        SECRET_KEY=os.urandom(32),
        MAX_CONTENT_LENGTH=MAX_BODY,
        # A token is valid as long as its session.
        WTF_CSRF_TIME_LIMIT=None,
        # A browser may come from a page that sends no referrer.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = SessionCookies()
    CSRFProtect(app)
    login.configure(_login_manager(app))
    languages.register(app)
    formats.register(app)
    table_texts.register(app)
    failures.register(app)
    app.context_processor(_template_context)
    app.add_url_rule(f"{PREFIX}/", "home", home)
    _register_blueprints(app, (login.blueprint, language_switch.blueprint, *PAGES))
    app.after_request(_add_security_headers)
    app.after_request(_redirect_to_path)
    return app


def _login_manager(app: Flask) -> LoginManager:
    manager = LoginManager(app)
    manager.login_view = "login.log_in"  # pyright: ignore[reportAttributeAccessIssue]
    # It would end a session whose client has another address than before, as phones and VPNs have.
    manager.session_protection = None  # pyright: ignore[reportAttributeAccessIssue]
    return manager


def _register_blueprints(app: Flask, blueprints: Iterable[object]) -> None:
    for blueprint in blueprints:
        app.register_blueprint(blueprint, url_prefix=PREFIX)  # type: ignore[arg-type]


def list_pages(visitor: Visitor) -> list[tuple[str, str]]:
    """The navigation of a visitor: the endpoint and the name of each entry."""
    return [(endpoint, text) for endpoint, text, has in ENTRIES if has(visitor)]


def _template_context() -> dict[str, object]:
    return {
        "list_pages": list_pages,
        "world": current_world(),
        "who_gets_mail": _say_who_gets_mail(),
    }


def _say_who_gets_mail() -> str:
    grid = current_grid()
    hosts = grid.webhooks.means.allowed.named
    said = [
        *(
            [_("Mail leaves this machine on command alone: single messages, by the relay.")]
            if grid.relay
            else []
        ),
        *([_("Webhooks are posted to %(hosts)s, too.", hosts=hosts)] if hosts else []),
    ]
    return " ".join(said) or _("Nothing leaves this machine.")


def home() -> BaseResponse:
    """`/console/`: the overview."""
    return redirect(url_for("overview.index"), 303)


def _redirect_to_path(response: Response) -> Response:
    """Stay at the address that the browser has: a proxy may not have said which that is."""
    location = response.headers.get("Location", "")
    if location.startswith(request.host_url):
        response.headers["Location"] = location.removeprefix(request.host_url.rstrip("/"))
    return response


def _add_security_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", policy())
    # A page is for its visitor alone; style and script are everybody's.
    is_static = request.endpoint == "static"
    response.headers["Cache-Control"] = "public, max-age=3600" if is_static else "no-store"
    return response
