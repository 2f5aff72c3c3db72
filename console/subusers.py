"""Subusers: a primary account's list of them, and what it may do with each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from legacygrid import reasons
from legacygrid.console import operation_forms
from legacygrid.console.forms import Form
from legacygrid.console.pages import (
    Page,
    audit,
    current_account,
    errors_to_form,
    flash_and_redirect,
    for_primaries,
    render,
)
from legacygrid.console.subuser_forms import (
    CALLS,
    CHANGES,
    SWITCHES,
    Change,
    DeleteForm,
    Filters,
    NewForm,
)
from legacygrid.grid import current_grid
from legacygrid.models import subusers
from legacygrid.models.account import PROFILE, Account
from legacygrid.models.mail_domain import MailDomain

blueprint = Blueprint("subusers", __name__)
#: Subusers of a page.
PAGE = 50
#: Where in a list one is: after a number, before one, or at its end.
_PLACES = ("after", "before", "end")


@blueprint.errorhandler(reasons.UnknownSubuser)
def gone(reason: reasons.UnknownSubuser) -> Page:
    """Nobody, somebody else's, or deleted meanwhile: they look alike."""
    return render_template("subuser_gone.html"), 404


@blueprint.errorhandler(reasons.WrongCredentials)
def orphaned(reason: reasons.WrongCredentials) -> Page:
    """The account itself was deleted meanwhile, and the visit ended with it."""
    return redirect(url_for("login.log_in", ended=1), 303)


# The list


@blueprint.get("/subusers")
@for_primaries
def index() -> Page:
    """All of them, or those that fit, oldest first, page by page."""
    form = Filters(request.args, meta={"csrf": False})
    filters = operation_forms.read(
        form, operation_forms.deed(CALLS["profile"], "get"), _asked(form)
    )
    if filters is not None and form.search.data:
        filters["search"] = form.search.data
    with current_grid().store.reading():
        total = subusers.count(current_account())
        found = [] if filters is None else _page(filters)
    is_open = any(form[name].data for name in form.data if name != "search")
    pages = _pages(found, form)
    return render(
        "subusers.html", form, total=total, found=_cut(found), pages=pages, is_open=is_open,
        is_narrowed=is_open or bool(form.search.data), here=_here(form),
    )  # fmt: skip


def _asked(form: Form) -> dict[str, str]:
    """What of the query the list is narrowed by."""
    return {name: text for name, text in request.args.items() if name in form and text}


def _here(form: Form) -> dict[str, Any]:
    """The query of this page, and nothing else that was sent."""
    return _asked(form) | {name: request.args[name] for name in _PLACES if name in request.args}


def _is_backwards() -> bool:
    return not request.args.keys().isdisjoint(("before", "end"))


def _page(filters: dict[str, Any]) -> list[Account]:
    """The subusers of this page, and one more if there are more."""
    after = request.args.get("after", "")
    before = request.args.get("before", "") if _is_backwards() else None
    return subusers.page(current_account(), PAGE + 1, after, before, **filters)


def _cut(found: list[Account]) -> list[Account]:
    return found[-PAGE:] if _is_backwards() else found[:PAGE]


def _pages(found: list[Account], form: Form) -> list[tuple[str, str]]:
    """The pages around this one: what each is called, and its query."""
    cut, is_more = _cut(found), len(found) > PAGE
    has_previous = is_more if _is_backwards() else "after" in request.args
    # Whoever deletes meanwhile may leave a page with nothing on it.
    is_beyond = not cut and not request.args.keys().isdisjoint(_PLACES)
    has_next = "before" in request.args if _is_backwards() else is_more
    places: list[tuple[str, dict[str, Any], bool]] = [("First", {}, has_previous or is_beyond)]
    if cut:
        places += [
            ("Previous", {"before": str(cut[0].id)}, has_previous),
            ("Next", {"after": str(cut[-1].id)}, has_next),
            ("Last", {"end": "1"}, has_next),
        ]
    asked: dict[str, Any] = _asked(form)
    return [
        (text, url_for(".index", **asked, **place)) for text, place, is_there in places if is_there
    ]


# One more, and one less


def _mail_domains() -> list[str]:
    """Those that a new subuser may have."""
    with current_grid().store.reading():
        return MailDomain.names(current_account())


