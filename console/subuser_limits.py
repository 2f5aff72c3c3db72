"""How much mail a subuser may send, and from which IP addresses: by the calls for that."""

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, request
from werkzeug.datastructures import MultiDict

from legacygrid.console import formats, operation_forms
from legacygrid.console.forms import Form
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.pages import (
    Page,
    current_account,
    flash_and_redirect,
    for_primaries,
    now,
    render,
)
from legacygrid.console.subuser import find_subuser, render_subuser
from legacygrid.console.subuser_forms import CREDITS, SEND_IPS, ChangedCreditsForm, LimitForm
from legacygrid.grid import current_grid
from legacygrid.models import credits as limits
from legacygrid.models.account import Account
from legacygrid.models.ip_addresses import ForeignAddress
from legacygrid.serializers.sendgrid.setup_params import NONE, SPECIFY
from legacygrid.wsgi.values import PhpArray

blueprint = Blueprint("subuser_limits", __name__)
_PAGE = "subusers.subuser.edit"
#: What the two buttons beside a number of credits do, by task.
_CHANGES: Mapping[str, Callable[[str, str], str]] = {
    "increment": lambda name, count: _l(
        "%(name)s got %(count)s more credits.", name=name, count=count
    ),
    "decrement": lambda name, count: _l(
        "%(name)s has %(count)s credits fewer.", name=name, count=count
    ),
}


@blueprint.route("/subusers/<number>/credits", methods=["GET", "POST"])
@for_primaries
def limit(number: str) -> Page:
    """Set the limit of a subuser."""
    subuser = find_subuser(number)
    with current_grid().store.reading():
        found = limits.find(subuser.id, now())
    form = _limit_form(found)
    if request.method == "POST":
        task = limits.RECURRING if form.period.data else limits.TOTAL
        if _run(task, form, subuser):
            return flash_and_redirect(
                _l("The limit of %(name)s was set.", name=subuser.username), _PAGE, number=number
            )
    return render("subuser_credits.html", form, subuser=subuser)


def _limit_form(limit: limits.Limit | None) -> LimitForm:
    """The form, with the limit that there is."""
    values = {}
    if limit is not None:
        is_recurring = limit.mode == limits.RECURRING
        values = {
            "credits": limit.credit if is_recurring else limit.remain,
            "period": limit.period,
            "startdate": limit.start_date,
            "enddate": limit.end_date,
        }
    form = LimitForm(data={name: str(value) for name, value in values.items()})
    operation_forms.describe_fields(form, operation_forms.find_task(CREDITS, limits.RECURRING))
    form.period.flags.required = False
    return form


@blueprint.post("/subusers/<number>/credits/change")
@for_primaries
def change(number: str) -> Page:
    """Give a subuser more credits, or take some."""
    subuser, form = find_subuser(number), ChangedCreditsForm()
    task = request.form.get("change", "")
    if task not in _CHANGES:
        abort(400)
    if not _run(task, form, subuser):
        return render_subuser(subuser, form, {"credits": form})
    count = formats.number(int(form.credits.data or 0))
    return flash_and_redirect(_CHANGES[task](subuser.username, count), _PAGE, number=number)


@blueprint.post("/subusers/<number>/credits/none")
@for_primaries
def lift(number: str) -> Page:
    """Let a subuser send as much as it likes."""
    subuser = find_subuser(number)
    operation_forms.run_task(operation_forms.find_task(CREDITS, "none"), {}, subuser=subuser)
    return flash_and_redirect(
        _l("%(name)s has no limit any more.", name=subuser.username), _PAGE, number=number
    )


def _run(task: str, form: Form, subuser: Account) -> bool:
    """Do what a task of customer.limit does; false if something is wrong, which the form says."""
    ready = operation_forms.find_task(CREDITS, task)
    params = operation_forms.read_params(form, ready, request.form)
    return params is not None and operation_forms.run_task_of(form, ready, params, subuser=subuser)


@blueprint.post("/subusers/<number>/ips")
@for_primaries
def assign(number: str) -> Page:
    """Let a subuser send from the addresses that are ticked, and from no others."""
    subuser, form = find_subuser(number), Form(MultiDict())
    chosen = PhpArray()
    for address in request.form.getlist("ip"):
        chosen.put([""], address)
    ready = operation_forms.find_task(SEND_IPS, "append")
    given = {"set": SPECIFY, "ip": chosen} if chosen else {"set": NONE}
    params = operation_forms.read_params(form, ready, {}, **given)
    try:
        if params is not None:
            context = {"caller": current_account(), "subuser": subuser}
            operation_forms.run_task(ready, params, **context)
            text = _l("The IP addresses of %(name)s were changed.", name=subuser.username)
            return flash_and_redirect(text, _PAGE, number=number)
    except ForeignAddress:
        form.add_error("", _("The account has one of these IP addresses no more."))
    return render_subuser(subuser, form)
