"""Worlds: the emulators within the emulator; part of Control, outside of worlds."""

from typing import Any

from flask import Blueprint, abort, request
from wtforms import BooleanField

from legacygrid.console.control import for_all_worlds, list_tabs
from legacygrid.console.forms import Form, SecretField, TextField
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.pages import Page, flash_and_redirect, render
from legacygrid.endpoints.control.state import remove_world
from legacygrid.grid import current_grid
from legacygrid.harness.seeder import SeedError
from legacygrid.models.world_list import list_worlds
from legacygrid.wsgi import blocking
from legacygrid.wsgi.worlds import NAME

blueprint = Blueprint("worlds", __name__)
#: Worlds that are listed: test suites make thousands.
MOST = 200


class WorldForm(Form):
    """A world with its first account."""

    world = TextField(_l("World"), _l("1 to 64 letters, digits and . _ -"))
    username = TextField(_l("User name"), _l("Of its account; the owner's login."))
    password = SecretField(_l("Password"), _l("At least 6 characters."))


class EndWorldForm(Form):
    """The confirmation that a world is deleted."""

    understood = BooleanField(_l("I understand: this cannot be undone"))


@blueprint.get("/control/worlds")
@for_all_worlds
def index() -> Page:
    """Those that have accounts, and a form for one more."""
    return _render(WorldForm(formdata=None))


def _render(form: WorldForm) -> Page:
    with current_grid().store.reading():
        worlds = list_worlds(MOST + 1)
    clock = current_grid().clock
    return render(
        "worlds.html",
        form,
        worlds=[(name, count, clock.own_setting(name)) for name, count in worlds[:MOST]],
        is_cut=len(worlds) > MOST,
        tabs=list_tabs(),
    )


@blueprint.post("/control/worlds")
@for_all_worlds
def add() -> Page:
    """Make a world, by an account in it."""
    form = WorldForm()
    name = (form.world.data or "").strip()
    if not NAME.fullmatch(name):
        form.add_error("world", _l("Use 1 to 64 letters, digits and . _ -"))
        return _render(form)
    account: dict[str, Any] = {"username": form.username.data, "password": form.password.data}
    try:
        with blocking.hashing_here():
            document = {"version": 1, "accounts": [account]}
            result = current_grid().seeding.add_to_world(document, name)
    except SeedError as error:
        for problem in error.parts:
            field = problem.place.rpartition(".")[2]
            form.add_settings_errors({field: [problem.text]})
        return _render(form)
    if not result.added:
        form.add_error("username", _l("The world has this account already."))
        return _render(form)
    return flash_and_redirect(_l("The world %(name)s was added.", name=name), ".index")


@blueprint.route("/control/worlds/<name>/delete", methods=["GET", "POST"])
@for_all_worlds
def delete(name: str) -> Page:
    """Take a world away, once the visitor confirms it."""
    if not NAME.fullmatch(name):
        abort(404)
    form = EndWorldForm()
    if request.method == "POST":
        if form.understood.data:
            blocking.about_to_block()
            grid = current_grid()
            remove_world(grid, name)
            grid.world_snapshots.forget(name)
            return flash_and_redirect(_l("The world %(name)s was deleted.", name=name), ".index")
        form.add_error("understood", _l("Nothing was deleted: the box is not ticked."))
    return render("world_delete.html", form, name=name)
