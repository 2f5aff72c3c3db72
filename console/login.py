"""Logging in and out: `/console/login` and `/console/logout`."""

from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from legacygrid import reasons
from legacygrid.auth import authentication
from legacygrid.auth.audit import AuditedLogin
from legacygrid.auth.claims import Pair
from legacygrid.auth.login_attempt import LoginAttempt
from legacygrid.auth.principal import Principal
from legacygrid.console.forms import Form, SecretField, TextField
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.login_sessions import LoginSessions, Visitor
from legacygrid.console.pages import current_visitor, current_world, log, now, page_at
from legacygrid.grid import current_grid
from legacygrid.models.login import RESERVED
from legacygrid.models.lookup import find_login
from legacygrid.wsgi.blocking import TooManyGuesses
from legacygrid.wsgi.environ_keys import ATTEMPT, LOGIN_SESSIONS
from legacygrid.wsgi.hosts import remote_address

blueprint = Blueprint("login", __name__)
#: A name that is unknown, a wrong password and a login that is locked look alike.
_WRONG_LOGIN = _l("Wrong user name or password, or the login is locked.")
_WEBSITE_CLOSED = _l(
    "This login may not use the website. "
    "Its account's owner, or the parent account, can change that."
)


class PasswordLoginForm(Form):
    """A user name and its password."""

    name = TextField(_l("User name"), autocomplete="username")
    password = SecretField(_l("Password"), autocomplete="current-password")


def configure(manager: LoginManager) -> None:
    """Have Flask-Login find the visitor of each page here."""
    manager.user_loader(_load_visitor)
    manager.unauthorized_handler(_redirect_to_login)


def _load_visitor(token: str) -> Visitor | None:
    """The visitor of a session; none if it has ended.

    :raises StoreUnavailable: once for each request; the page that says so is nobody's.
    """
    if g.get("is_visitor_loaded"):
        return None
    g.is_visitor_loaded = True
    with current_grid().store.reading():
        return current_sessions().find_visitor(token, current_world())


def current_sessions() -> LoginSessions:
    """The sessions of this console."""
    sessions: LoginSessions = current_app.extensions[LOGIN_SESSIONS]
    return sessions


def _current_attempt() -> LoginAttempt:
    """The attempt of this request. A person does not wait for its page, but reads how long."""
    if ATTEMPT not in request.environ:
        address = remote_address(request.environ)
        request.environ[ATTEMPT] = current_grid().attempt(current_world(), address, patience=0)
    attempt: LoginAttempt = request.environ[ATTEMPT]
    return attempt


def _say_wait(refusal: TooManyGuesses) -> str:
    return _("Too many wrong passwords. Try again in %(seconds)s s.", seconds=refusal.seconds)


def check_password(form: Form, field: str = "password") -> bool:
    """Whether a field has the visitor's password; if not, its error says so.

    Attempts are slowed as those of the log-in are.
    """
    login = current_visitor().principal.login
    try:
        is_right = _current_attempt().matches(login, login.name, form[field].data or "")
    except TooManyGuesses as refusal:
        form.add_error(field, _say_wait(refusal))
        return False
    if not is_right:
        form.add_error(field, _("That is not your password."))
    return is_right


def _redirect_to_login() -> Response:
    if "HX-Request" in request.headers:
        # htmx asked for a part of the page: the whole page goes there.
        return Response(status=200, headers={"HX-Redirect": url_for("login.log_in", ended=1)})
    # The address of a POST is no page to come back to.
    next_page = request.full_path.rstrip("?") if request.method == "GET" else ""
    # Only who had a session is told that it has ended.
    ended = 1 if "_user_id" in session else None
    session.pop("_user_id", None)
    return redirect(url_for("login.log_in", next=next_page or None, ended=ended), 303)


@blueprint.route("/login", methods=["GET", "POST"])
def log_in() -> Any:
    """Log in."""
    form = PasswordLoginForm()
    if request.method == "GET":
        return (
            redirect(page_at(request.args.get("next", "")), 303)
            if current_user.is_authenticated
            else render_template("login.html", form=form)
        )
    try:
        principal = _authenticate(form.name.data or "", form.password.data or "")
    except TooManyGuesses as refusal:
        form.add_error("", _say_wait(refusal))
        wait = {"Retry-After": str(refusal.seconds)}
        return render_template("login.html", form=form), 429, wait
    except (reasons.WrongCredentials, reasons.NotAuthorised) as refusal:
        log.info("log-in refused: %s", refusal.hint)
        form.add_error(
            "", _WEBSITE_CLOSED if isinstance(refusal, reasons.NotAuthorised) else _WRONG_LOGIN
        )
        return render_template("login.html", form=form), 403
    return _begin_session(principal)


def _authenticate(name: str, password: str) -> Principal:
    """Whose name and password it is.

    :raises WrongCredentials: there is no such login, its password is another one, or it is locked.
    :raises NotAuthorised: the login may not use the website.
    :raises TooManyGuesses: too many passwords were wrong before.
    """
    attempt, audit = _current_attempt(), current_grid().audit
    if name == RESERVED:
        raise reasons.WrongCredentials(hint="a key is for calls; it cannot log in to the website")
    claim = Pair(name, password, ("the name", "the password"))

    def authenticate() -> Principal:
        return authentication.check_website(authentication.authenticate(claim, attempt))

    login = AuditedLogin(audit, claim, attempt.world, attempt.address, now())
    return login.authenticate(authenticate)


def _begin_session(principal: Principal) -> Response:
    """Begin a session under a token that nobody knew before."""
    next_page = page_at(request.args.get("next", ""))
    session.clear()
    login_user(current_sessions().begin(principal))
    log.info("%s: logged in", principal.login.name)
    return redirect(next_page, 303)


def renew_session(name: str) -> None:
    """Keep the session of a visitor who changed their user name or password; their other sessions
    end.

    :param name: their user name from now on.
    """
    visitor = current_visitor()
    with current_grid().store.reading():
        found = find_login(name, current_world())
    if found and found[1].id == visitor.principal.account.id:
        current_sessions().renew(Visitor(visitor.token, Principal(*found)))


@blueprint.post("/logout")
def log_out() -> Response:
    """Log out."""
    if isinstance(visitor := current_user._get_current_object(), Visitor):
        current_sessions().end(visitor.token)
    logout_user()
    session.clear()
    return redirect(url_for("login.log_in"), 303)
