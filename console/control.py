"""Control: what the control API does, for people: faults, the clock, resets and worlds.

Everything here is for the owner of a primary account, and is about that account's calls and data;
what would touch others is for an account that shares its world with none.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import cast

from flask import Blueprint, abort, current_app, request

from legacygrid.console.forms import Form
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.login_sessions import Visitor
from legacygrid.console.pages import (
    P,
    Page,
    View,
    current_account,
    current_visitor,
    current_world,
    for_primaries,
)
from legacygrid.endpoints.control.access import why_refused
from legacygrid.endpoints.control.errors import BadRequest
from legacygrid.grid import current_grid
from legacygrid.wsgi.environ_keys import ADMIN_TOKEN

blueprint = Blueprint("control", __name__)


def has_control(visitor: Visitor) -> bool:
    """Whether a visitor has these pages: nobody has where the control API is turned off."""
    return visitor.has_subusers and current_app.extensions[ADMIN_TOKEN] is not None


def is_sole() -> bool:
    """Whether the visitor's account shares its world with no other primary account."""
    with current_grid().store.reading():
        return current_account().is_alone


def has_worlds() -> bool:
    """Whether the visitor may see worlds: in none, as one who may use the control API as well."""
    token = current_app.extensions[ADMIN_TOKEN]
    refusal = why_refused(request.environ, token or "", current_grid().systems.answers_for)
    return not current_world() and refusal is None and is_sole()


def _for(right: Callable[[], bool]) -> Callable[[View[P]], View[P]]:
    def limited(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Page:
            if not (has_control(current_visitor()) and right()):
                abort(403)
            return view(*args, **kwargs)

        return cast("View[P]", for_primaries(answer))

    return limited


#: A page for the owner of a primary account; of one that has its world for itself; and of worlds.
for_controllers = _for(lambda: True)
for_the_sole = _for(is_sole)
for_all_worlds = _for(has_worlds)


def list_tabs() -> list[tuple[str, str]]:
    """The pages that the visitor may open: the endpoint and the name of each."""
    tabs = [("control.faults.index", _l("Faults"))]
    if is_sole():
        tabs.append(("control.clock.index", _l("Clock")))
    tabs.append(("control.resets.index", _l("Reset")))
    return [*tabs, ("control.worlds.index", _l("Worlds"))] if has_worlds() else tabs


@contextmanager
def refusals_to_form(form: Form, fallback: str = "") -> Iterator[None]:
    """Turn a refusal of the control API into errors of a form's fields.

    :param fallback: the field for what no field has the name of.
    """
    try:
        yield
    except BadRequest as refusal:
        for name, texts in refusal.errors.items():
            form.add_error(name if name in form else fallback, *map(_sentence, texts))


def _sentence(text: str) -> str:
    """A phrase of the control API as people read it."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"
