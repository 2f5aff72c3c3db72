"""API users: the further logins of an account that make calls and send, of the systems whose
screens had them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, request, url_for

from legacygrid import reasons
from legacygrid.console.forms import Form, ProofForm
from legacygrid.console.login import check_password, renew_session
from legacygrid.console.login_forms import LoginForm, form_to_add, form_to_edit
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


@dataclass(frozen=True)
class Section:
    """What the list shows of one system.

    :param older: the query of what comes next, `newer` that of the first page; if there is more.
    """

    system: System
    logins: list[Login]
    older: str | None
    newer: str | None


def _systems() -> dict[str, System]:
    """The systems whose logins stand on the page, by kind, in its order."""
    places = [(each.logins.screen.place, each) for each in current_grid().systems]
    placed = sorted(
        ((place, each) for place, each in places if place is not None), key=lambda pair: pair[0]
    )
    return {each.logins.name: each for _, each in placed}


# The list


@blueprint.get("/api-users")
@for_everybody
def index() -> Page:
    """The further logins of each system."""
    return _listed(Form())


def _listed(form: Form) -> Page:
    with current_grid().store.reading():
        sections = [_section(system) for system in _systems().values()]
    return render("api_users.html", form, sections=sections)


def _section(system: System) -> Section:
    word = f"{system.logins.name}_before"
    before = request.args.get(word, type=int)
    if before is not None and not 0 < before <= _LARGEST:
        abort(404)
    logins = credentials.list_newest(current_account(), system.logins.name, PAGE + 1, before)
    older = _elsewhere(system, word, logins[PAGE - 1].number) if len(logins) > PAGE else None
    return Section(system, logins[:PAGE], older, _elsewhere(system, word, None) if before else None)


def _elsewhere(system: System, word: str, before: int | None) -> str:
    """Another part of one section; the others stay where they are."""
    words = [f"{kind}_before" for kind in _systems()]
    query: dict[str, Any] = {name: request.args[name] for name in words if name in request.args} | {
        word: before
    }
    return url_for(".index", **query) + f"#{system.logins.name}"


# Adding and editing


@blueprint.route("/api-users/new", methods=["GET", "POST"])
@for_managers
def new() -> Page:
    """Add one."""
    system = _systems().get(request.args.get("system", ""))
    if system is None:
        abort(404)
    logins = system.logins
    form = form_to_add(logins)
    if request.method == "POST" and (name := _added(form)) is not None:
        audit(f"console: {logins.noun} added")
        return flash_and_redirect(
            f"Added the {logins.noun} {name}. It can be used at once.", ".index"
        )
    return render("api_user.html", form, system=system, login=None)


def _added(form: LoginForm) -> str | None:
    """The name of the login that a form adds; none if something is wrong."""
    make_name = form.kind.make_name
    name = make_name() if make_name else form["name"].data or ""
    _check(form, name)
    if form.errors:
        return None
    hashed = current_grid().secrets.hash(form.new_secret or "")
    with _changing(form):
        credentials.enter(current_account(), name, hashed, form.kind.name, form.entry())
    return None if form.errors else name


@blueprint.route(f"/api-users/{_NUMBER}", methods=["GET", "POST"])
@for_managers
def edit(number: int) -> Page:
    """Change one."""
    with current_grid().store.reading():
        (login,) = _found(number)
    system = _systems()[login.kind]
    form = form_to_edit(system.logins, login)
    if request.method == "POST" and _edited(form, login, number):
        audit(f"console: {system.logins.noun} changed")
        return flash_and_redirect(f"Changed the {system.logins.noun} {login.name}.", ".index")
    return render("api_user.html", form, system=system, login=login)


def _edited(form: LoginForm, login: Login, number: int) -> bool:
    name = form["name"].data or "" if "name" in form else login.name
    _check(form, name, is_renamed=name != login.name)
    if form.errors:
        return False
    hashed = current_grid().secrets.hash(form.new_secret) if form.new_secret else ""
    with _changing(form):
        (found,) = _found(number)
        credentials.edit(found, form.changes(found))
        if hashed:
            credentials.rekey(found, hashed)
        if name != found.name:
            # The last: a login is found by its name.
            found.rename(name)
    if form.errors:
        return False
    if (hashed or name != login.name) and login.key == current_visitor().principal.login.key:
        renew_session(name)
    return True


def _check(form: LoginForm, name: str, is_renamed: bool = True) -> None:
    """Let the rules of its system say at each field what is wrong with it."""
    if is_renamed:
        form.add_error("name", *form.kind.wrong_name(name))
    form.check()
    if (secret := form.new_secret) is not None:
        holder = SecretHolder(name, current_account(), current_grid().profile)
        form.add_error("secret", *form.kind.wrong_secret(secret, holder))


@contextmanager
def _changing(form: Form) -> Iterator[None]:
    """One transaction; that a name is taken, is said where it stands."""
    try:
        with errors_to_form(form, "name"), current_grid().store.writing(now()):
            yield
    except reasons.WrongCredentials:
        # The visitor's account was deleted since the page was asked for.
        abort(404)


def _found(*numbers: int) -> list[Login]:
    """The account's own logins of those numbers; where one is not there, there is no page."""
    found = credentials.list_numbered(current_account(), _systems(), set(numbers))
    if len(found) != len(set(numbers)):
        abort(404)
    return found


# Deleting


@blueprint.route(f"/api-users/{_NUMBER}/delete", methods=["GET", "POST"])
@for_managers
def delete(number: int) -> Page:
    """Delete one; whoever does so gives their password."""
    with current_grid().store.reading():
        (login,) = _found(number)
    system, form = _systems()[login.kind], ProofForm()
    if system.logins.screen.is_ticked:
        abort(404)
    if request.method == "POST" and check_password(form):
        return _deleted(number)
    return render("api_user_delete.html", form, system=system, login=login)


@blueprint.post("/api-users/delete")
@for_managers
def delete_ticked() -> Page:
    """Delete those that are ticked, of a system whose logins can be."""
    ticked = request.form.getlist("number", type=int)
    if not ticked:
        form = Form()
        form.add_error("", "Tick the API users that shall be deleted. Nothing was deleted.")
        return _listed(form)
    if len(ticked) > PAGE or not all(0 < number <= _LARGEST for number in ticked):
        abort(404)
    return _deleted(*ticked, is_ticked=True)


def _deleted(*numbers: int, is_ticked: bool = False) -> Page:
    with current_grid().store.writing(now()):
        found = _found(*numbers)
        logins = _kind_of(found)
        if logins is None or logins.screen.is_ticked is not is_ticked:
            abort(404)
        for login in found:
            login.delete_instance()
    for _ in found:
        audit(f"console: {logins.noun} deleted")
    names = ", ".join(login.name for login in found)
    plural = "s" if len(found) > 1 else ""
    return flash_and_redirect(f"Deleted the {logins.noun}{plural} {names}.", ".index")


def _kind_of(found: list[Login]) -> LoginKind | None:
    """The one kind that logins are of; none if there are several."""
    kinds = {login.kind for login in found}
    return _systems()[kinds.pop()].logins if len(kinds) == 1 else None