@blueprint.route("/subusers/add", methods=["GET", "POST"])
@for_primaries
def add() -> Page:
    """A new one."""
    ready = operation_forms.deed(CALLS["add"])
    form = NewForm().offer(_mail_domains())
    operation_forms.told(form, ready)
    if (
        request.method == "POST"
        and (params := operation_forms.read(form, ready, request.form)) is not None
    ):
        name = params["username"]
        with _refusing(form):
            operation_forms.carry_out(ready, params, caller=current_account())
            audit(f"console: subuser added: {name}")
            return flash_and_redirect(f"{name} was added.", ".index", end=1)
    return render("subuser_add.html", form, profile=PROFILE)


@contextmanager
def _refusing(form: Form) -> Iterator[None]:
    try:
        with errors_to_form(form, "username"):
            yield
    except reasons.UnknownMailDomain:
        form.add_error("mail_domain", "The account has no such mail domain, or no longer.")


def _subuser(number: str) -> Account:
    """The one that a page is of.

    :raises UnknownSubuser: there is none.
    """
    with current_grid().store.reading():
        return subusers.find_by_number(current_account(), number)


@blueprint.route("/subusers/<number>/delete", methods=["GET", "POST"])
@for_primaries
def delete(number: str) -> Page:
    """One less; asks before."""
    subuser, form = _subuser(number), DeleteForm()
    if request.method == "POST":
        if form.understood.data:
            operation_forms.carry_out(operation_forms.deed(CALLS["delete"]), {}, subuser=subuser)
            audit(f"console: subuser deleted: {subuser.username}")
            return flash_and_redirect(f"{subuser.username} was deleted.", ".index")
        form.add_error("understood", "Nothing was deleted: the box is not ticked.")
    return render("subuser_delete.html", form, subuser=subuser)


# One of them


@blueprint.route("/subusers/<number>", methods=["GET", "POST"])
@for_primaries
def edit(number: str) -> Page:
    """One with all that can be changed of it: a form for each call that changes it."""
    subuser = _subuser(number)
    sent = request.form.get("change", "")
    forms = {name: _form(name, subuser, request.form if name == sent else None) for name in CHANGES}
    if request.method == "GET":
        return render("subuser.html", subuser=subuser, forms=forms)
    if sent not in CHANGES:
        abort(400)
    change, form = CHANGES[sent], forms[sent]
    if _changed(change, form, subuser):
        return flash_and_redirect(
            f"The {change.what} of {subuser.username} was changed.", ".edit", number=number
        )
    return render("subuser.html", form, subuser=subuser, forms=forms)


def _form(name: str, subuser: Account, sent: Any = None) -> Form:
    """One of the forms, with what was sent, or else with what there is."""
    there = {column: getattr(subuser, column) for column in ("username", "email", *PROFILE)}
    return operation_forms.told(
        CHANGES[name].form(formdata=sent, data=there), operation_forms.deed(*CHANGES[name].call)
    )


def _changed(change: Change, form: Form, subuser: Account) -> bool:
    """Change it; false if something is wrong, which is said at the fields."""
    ready = operation_forms.deed(*change.call)
    params = operation_forms.read(form, ready, request.form)
    if params is None or not operation_forms.carried_out(form, ready, params, subuser=subuser):
        return False
    if change.is_login:
        audit(f"console: {change.what} of a subuser changed: {subuser.username}")
    return True


@blueprint.post("/subusers/<number>/<switch>")
@for_primaries
def turn(number: str, switch: str) -> Page:
    """Turn one of the two switches on or off."""
    if switch not in SWITCHES:
        abort(404)
    if request.form.get("to") not in ("on", "off"):
        abort(400)
    subuser, is_on = _subuser(number), request.form["to"] == "on"
    what, calls = SWITCHES[switch]
    operation_forms.carry_out(operation_forms.deed(calls[is_on]), {}, subuser=subuser)
    text = f"{what} of {subuser.username} is {'on' if is_on else 'off'}."
    audit(f"console: {text}")
    if "page" in request.args:
        return flash_and_redirect(text, ".edit", number=number)
    return flash_and_redirect(text, ".index", **_here(Filters(request.args, meta={"csrf": False})))
