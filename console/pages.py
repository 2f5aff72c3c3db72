"""What every page needs: its visitor, what they may do, and how it ends."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from legacygrid import reasons
from legacygrid.auth.audit import record_operation
from legacygrid.console.forms import Form
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import in_english
from legacygrid.console.login_sessions import Visitor
from legacygrid.console.prefix import PREFIX
from legacygrid.grid import current_grid
from legacygrid.models.account import Account
from legacygrid.wsgi.hosts import remote_address
from legacygrid.wsgi.worlds import world_of

log = logging.getLogger("legacygrid.console")

Page = str | tuple[str, int] | Response
P = ParamSpec("P")
#: No backslash, no way up: a path that begins with two slashes names another host.
_ADDRESS = re.compile(rf"{PREFIX}/[!#-\[\]-~]*", re.ASCII)
View = Callable[P, Page]


def current_visitor() -> Visitor:
    """Who looks at the page."""
    return cast(Visitor, current_user._get_current_object())


def current_account() -> Account:
    """The visitor's account."""
    return current_visitor().principal.account


def current_world() -> str:
    """The world that the page is in; the empty text for the one without name."""
    return world_of(request.environ)


def now() -> float:
    """Seconds since 1970, by the clock of the world."""
    return current_grid().clock.now(current_world())


def page_at(address: str) -> str:
    """Where a log-in, or a choice, leads: to a page of this console, or else to the first one.

    :param address: a path with its query, as anybody may have made it.
    """
    path = address.partition("?")[0]
    is_own = _ADDRESS.fullmatch(address) and "//" not in path and "/.." not in address
    return f"{request.script_root}{address}" if is_own and _is_page(path) else url_for("home")


def _is_page(path: str) -> bool:
    """Whether a page can be asked for, which what only takes forms cannot."""
    urls = current_app.create_url_adapter(request)
    try:
        return urls is not None and bool(urls.match(path, method="GET"))
    except HTTPException:
        return False


def _for(right: Callable[[Visitor], bool]) -> Callable[[View[P]], View[P]]:
    def limited(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Page:
            if not right(current_visitor()):
                abort(403)
            return view(*args, **kwargs)

        return cast("View[P]", login_required(answer))

    return limited


#: A page for everybody who is logged in, for owners, for primary accounts, and for those who may
#: manage the account's logins.
for_everybody = _for(lambda visitor: True)
for_owners = _for(lambda visitor: visitor.is_owner)
for_primaries = _for(lambda visitor: visitor.has_subusers)
for_managers = _for(lambda visitor: visitor.can_manage)


def render(template: str, form: Form | None = None, **context: object) -> Page:
    """A page; with a form in which something is wrong, under HTTP 422."""
    status = 422 if form is not None and form.errors else 200
    return render_template(template, form=form, **context), status


def render_form(form: Form, title: str, back: str, **more: object) -> Page:
    """A page that is one form.

    :param back: where to go without a change.
    :param more: `text` above the fields, the name of the `button`, and whether it `is_danger`.
    """
    fields = [field for field in form if field.name != "csrf_token"]
    context = {"button": _("Save"), **more}
    return render("one_form.html", form, fields=fields, title=title, back=back, **context)


def flash_and_redirect(text: str, endpoint: str, **values: Any) -> Response:
    """Say on the next page that something was changed.

    :param text: a sentence for the visitor; the log has it, too, in English if it is lazy.
    """
    with in_english():
        log.info("%s: %s", current_visitor().name, str(text))
    flash(str(text))
    return redirect(url_for(endpoint, **values), 303)


def audit(action: str) -> None:
    """Add a change of the account's logins to its audit log.

    :param action: what was done, such as `console: API user added`.
    """
    address = remote_address(request.environ)
    record_operation(current_grid().audit, current_visitor().principal, address, action, now())


@contextmanager
def errors_to_form(form: Form, name: str) -> Iterator[None]:
    """Turn the refusal of a change into errors of a form's fields.

    :param name: the field of the name, for a name that is taken.
    """
    try:
        yield
    except reasons.NameTaken:
        form.add_error(name, _("That user name is already taken."))
    except reasons.BadParameters as reason:
        for problem in reason.problems:
            form.add_error(problem.field, problem.text)
