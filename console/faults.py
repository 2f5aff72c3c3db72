"""Faults: what goes wrong with which calls of the account; part of Control."""

from typing import Any

from flask import Blueprint, abort

from legacygrid.console.control import (
    for_controllers,
    has_worlds,
    is_sole,
    list_tabs,
    refusals_to_form,
)
from legacygrid.console.fault_rows import FaultRow, find_visible
from legacygrid.console.forms import ChoiceField, Form, TextField
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.operations import find_routes
from legacygrid.console.pages import (
    Page,
    current_account,
    current_visitor,
    current_world,
    flash_and_redirect,
    render,
)
from legacygrid.endpoints.control import request_bodies
from legacygrid.endpoints.control.fault_schemas import FaultSchema
from legacygrid.endpoints.control.faults import make_fault
from legacygrid.grid import current_grid
from legacygrid.harness.fault_targets import SMTP

blueprint = Blueprint("faults", __name__)
_WHOLE, _PARTS = ("status", "truncate", "times", "after"), ("delay", "probability")
_NUMBER = {"inputmode": "numeric"}


class FaultForm(Form):
    """A fault, with those fields of the control API that most faults need."""

    operation = TextField(
        _l("Operation"), _l("Empty for all but SMTP's."), render_kw={"list": "operations"}
    )
    task = TextField(_l("Task"), _l("Empty for all."))
    caller = TextField(_l("Caller"), _l("The login that calls; empty for all."))
    status = TextField(_l("Status"), _l("Answer with this HTTP status instead."), render_kw=_NUMBER)
    body = TextField(_l("Body"), _l("Of the answer with that status."))
    reason = TextField(_l("Reason"), _l("Refuse by the reason of this name."))
    delay = TextField(_l("Delay"), _l("Seconds that the answer is held up."), render_kw=_NUMBER)
    truncate = TextField(_l("Truncate"), _l("Bytes after which it ends."), render_kw=_NUMBER)
    reset = ChoiceField(
        _l("Connection reset"),
        choices={
            "": _l("none"),
            "before": _l("before it is carried out"),
            "after": _l("after it was carried out"),
        },
    )
    times = TextField(_l("Times"), _l("How often; empty for ever."), render_kw=_NUMBER)
    after = TextField(_l("After"), _l("So many calls pass first."), render_kw=_NUMBER)
    probability = TextField(_l("Probability"), _l("Above 0, up to 1; empty for each call."))

    def read(self) -> dict[str, Any]:
        """The fault as the control API takes it; what is no number is left to its rules."""
        sent = {name: text for name, text in self.data.items() if text and name != "csrf_token"}
        for name in (*_WHOLE, *_PARTS):
            if name in sent:
                sent[name] = _number(sent[name], int if name in _WHOLE else float)
        return sent


def _number(text: str, kind: type[int] | type[float]) -> int | float | str:
    try:
        return kind(text[:20])
    except ValueError:
        return text


@blueprint.get("/control/faults")
@for_controllers
def index() -> Page:
    """The faults that are set, and a form for one more."""
    return _render(FaultForm(formdata=None))


def _render(form: FaultForm) -> Page:
    return render(
        "faults.html",
        form,
        rows=find_visible(current_visitor()),
        is_own=_is_own,
        sole=is_sole(),
        tabs=list_tabs(),
        operations=[*find_routes(), SMTP],
    )


def _is_own(row: FaultRow) -> bool:
    """Whether the visitor may delete it: it is for no calls but those of the account, or of the
    world that the account has for itself; or the visitor may as well use the control API.
    """
    target = row.fault.target
    is_theirs = target.account == current_account().username or is_sole()
    return has_worlds() or (target.world == current_world() and is_theirs)


@blueprint.post("/control/faults")
@for_controllers
def add() -> Page:
    """Set a fault."""
    form = FaultForm()
    sent = form.read()
    # Who has the world alone means also calls that nobody has proved to be from.
    if not is_sole():
        sent["account"] = current_account().username
    with refusals_to_form(form):
        fault = make_fault(request_bodies.load(FaultSchema(), sent), current_world())
        current_grid().faults.add(fault)
        return flash_and_redirect(_l("Fault %(number)s was added.", number=fault.number), ".index")
    return _render(form)


@blueprint.post("/control/faults/<int:number>/delete")
@for_controllers
def delete(number: int) -> Page:
    """Delete one."""
    rows = [row for row in find_visible(current_visitor()) if row.fault.number == number]
    if not rows:
        abort(404)
    if not _is_own(rows[0]):
        abort(403)
    current_grid().faults.cancel([rows[0].fault])
    return flash_and_redirect(_l("Fault %(number)s was deleted.", number=number), ".index")
