"""API users: the further logins of an account that make calls and send, of the systems whose
screens had them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, abort, request, url_for

from legacygrid import reasons
from legacygrid.console.forms import Form, ProofForm
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.login import check_password, renew_session
from legacygrid.console.login_forms import LoginForm, form_to_add, form_to_edit
from legacygrid.console.login_sections import Section, list_systems, summarise
from legacygrid.console.pages import (
    Page,
    audit,
    current_account,
    current_visitor,
    errors_to_form,
    flash_and_redirect,
    for_everybody,
    for_managers,
    now,
    render,
)
from legacygrid.grid import current_grid
from legacygrid.models import credentials
from legacygrid.models.login import Login
from legacygrid.registry.system import System
from legacygrid.serializers.login_kinds import LoginKind, SecretHolder

blueprint = Blueprint("api_users", __name__)
#: Logins of a page, for each system.
PAGE = 50
#: The greatest number that the store can be asked for.
_LARGEST = 2**63 - 1
_NUMBER = f"<int(max={_LARGEST}):number>"


# The list


@blueprint.get("/api-users")
@for_everybody
def index() -> Page:
    """The further logins of each system."""
    return _render_list(Form())


def _render_list(form: Form) -> Page:
    with current_grid().store.reading():
        sections = [_make_section(system) for system in list_systems().values()]
    return render("api_users.html", form, sections=sections, summarise=summarise)


def _make_section(system: System) -> Section:
    word = f"{system.logins.name}_before"
    before = request.args.get(word, type=int)
    if before is not None and not 0 < before <= _LARGEST:
        abort(404)
    logins = credentials.list_newest(current_account(), system.logins.name, PAGE + 1, before)
    older = _page_url(system, word, logins[PAGE - 1].number) if len(logins) > PAGE else None
    newer = _page_url(system, word, None) if before else None
    return Section(system, logins[:PAGE], older, newer)


def _page_url(system: System, word: str, before: int | None) -> str:
    """Another page of one section; the others stay as they are."""
    words = [f"{kind}_before" for kind in list_systems()]
    query: dict[str, Any] = {name: request.args[name] for name in words if name in request.args}
    query[word] = before
    return url_for(".index", **query) + f"#{system.logins.name}"


# Adding and editing


@blueprint.route("/api-users/new", methods=["GET", "POST"])
@for_managers
def new() -> Page:
    """Add one."""
    system = list_systems().get(request.args.get("system", ""))
    if system is None:
        abort(404)
    kind = system.logins
    form = form_to_add(kind)
    if request.method == "POST" and (name := _add(form)) is not None:
        audit(f"console: {kind.noun} added")
        return _flash(
            _l(
                "Added the %(noun)s %(name)s. It can be used at once.",
                noun=_l(kind.noun),
                name=name,
            )
        )
    return render("api_user.html", form, system=system, login=None)


def _add(form: LoginForm) -> str | None:
    """Add the login of a form; its name, or none if something is wrong."""
    make_name = form.kind.make_name
    name = make_name() if make_name else form["name"].data or ""
    _check(form, name)
    if form.errors:
        return None
    hashed = current_grid().secrets.hash(form.new_secret or "")
    with _transaction(form):
        credentials.enter(current_account(), name, hashed, form.kind.name, form.entry())
    return None if form.errors else name


@blueprint.route(f"/api-users/{_NUMBER}", methods=["GET", "POST"])
@for_managers
def edit(number: int) -> Page:
    """Change one."""
    with current_grid().store.reading():
        (login,) = _find_logins(number)
    system = list_systems()[login.kind]
    form = form_to_edit(system.logins, login)
    if request.method == "POST" and _save(form, login, number):
        audit(f"console: {system.logins.noun} changed")
        return _flash(
            _l("Changed the %(noun)s %(name)s.", noun=_l(system.logins.noun), name=login.name)
        )
    return render("api_user.html", form, system=system, login=login)


def _save(form: LoginForm, login: Login, number: int) -> bool:
    """Write what a form changes; false if something is wrong."""
    name = form["name"].data or "" if "name" in form else login.name
    _check(form, name, is_renamed=name != login.name)
    if form.errors:
        return False
    hashed = current_grid().secrets.hash(form.new_secret) if form.new_secret else ""
    with _transaction(form):
        (current,) = _find_logins(number)
        credentials.edit(current, form.changes(current))
        if hashed:
            credentials.rekey(current, hashed)
        if name != current.name:
            # The last: a login is found by its name.
            current.rename(name)
    if form.errors:
        return False
    if (hashed or name != login.name) and login.key == current_visitor().principal.login.key:
        renew_session(name)
    return True


def _check(form: LoginForm, name: str, is_renamed: bool = True) -> None:
    """Write at each field what its system's rules have against it."""
    if is_renamed:
        form.add_error("name", *form.kind.wrong_name(name))
    form.check()
    if (secret := form.new_secret) is not None:
        holder = SecretHolder(name, current_account(), current_grid().profile)
        form.add_error("secret", *form.kind.wrong_secret(secret, holder))


@contextmanager
def _transaction(form: Form) -> Iterator[None]:
    """A transaction; if the name is taken, the form says so at its field."""
    try:
        with errors_to_form(form, "name"), current_grid().store.writing(now()):
            yield
    except reasons.WrongCredentials:
        # The visitor's account was deleted while the call was made.
        abort(404)


def _find_logins(*numbers: int) -> list[Login]:
    """The account's logins of those numbers; 404 if one of them does not exist."""
    logins = credentials.list_numbered(current_account(), list_systems(), set(numbers))
    if len(logins) != len(set(numbers)):
        abort(404)
    return logins


# Deleting


@blueprint.route(f"/api-users/{_NUMBER}/delete", methods=["GET", "POST"])
@for_managers
def delete(number: int) -> Page:
    """Delete one; the visitor has to give their password."""
    with current_grid().store.reading():
        (login,) = _find_logins(number)
    system, form = list_systems()[login.kind], ProofForm()
    if system.logins.screen.is_ticked:
        abort(404)
    if request.method == "POST" and check_password(form):
        return _delete(number)
    return render("api_user_delete.html", form, system=system, login=login, summarise=summarise)


@blueprint.post("/api-users/delete")
@for_managers
def delete_ticked() -> Page:
    """Delete the ticked ones, all of one system whose logins are deleted so."""
    ticked = request.form.getlist("number", type=int)
    if not ticked:
        form = Form()
        form.add_error("", _("Tick the API users to delete. Nothing was deleted."))
        return _render_list(form)
    if len(ticked) > PAGE or not all(0 < number <= _LARGEST for number in ticked):
        abort(404)
    return _delete(*ticked, is_ticked=True)


def _delete(*numbers: int, is_ticked: bool = False) -> Page:
    with current_grid().store.writing(now()):
        logins = _find_logins(*numbers)
        kind = _find_kind(logins)
        if kind is None or kind.screen.is_ticked is not is_ticked:
            abort(404)
        for login in logins:
            login.delete_instance()
    for _login in logins:
        audit(f"console: {kind.noun} deleted")
    names = ", ".join(login.name for login in logins)
    if len(logins) > 1:
        return _flash(_l("Deleted the API users %(names)s.", names=names))
    return _flash(_l("Deleted the %(noun)s %(name)s.", noun=_l(kind.noun), name=names))


def _flash(text: str) -> Page:
    return flash_and_redirect(text, ".index")


def _find_kind(logins: list[Login]) -> LoginKind | None:
    """The one kind that logins are of; none if there are several."""
    kinds = {login.kind for login in logins}
    return list_systems()[kinds.pop()].logins if len(kinds) == 1 else None
