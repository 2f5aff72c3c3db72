"""SendGrid's apps of the account: which are on, what each does, and how it is set up."""

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, request

from legacygrid.console import operation_forms
from legacygrid.console.app_forms import EFFECTS, make_form, read_settings
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.pages import (
    Page,
    current_account,
    flash_and_redirect,
    for_owners,
    render,
)
from legacygrid.grid import current_grid
from legacygrid.models import apps
from legacygrid.models.apps import AppSetting
from legacygrid.serializers.sendgrid.app_kinds import BY_NAME, DKIM, KINDS, AppKind

blueprint = Blueprint("apps", __name__)
_SET_UP = "/api/filter.setup"
#: The calls that switch an app off and on.
_SWITCHES = {"off": "/api/filter.deactivate", "on": "/api/filter.activate"}
_TURNED: Mapping[str, Callable[[AppKind], str]] = {
    "off": lambda kind: _l("%(app)s is off.", app=_l(kind.title)),
    "on": lambda kind: _l("%(app)s is on.", app=_l(kind.title)),
}


def list_apps() -> list[tuple[AppKind, bool, str]]:
    """The apps, whether the account has each on, and what it does."""
    with current_grid().store.reading():
        found = apps.read(current_account())
    return [(kind, _is_on(kind, found.get(kind.name)), EFFECTS[kind.name]) for kind in KINDS]


def _is_on(kind: AppKind, setting: AppSetting | None) -> bool:
    return kind.name == DKIM or (setting is not None and setting.active)


def _find_kind(name: str) -> AppKind:
    if name not in BY_NAME:
        abort(404)
    return BY_NAME[name]


@blueprint.post("/account/apps/<name>/switch")
@for_owners
def switch(name: str) -> Page:
    """Switch an app on or off."""
    kind, to = _find_kind(name), request.form.get("to", "")
    if to not in _SWITCHES:
        abort(400)
    if kind.name == DKIM and to == "off":
        abort(403)
    ready = operation_forms.find_task(_SWITCHES[to])
    operation_forms.run_task(ready, {"name": kind.name}, caller=current_account())
    back = "account.apps.show" if "page" in request.args else "account.show"
    values = {"name": kind.name} if "page" in request.args else {"_anchor": "apps"}
    return flash_and_redirect(_TURNED[to](kind), back, **values)


@blueprint.route("/account/apps/<name>", methods=["GET", "POST"])
@for_owners
def show(name: str) -> Page:
    """An app: what it does, and how it is set up."""
    kind, account = _find_kind(name), current_account()
    with current_grid().store.reading():
        setting = apps.read(account).get(kind.name, AppSetting())
    form = make_form(kind, setting.settings)
    if request.method == "POST" and kind.settings:
        ready = operation_forms.find_task(_SET_UP)
        sent = read_settings(form, setting.settings)
        params = operation_forms.read_params(form, ready, sent, name=kind.name)
        if params is not None and not form.errors:
            operation_forms.run_task_of(form, ready, params, caller=account)
        if not form.errors:
            return flash_and_redirect(
                _l("%(app)s was set up.", app=_l(kind.title)), ".show", name=kind.name
            )
    return render(
        "app.html",
        form,
        kind=kind,
        is_on=_is_on(kind, setting),
        is_fixed=kind.name == DKIM,
        effect=EFFECTS[kind.name],
    )
