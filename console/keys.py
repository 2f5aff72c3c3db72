"""API keys: made and shown once, or registered as a client has them already, and removed.

A key acts as the owner, so only the owner has this page.
"""

from typing import Any

from flask import Blueprint, abort, request, url_for
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from legacygrid import reasons
from legacygrid.console.forms import Form, LinesField, SecretField, TextField
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.pages import (
    Page,
    audit,
    current_account,
    flash_and_redirect,
    for_owners,
    now,
    render,
)
from legacygrid.grid import current_grid
from legacygrid.models.api_key import ApiKey
from legacygrid.models.queries import number_of
from legacygrid.registry.system import System
from legacygrid.serializers.seeds import wrong_key
from legacygrid.serializers.sendgrid_v3.scopes import are_scopes

blueprint = Blueprint("keys", __name__)
#: Keys of a page.
PAGE = 50
#: The choice of a key that is registered.
_OWN = "own"


def _find_kinds() -> dict[str, System]:
    """The systems that have keys, by name."""
    return {system.name: system for system in current_grid().systems if system.keys}


class KeyForm(Form):
    """A new key."""

    label = TextField(_l("Label"), _l("What the key is for."))
    kind = RadioField(_l("Key"))
    key = SecretField(
        _l("Key of the client"),
        _l("6 to 128 printable characters; only to register a key."),
        autocomplete="off",
    )
    calls = LinesField(
        _l("Endpoints or scopes"),
        description=_l(
            "What the key may call, one per line, such as /email/send, mail.send or the "
            "scope user.profile.read. Leave it empty for everything."
        ),
    )

    def __init__(self) -> None:
        kinds = _find_kinds()
        super().__init__(data={"kind": next(iter(kinds))})
        self.kind.choices = [
            *(
                SelectChoice(
                    name,
                    _(
                        "make %(key)s: %(looks)s",
                        key=_(system.keys.noun),
                        looks=_(system.keys.looks),
                    ),
                )
                for name, system in kinds.items()
                if system.keys
            ),
            SelectChoice(_OWN, _("register a key that a client already has")),
        ]

    @property
    def system(self) -> System | None:
        """Whose key is made; none where one is registered."""
        return _find_kinds().get(self.kind.data)

    def entry(self) -> dict[str, Any]:
        """The key, as an entry of a seed."""
        keys = self.system.keys if self.system else None
        lines = list(filter(None, map(str.strip, (self.calls.data or "").split("\n"))))
        key = keys.make() if keys else self.key.data or ""
        return {"label": self.label.data or "", "key": key} | ({"calls": lines} if lines else {})

    def check_kind(self) -> None:
        """Add an error if it is not clear whether a key is to be made."""
        if self.system is None and self.kind.data != _OWN:
            self.add_error("kind", _("Choose one of these."))
        elif self.kind.data != _OWN and self.key.data:
            self.add_error(
                "key", _("Choose to register a key, or leave this empty to have one made.")
            )


@blueprint.get("/keys")
@for_owners
def index() -> Page:
    """The account's keys."""
    after = number_of(request.args.get("after", ""))
    with current_grid().store.reading():
        keys = ApiKey.after(current_account(), after, PAGE + 1)
    following = url_for(".index", after=keys[PAGE - 1].id) if len(keys) > PAGE else None
    return render(
        "keys.html",
        keys=keys[:PAGE],
        are_scopes=are_scopes,
        first=url_for(".index") if after else None,
        following=following,
    )


@blueprint.route("/keys/add", methods=["GET", "POST"])
@for_owners
def add() -> Page:
    """Add a key; show it once if it was made."""
    form = KeyForm()
    if request.method == "POST":
        form.check_kind()
        entry = form.entry()
        if not form.add_errors(wrong_key(entry)) and not form.errors and _register(form, entry):
            audit("console: key added")
            if form.kind.data == _OWN:
                return flash_and_redirect(_l("The key was registered."), ".index")
            return render(
                "key_made.html", label=entry["label"], key=entry["key"], system=form.system
            )
    return render("key.html", form)


def _register(form: KeyForm, entry: dict[str, Any]) -> bool:
    with current_grid().store.writing(now()):
        try:
            ApiKey.register(current_account(), entry["key"], entry["label"], entry.get("calls"))
        except reasons.NameTaken:
            form.add_error("key", _("That key is already registered."))
    return not form.errors


@blueprint.route("/keys/<number>/remove", methods=["GET", "POST"])
@for_owners
def remove(number: str) -> Page:
    """Remove a key; clients cannot use it from then on, by HTTP or SMTP."""
    with current_grid().store.reading():
        key = ApiKey.find(current_account(), number)
    if key is None:
        abort(404)
    if request.method == "GET":
        return render("key_remove.html", key=key)
    with current_grid().store.writing(now()):
        key.delete_instance()
    audit("console: key removed")
    return flash_and_redirect(
        _l("The key %(name)s was deleted.", name=key.label or key.id), ".index"
    )
