"""The page of one subuser: what it has, and a form for each call that changes it."""

from typing import Any

from flask import Blueprint, abort, request

from legacygrid.console import operation_forms
from legacygrid.console.forms import Form
from legacygrid.console.pages import (
    Page,
    audit,
    current_account,
    flash_and_redirect,
    for_primaries,
    now,
    render,
)
from legacygrid.console.subuser_forms import CHANGES, ChangedCreditsForm, SubuserChange
from legacygrid.grid import current_grid
from legacygrid.models import credits as limits
from legacygrid.models import ip_addresses, subusers
from legacygrid.models.account import PROFILE, Account

blueprint = Blueprint("subuser", __name__)


def find_subuser(number: str) -> Account:
    """The subuser of that number.

    :raises UnknownSubuser: the account has none.
    """
    with current_grid().store.reading():
        return subusers.find_by_number(current_account(), number)


@blueprint.route("/subusers/<number>", methods=["GET", "POST"])
@for_primaries
def edit(number: str) -> Page:
    """A subuser, with a form for each call that changes it."""
    subuser = find_subuser(number)
    if request.method == "GET":
        return render_subuser(subuser)
    name = request.form.get("change", "")
    if name not in CHANGES:
        abort(400)
    change, form = CHANGES[name], _form(name, subuser, request.form)
    if _apply(change, form, subuser):
        return flash_and_redirect(change.message(subuser.username), ".edit", number=number)
    return render_subuser(subuser, form, {name: form})


def render_subuser(
    subuser: Account, form: Form | None = None, sent: dict[str, Form] | None = None
) -> Page:
    """The page of a subuser.

    :param form: the one in which something is wrong.
    :param sent: the same in the place of the page's form of that name.
    """
    forms = {name: _form(name, subuser) for name in CHANGES}
    with current_grid().store.snapshot():
        limit = limits.find(subuser.id, now())
        own = ip_addresses.list_own(current_account())
        assigned = ip_addresses.list_assigned(subuser)
    return render(
        "subuser.html",
        form,
        subuser=subuser,
        forms={**forms, "credits": ChangedCreditsForm(None), **(sent or {})},
        limit=limit,
        addresses={each: each in assigned for each in own},
        is_ip_required=current_grid().profile.ip_required == "on",
    )


def _form(name: str, subuser: Account, sent: Any = None) -> Form:
    """One of the forms, with what was sent, or else with the subuser's values."""
    values = {column: getattr(subuser, column) for column in ("username", "email", *PROFILE)}
    return operation_forms.describe_fields(
        CHANGES[name].form(formdata=sent, data=values),
        operation_forms.find_task(*CHANGES[name].call),
    )


def _apply(change: SubuserChange, form: Form, subuser: Account) -> bool:
    """Change it; false if something is wrong, which the fields say then."""
    ready = operation_forms.find_task(*change.call)
    params = operation_forms.read_params(form, ready, request.form)
    if params is None or not operation_forms.run_task_of(form, ready, params, subuser=subuser):
        return False
    if change.is_login:
        audit(f"console: {change.what} of a subuser changed: {subuser.username}")
    return True
