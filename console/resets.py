"""Resets: the account as it was after seeding; part of Control."""

from flask import Blueprint, request
from wtforms import BooleanField

from legacygrid.console.control import for_controllers, is_sole, list_tabs, refusals_to_form
from legacygrid.console.forms import Form
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.pages import (
    Page,
    audit,
    current_account,
    current_world,
    flash_and_redirect,
    render,
)
from legacygrid.endpoints.control.schemas import PARTS
from legacygrid.endpoints.control.state import reset_account
from legacygrid.grid import current_grid
from legacygrid.wsgi import blocking

blueprint = Blueprint("resets", __name__)


class ResetForm(Form):
    """What is reset, and the confirmation."""

    state = BooleanField(_l("State: settings, subusers, logins, keys and lists"))
    requests = BooleanField(_l("Requests"))
    messages = BooleanField(_l("Messages"))
    faults = BooleanField(_l("Faults"))
    clock = BooleanField(_l("Clock"))
    understood = BooleanField(_l("I understand: this cannot be undone"))

    @property
    def parts(self) -> list[str]:
        """Those that are ticked."""
        return [part for part in PARTS if part in self and self[part].data]


@blueprint.route("/control/reset", methods=["GET", "POST"])
@for_controllers
def index() -> Page:
    """Reset the account, once the visitor confirms it."""
    form = ResetForm()
    if not is_sole():
        # The others of the world have the same clock.
        del form.clock
    if request.method == "POST":
        if not form.parts:
            form.add_error("", _l("Nothing was reset: tick what is to be."))
        elif not form.understood.data:
            form.add_error("understood", _l("Nothing was reset: the box is not ticked."))
        else:
            with refusals_to_form(form):
                return _reset(form.parts)
    return render("reset.html", form, account=current_account(), tabs=list_tabs())


def _reset(parts: list[str]) -> Page:
    # A journal may be long.
    blocking.about_to_block()
    grid, world = current_grid(), current_world()
    reset_account(grid, current_account().username, parts)
    if "clock" in parts:
        grid.clock.reset(world)
    if "faults" in parts and is_sole():
        grid.faults.cancel(each for each in grid.faults.of_world() if each.target.world == world)
    audit(f"console: reset: {', '.join(parts)}")
    return flash_and_redirect(_l("Reset: %(parts)s.", parts=", ".join(parts)), ".index")
