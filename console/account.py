"""The account's own settings: for its owner alone."""

from flask import Blueprint, abort, request, url_for

from legacygrid.console import account_forms as forms
from legacygrid.console import apps, operation_forms, pages
from legacygrid.console.forms import Form
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.languages import pgettext
from legacygrid.console.login import check_password, renew_session
from legacygrid.console.pages import (
    Page,
    audit,
    current_account,
    flash_and_redirect,
    for_owners,
    for_primaries,
    now,
)
from legacygrid.grid import current_grid
from legacygrid.models.account import PROFILE
from legacygrid.models.lookup import name_of
from legacygrid.models.mail_domain import MailDomain
from legacygrid.registry.routes import ReadyTask
from legacygrid.serializers import login_rules
from legacygrid.serializers.parameters import label

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@for_owners
def show() -> Page:
    """The account and its settings."""
    account = current_account()
    with current_grid().store.reading():
        domains = MailDomain.all_of(account) if account.is_primary else []
        parent = name_of(account.parent_id) if account.parent_id else ""
    profile = [
        (pgettext("profile", label(name)), value)
        for name in PROFILE
        if (value := getattr(account, name))
    ]
    return pages.render(
        "account.html",
        account=account,
        parent=parent,
        profile=profile,
        domains=domains,
        apps=apps.list_apps(),
    )


@blueprint.route(f"/account/<any({', '.join(forms.CHANGES)}):what>", methods=["GET", "POST"])
@for_owners
def change(what: str) -> Page:
    """Change one of the settings that a call changes, too."""
    kind = forms.CHANGES[what]
    ready = operation_forms.find_task(kind.call)
    form = operation_forms.describe_fields(
        kind.form(data=current_account().record._asdict()), ready
    )
    if request.method == "POST" and _apply(kind, form, ready):
        return flash_and_redirect(kind.message, ".show")
    return _form(form, kind.title)


def _apply(kind: forms.AccountChange, form: Form, ready: ReadyTask) -> bool:
    """Change it; false if something is wrong, which the fields say then."""
    params = operation_forms.read_params(form, ready, request.form)
    is_proven = "old_password" not in form or check_password(form, "old_password")
    if params is None or not is_proven:
        return False
    if not operation_forms.run_task_of(form, ready, params, caller=current_account()):
        return False
    if kind.is_login:
        audit(f"console: {kind.what} of the account changed")
        renew_session(params.get("username", current_account().username))
    return True


@blueprint.route("/account/mail-domains/add", methods=["GET", "POST"])
@for_primaries
def add_domain() -> Page:
    """Add a mail domain."""
    form = forms.DomainForm()
    if request.method == "POST":
        domain = form.domain.data or ""
        form.add_error("domain", *login_rules.wrong_mail_domain(domain))
        if not form.errors:
            with current_grid().store.writing(now()):
                MailDomain.add(current_account(), domain)
            return flash_and_redirect(
                _l("The mail domain %(domain)s was added.", domain=domain), ".show"
            )
    return _form(form, _("Add a mail domain"), button=_("Add"))


@blueprint.route("/account/mail-domains/<number>/remove", methods=["GET", "POST"])
@for_primaries
def remove_domain(number: str) -> Page:
    """Remove a mail domain."""
    with current_grid().store.reading():
        domain = MailDomain.find(current_account(), number)
    if domain is None:
        abort(404)
    if request.method == "GET":
        text = _("Subusers that use it will have no mail domain.")
        title = _("Delete %(name)s?", name=domain.domain)
        return _form(forms.RemovalForm(), title, text, _("Delete"), is_danger=True)
    with current_grid().store.writing(now()):
        MailDomain.remove(current_account(), domain.domain)
    text = _l("The mail domain %(domain)s was deleted.", domain=domain.domain)
    return flash_and_redirect(text, ".show")


def _form(
    form: Form, title: str, text: str = "", button: str = "", is_danger: bool = False
) -> Page:
    back = url_for(".show")
    return pages.render_form(
        form, title, back, text=text, button=button or _("Save"), is_danger=is_danger
    )
