"""The way in and out: `/console/login` and `/console/logout`."""

import math
import re
from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from legacygrid import reasons
from legacygrid.auth import authentication
from legacygrid.auth.audit import AuditedLogin
from legacygrid.auth.claims import Pair
from legacygrid.auth.principal import Principal
from legacygrid.console.forms import Form, SecretField, TextField
from legacygrid.console.login_sessions import Visitor, Visits
from legacygrid.console.pages import current_visitor, current_world, log, now
from legacygrid.console.prefix import PREFIX
from legacygrid.console.throttle import Throttle
from legacygrid.grid import current_grid
from legacygrid.models.login import RESERVED
from legacygrid.models.lookup import find_login
from legacygrid.wsgi.hosts import remote_address

blueprint = Blueprint("login", __name__)
_PAGE = re.compile(rf"{PREFIX}/[!#-\[\]-~]*", re.ASCII)
#: A name that is unknown, a wrong password and a login that is locked look alike.
REFUSED = "Wrong user name or password, or a login that is locked."
_TOO_SOON = "Too many passwords were wrong. Try again in {} s."
CLOSED = "This login may not use the website. Its account's owner, or the parent account, can change that."


class LoginForm(Form):
    """Who wants in."""

    name = TextField("User name", autocomplete="username")
    password = SecretField("Password", autocomplete="current-password")


def watch(manager: LoginManager) -> None:
    """Let each page know whose it is."""
    manager.user_loader(_visitor)
    manager.unauthorized_handler(_to_login)


def _visitor(token: str) -> Visitor | None:
    """Whose visit that is; of a page that tells why that cannot be known, nobody's.

    :raises StoreUnavailable: once for each page.
    """
    if g.get("is_asked"):
        return None
    g.is_asked = True
    with current_grid().store.reading():
        return visits().visitor(token, current_world())


def visits() -> Visits:
    """Who is in."""
    found: Visits = current_app.extensions["legacygrid.visits"]
    return found


def _throttle() -> Throttle:
    found: Throttle = current_app.extensions["legacygrid.throttle"]
    return found


def _origin() -> str:
    """Where guesses come from: an address, and the world that they are made in."""
    return f"{current_world()} {remote_address(request.environ)}"


def seconds_to_wait(name: str) -> int:
    """Seconds until another guess at that login's password is looked at; 0 for at once, and this
    one counts.
    """
    return math.ceil(_throttle().attempt(name, _origin()))


def check_password(form: Form, field: str = "password") -> bool:
    """Whether the visitor proves once more who they are, by their password in a field; what is
    wrong is said there.

    Guesses are slowed as those at the log-in are.
    """
    login = current_visitor().principal.login
    if wait := seconds_to_wait(login.name):
        form.add_error(field, _TOO_SOON.format(wait))
        return False
    if authentication.secret_matches(
        login, login.name, form[field].data or "", current_grid().secrets
    ):
        _throttle().passed(login.name, _origin())
        return True
    form.add_error(field, "That is not your password.")
    return False


def _to_login() -> Response:
    if "HX-Request" in request.headers:
        # Only a part of the page was asked for: the whole goes there.
        return Response(status=200, headers={"HX-Redirect": url_for("login.log_in", ended=1)})
    # Where somebody was led who wanted to change something, a GET leads to nothing.
    there = request.full_path.rstrip("?") if request.method == "GET" else ""
    # Whoever never came in has no session; of one that ended, its visitor is told.
    ended = 1 if "_user_id" in session else None
    session.pop("_user_id", None)
    return redirect(url_for("login.log_in", next=there or None, ended=ended), 303)


@blueprint.route("/login", methods=["GET", "POST"])
def log_in() -> Any:
    """Log in."""
    form = LoginForm()
    if request.method == "GET":
        return (
            redirect(_next(), 303)
            if current_user.is_authenticated
            else render_template("login.html", form=form)
        )
    name = form.name.data or ""
    if wait := seconds_to_wait(name):
        form.add_error("", _TOO_SOON.format(wait))
        return render_template("login.html", form=form), 429, {"Retry-After": str(wait)}
    try:
        principal = _let_in(name, form.password.data or "", remote_address(request.environ))
    except (reasons.WrongCredentials, reasons.NotAuthorised) as refusal:
        log.info("log-in refused: %s", refusal.hint)
        form.add_error("", CLOSED if isinstance(refusal, reasons.NotAuthorised) else REFUSED)
        return render_template("login.html", form=form), 403
    _throttle().passed(name, _origin())
    return _begun(principal)


def _let_in(name: str, password: str, address: str) -> Principal:
    """Somebody who may use the website.

    :raises WrongCredentials: they cannot prove who they are.
    :raises NotAuthorised: they can, and the website is closed to them.
    """
    grid, world = current_grid(), current_world()
    if name == RESERVED:
        raise reasons.WrongCredentials(hint="a key is for calls, and opens no website")
    claim = Pair(name, password, ("the name", "the password"))

    def attempt() -> Principal:
        return authentication.check_website(authentication.authenticate(claim, grid.secrets, world))

    return AuditedLogin(grid.audit, claim, world, address, now()).authenticate(attempt)


def _begun(principal: Principal) -> Response:
    """A visit begins, under a session that nobody knew before."""
    there = _next()
    session.clear()
    login_user(visits().begin(principal))
    log.info("%s: logged in", principal.login.name)
    return redirect(there, 303)


def renew_session(name: str) -> None:
    """Let the visit go on whose visitor changed what they log in by; no other of theirs does.

    :param name: that they log in by from now on.
    """
    visitor = current_visitor()
    with current_grid().store.reading():
        found = find_login(name, current_world())
    if found and found[1].id == visitor.principal.account.id:
        visits().keep(Visitor(visitor.token, Principal(*found)))


@blueprint.post("/logout")
def log_out() -> Response:
    """Log out."""
    if isinstance(visitor := current_user._get_current_object(), Visitor):
        visits().end(visitor.token)
    logout_user()
    session.clear()
    return redirect(url_for("login.log_in"), 303)


def _next() -> str:
    """Where to go from the log-in: a page of this console, or its first."""
    asked, home = request.args.get("next", ""), url_for("home")
    # No host, no backslash, no way up: a path that begins with two slashes names another host.
    is_page = _PAGE.fullmatch(asked) and "//" not in asked.partition("?")[0] and "/.." not in asked
    return f"{request.script_root}{asked}" if is_page else home
