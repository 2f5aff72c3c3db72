"""Subusers: a primary account's list of them; the page of each is `subuser`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from legacygrid import reasons
from legacygrid.console import operation_forms
from legacygrid.console.forms import Form
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.pages import (
    Page,
    audit,
    current_account,
    errors_to_form,
    flash_and_redirect,
    for_primaries,
    render,
)
from legacygrid.console.subuser import find_subuser
from legacygrid.console.subuser_forms import (
    CALLS,
    SWITCHES,
    DeleteSubuserForm,
    NewSubuserForm,
    SubuserFilterForm,
)
from legacygrid.grid import current_grid
from legacygrid.models import subuser_lists
from legacygrid.models.account import PROFILE, Account
from legacygrid.models.mail_domain import MailDomain

blueprint = Blueprint("subusers", __name__)
#: Subusers of a page.
PAGE = 50
#: Where in a list one is: after a number, before one, or at its end.
_PLACES = ("after", "before", "end")
#: What is said after a switch was turned on or off.
_TURNED: Mapping[tuple[str, bool], Callable[[str], str]] = {
    ("active", True): lambda name: _l("Mail of %(name)s is on.", name=name),
    ("active", False): lambda name: _l("Mail of %(name)s is off.", name=name),
    ("website_access", True): lambda name: _l("Website of %(name)s is on.", name=name),
    ("website_access", False): lambda name: _l("Website of %(name)s is off.", name=name),
}


@blueprint.errorhandler(reasons.UnknownSubuser)
def show_unknown(reason: reasons.UnknownSubuser) -> Page:
    """There is none of that number, or it is another account's: both look alike."""
    return render_template("subuser_unknown.html"), 404


@blueprint.errorhandler(reasons.WrongCredentials)
def show_login(reason: reasons.WrongCredentials) -> Page:
    """The account itself was deleted meanwhile, and the session ended with it."""
    return redirect(url_for("login.log_in", ended=1), 303)


# The list


@blueprint.get("/subusers")
@for_primaries
def index() -> Page:
    """All of them, or those that match, oldest first, page by page."""
    form = SubuserFilterForm(request.args, meta={"csrf": False})
    filters = operation_forms.read_params(
        form, operation_forms.find_task(CALLS["profile"], "get"), _query(form)
    )
    if filters is not None and form.search.data:
        filters["search"] = form.search.data
    with current_grid().store.reading():
        total = subuser_lists.count(current_account())
        accounts = [] if filters is None else _find_page(filters)
    is_open = any(form[name].data for name in form.data if name != "search")
    return render(
        "subusers.html",
        form,
        total=total,
        subusers=_trim(accounts),
        pages=_page_links(accounts, form),
        is_open=is_open,
        is_narrowed=is_open or bool(form.search.data),
        page_query=_page_query(form),
    )


def _query(form: Form) -> dict[str, str]:
    """The part of the query that narrows the list."""
    return {name: text for name, text in request.args.items() if name in form and text}


def _page_query(form: Form) -> dict[str, Any]:
    """The part of the query that leads to this page of the list."""
    return _query(form) | {name: request.args[name] for name in _PLACES if name in request.args}


def _is_backwards() -> bool:
    return not request.args.keys().isdisjoint(("before", "end"))


def _find_page(filters: dict[str, Any]) -> list[Account]:
    """The subusers of this page, and one more if there are more."""
    after = request.args.get("after", "")
    before = request.args.get("before", "") if _is_backwards() else None
    return subuser_lists.page(current_account(), PAGE + 1, after, before, **filters)


def _trim(accounts: list[Account]) -> list[Account]:
    return accounts[-PAGE:] if _is_backwards() else accounts[:PAGE]


def _page_links(accounts: list[Account], form: Form) -> list[tuple[str, str]]:
    """Links to the pages around this one: the text and the address of each."""
    rows, is_more = _trim(accounts), len(accounts) > PAGE
    has_previous = is_more if _is_backwards() else "after" in request.args
    # The subusers of a page may be deleted meanwhile.
    is_beyond = not rows and not request.args.keys().isdisjoint(_PLACES)
    has_next = "before" in request.args if _is_backwards() else is_more
    places: list[tuple[str, dict[str, Any], bool]] = [(_("First"), {}, has_previous or is_beyond)]
    if rows:
        places += [
            (_("Previous"), {"before": str(rows[0].id)}, has_previous),
            (_("Next"), {"after": str(rows[-1].id)}, has_next),
            (_("Last"), {"end": "1"}, has_next),
        ]
    query: dict[str, Any] = _query(form)
    return [(text, url_for(".index", **query, **place)) for text, place, exists in places if exists]


# Adding and deleting


def _mail_domains() -> list[str]:
    """The mail domains that a new subuser may have."""
    with current_grid().store.reading():
        return MailDomain.names(current_account())


@blueprint.route("/subusers/add", methods=["GET", "POST"])
@for_primaries
def add() -> Page:
    """Add a subuser."""
    ready = operation_forms.find_task(CALLS["add"])
    form = NewSubuserForm().offer_domains(_mail_domains())
    operation_forms.describe_fields(form, ready)
    params = None
    if request.method == "POST":
        params = operation_forms.read_params(form, ready, request.form)
    if params is not None:
        name = params["username"]
        with _errors_to_form(form):
            operation_forms.run_task(ready, params, caller=current_account())
            audit(f"console: subuser added: {name}")
            return flash_and_redirect(_l("%(name)s was added.", name=name), ".index", end=1)
    return render("subuser_add.html", form, profile=PROFILE)


@contextmanager
def _errors_to_form(form: Form) -> Iterator[None]:
    try:
        with errors_to_form(form, "username"):
            yield
    except reasons.UnknownMailDomain:
        form.add_error("mail_domain", _("The account has no such mail domain."))


@blueprint.route("/subusers/<number>/delete", methods=["GET", "POST"])
@for_primaries
def delete(number: str) -> Page:
    """Delete a subuser, once the visitor confirms it."""
    subuser, form = find_subuser(number), DeleteSubuserForm()
    if request.method == "POST":
        if form.understood.data:
            operation_forms.run_task(
                operation_forms.find_task(CALLS["delete"]), {}, subuser=subuser
            )
            audit(f"console: subuser deleted: {subuser.username}")
            return flash_and_redirect(_l("%(name)s was deleted.", name=subuser.username), ".index")
        form.add_error("understood", _("Nothing was deleted: the box is not ticked."))
    return render("subuser_delete.html", form, subuser=subuser)


@blueprint.post("/subusers/<number>/<switch>")
@for_primaries
def turn(number: str, switch: str) -> Page:
    """Turn one of the two switches on or off."""
    if switch not in SWITCHES:
        abort(404)
    if request.form.get("to") not in ("on", "off"):
        abort(400)
    subuser, is_on = find_subuser(number), request.form["to"] == "on"
    what, calls = SWITCHES[switch]
    operation_forms.run_task(operation_forms.find_task(calls[is_on]), {}, subuser=subuser)
    audit(f"console: {what} of {subuser.username} is {'on' if is_on else 'off'}.")
    text = _TURNED[switch, is_on](subuser.username)
    if "page" in request.args:
        return flash_and_redirect(text, "subusers.subuser.edit", number=number)
    return flash_and_redirect(
        text, ".index", **_page_query(SubuserFilterForm(request.args, meta={"csrf": False}))
    )
