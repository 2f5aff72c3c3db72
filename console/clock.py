"""The clock of the world: frozen, moved or real; part of Control."""

from typing import Any

from flask import Blueprint

from legacygrid.console.control import for_the_sole, list_tabs, refusals_to_form
from legacygrid.console.forms import ChoiceField, Form, TextField
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.pages import Page, current_world, flash_and_redirect, render
from legacygrid.endpoints.control import request_bodies
from legacygrid.endpoints.control.clock import apply_setting
from legacygrid.endpoints.control.schemas import ClockSchema
from legacygrid.grid import current_grid

blueprint = Blueprint("clock", __name__)
WAYS = {
    "advance": _l("let it advance by so many seconds"),
    "frozen": _l("freeze it at a moment"),
    "offset": _l("have it ahead of real time by so many seconds"),
    "": _l("have it show real time"),
}


class ClockForm(Form):
    """How the clock is set: by one of the fields of the control API."""

    way = ChoiceField(_l("What to do"), choices=WAYS)
    value = TextField(_l("Seconds, or the moment"), _l("A moment such as 2014-06-01T12:00:00Z."))

    def read(self) -> dict[str, Any]:
        """The setting as the control API takes it."""
        return {self.way.data: self.value.data} if self.way.data else {}


@blueprint.get("/control/clock")
@for_the_sole
def index() -> Page:
    """What it shows, and a form to set it."""
    return _render(ClockForm(formdata=None))


def _render(form: ClockForm) -> Page:
    setting = current_grid().clock.setting(current_world())
    return render("clock.html", form, clock=setting, tabs=list_tabs())


@blueprint.post("/control/clock")
@for_the_sole
def apply() -> Page:
    """Set it."""
    form = ClockForm()
    with refusals_to_form(form, "value"):
        apply_setting(request_bodies.load(ClockSchema(), form.read()))
        return flash_and_redirect(_l("The clock was set."), ".index")
    return _render(form)
