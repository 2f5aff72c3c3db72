"""Suppressions: the addresses that get no more mail of an account and its subusers, by list."""

from typing import Any

from flask import Blueprint, abort, request, url_for
from marshmallow import ValidationError
from wtforms import BooleanField

from legacygrid import reasons
from legacygrid.console import formats
from legacygrid.console.forms import ChoiceField, Form, TextField
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.languages import lazy_ngettext
from legacygrid.console.pages import (
    Page,
    current_account,
    flash_and_redirect,
    for_managers,
    now,
    render,
)
from legacygrid.endpoints.sendgrid.mail_apps import LISTS
from legacygrid.grid import current_grid
from legacygrid.models import listed_addresses, subusers
from legacygrid.models.account import Account
from legacygrid.models.listed_addresses import WorldFilter
from legacygrid.models.queries import number_of
from legacygrid.models.suppression import BLOCK, BOUNCE, INVALID, SPAMREPORT, UNSUBSCRIBE
from legacygrid.serializers.suppressions import SuppressionSchema, add_to_list
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

blueprint = Blueprint("suppressions", __name__)
#: Entries of a page.
PAGE = 50
#: The lists, by the kind of their entries: the name of each, and how an address comes on it.
NAMES = {
    BOUNCE: (_l("Bounces"), _l("Mail to it came back for good.")),
    BLOCK: (_l("Blocks"), _l("Mail to it was refused for the time being.")),
    INVALID: (_l("Invalid addresses"), _l("It is no address, or its domain does not exist.")),
    SPAMREPORT: (_l("Spam reports"), _l("Its owner reported mail as spam.")),
    UNSUBSCRIBE: (_l("Unsubscribes"), _l("Its owner unsubscribed.")),
}
_KINDS = {kind: name for kind, (name, _) in NAMES.items()}


class _AccountForm(Form):
    account = TextField(
        _l("User name of the subuser"), _l("Leave it empty for the account itself.")
    )

    def find_account(self) -> Account:
        """Whose list is meant: the visitor's own account, or a subuser of it."""
        own, name = current_account(), str(self.account.data or "")
        if name in ("", own.username):
            return own
        try:
            return subusers.find(own, name)
        except reasons.UnknownSubuser:
            self.add_error("account", _("The account has no such subuser."))
            return own


class EntryFilterForm(_AccountForm):
    """Which entries are listed, from the query."""

    address = TextField(_l("A part of the address"))
    kind = ChoiceField(_l("List"), choices={"": _l("any"), **_KINDS})
    account = TextField(_l("Account or subuser"))


class NewEntryForm(_AccountForm):
    """An address that comes on a list."""

    address = TextField(_l("Address"))
    kind = ChoiceField(_l("List"), choices=_KINDS)
    reason = TextField(_l("Reason"), _l("Why, as a mail server said it."))
    status = TextField(_l("Status"), _l("The same as a number, such as 5.1.1."))
    ip = TextField(_l("IP address"), _l("Of that mail server."))


class ClearForm(_AccountForm):
    """A list that is to be emptied."""

    kind = ChoiceField(_l("List"), choices=_KINDS)
    understood = BooleanField(_l("I understand: mail goes to all of its addresses again"))


@blueprint.get("/suppressions")
@for_managers
def index() -> Page:
    """The entries of all lists, newest first."""
    # There may be many to look through.
    blocking.about_to_block(Lane.READ)
    form = EntryFilterForm(request.args, meta={"csrf": False})
    before = number_of(request.args.get("before", "")) or None
    with current_grid().store.snapshot():
        wanted = _read_filter(form)
        entries = [] if form.errors else wanted.find_newest(PAGE + 1, before)
    query = _query()
    older = url_for(".index", **query, before=entries[PAGE - 1].number) if entries[PAGE:] else None
    return render(
        "suppressions.html",
        form,
        entries=entries[:PAGE],
        names=NAMES,
        drops=LISTS,
        query=query,
        page_query=query | ({"before": before} if before else {}),
        newest=url_for(".index", **query) if before else None,
        older=older,
    )


def _query() -> dict[str, Any]:
    """The part of the page's address that narrows the list."""
    names = ("address", "kind", "account")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _read_filter(form: EntryFilterForm) -> WorldFilter:
    """Which entries the visitor may see, and wants to."""
    if form.kind.data and form.kind.data not in NAMES:
        form.add_error("kind", _("Choose one of these."))
    wanted = WorldFilter(kind=form.kind.data or None, part=form.address.data or None)
    if form.account.data:
        return wanted._replace(account=form.find_account().id)
    return wanted._replace(primary=current_account().id)


@blueprint.route("/suppressions/add", methods=["GET", "POST"])
@for_managers
def add() -> Page:
    """Put an address on a list."""
    form = NewEntryForm()
    if request.method == "POST" and _add(form):
        text = _l(
            "%(address)s is on the list now: %(list)s.",
            address=form.address.data,
            list=_KINDS[form.kind.data or ""],
        )
        return flash_and_redirect(text, ".index")
    return render("suppression_add.html", form)


def _add(form: NewEntryForm) -> bool:
    """Add the entry; false if something is wrong, which the form says then."""
    given = {name: form[name].data for name in ("address", "kind", "reason", "status", "ip")}
    needed = ("address", "kind")
    try:
        loaded: dict[str, Any] = SuppressionSchema().load(
            {name: text for name, text in given.items() if text or name in needed}
        )
    except ValidationError as error:
        messages: Any = error.messages
        form.add_settings_errors(messages)
        return False
    at = now()
    with current_grid().store.writing(at):
        account = form.find_account()
        if not form.errors and not add_to_list(account, loaded, at):
            form.add_error("address", _("It is on that list already."))
    return not form.errors


@blueprint.post("/suppressions/<number>/remove")
@for_managers
def remove(number: str) -> Page:
    """Take an address off a list."""
    entry = WorldFilter(primary=current_account().id, number=number_of(number))
    at = now()
    with current_grid().store.writing(at):
        found = entry.find_newest(1)
        listed_addresses.take_off(entry, at)
    if not found:
        abort(404)
    (listed,) = found
    text = _l(
        "%(address)s was taken off the list: %(list)s.",
        address=listed.entry.address,
        list=_KINDS[listed.kind],
    )
    place = {"before": request.args["before"]} if "before" in request.args else {}
    return flash_and_redirect(text, ".index", **_query(), **place)


@blueprint.route("/suppressions/clear", methods=["GET", "POST"])
@for_managers
def clear() -> Page:
    """Take all addresses off a list, once the visitor confirms it."""
    form = ClearForm(data=_query())
    if request.method == "POST":
        at = now()
        with current_grid().store.writing(at):
            account, kind = form.find_account(), form.kind.data or ""
            _check_list(form)
            if not form.errors:
                removed = listed_addresses.take_off(WorldFilter(account=account.id, kind=kind), at)
        if not form.errors:
            text = lazy_ngettext(
                "%(number)s address of %(account)s taken off the list: %(list)s.",
                "%(number)s addresses of %(account)s taken off the list: %(list)s.",
                removed,
                number=formats.number(removed),
                account=account.username,
                list=_KINDS[kind],
            )
            return flash_and_redirect(text, ".index")
    return render("suppression_clear.html", form)


def _check_list(form: ClearForm) -> None:
    if form.kind.data not in NAMES:
        form.add_error("kind", _("Choose one of these."))
    if not form.understood.data:
        form.add_error("understood", _("Nothing was deleted: the box is not ticked."))
