"""SMTP users: logins of SMTP2GO, each with settings of its own."""

from dataclasses import dataclass

from flask import Blueprint, request, url_for

from legacygrid.console import formats
from legacygrid.console.forms import ProofForm
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.login import check_password
from legacygrid.console.pages import (
    Page,
    audit,
    current_account,
    current_world,
    errors_to_form,
    flash_and_redirect,
    for_managers,
    now,
    render,
)
from legacygrid.console.smtp_user_forms import NewSmtpUserForm, SmtpUserEditForm, SmtpUserForm
from legacygrid.grid import current_grid
from legacygrid.models import credentials, smtp_users
from legacygrid.models.login import Login
from legacygrid.models.queries import number_of
from legacygrid.models.settings import ALLOWED, BLOCKED, SANDBOX, SMTP2GO, SmtpUser
from legacygrid.serializers.login_kinds import SecretHolder
from legacygrid.serializers.smtp2go.login_rules import make_password
from legacygrid.serializers.smtp2go.logins import LOGINS

blueprint = Blueprint("smtp_users", __name__)
#: SMTP users of a page.
PAGE = 50
#: Which colour a status has.
_STATES = {ALLOWED: "on", BLOCKED: "off", SANDBOX: "sandboxed"}


@dataclass(frozen=True)
class SettingRow:
    """One SMTP user of the list."""

    login: Login

    @property
    def settings(self) -> SmtpUser:
        """What is set of it."""
        return smtp_users.settings(self.login)

    @property
    def state(self) -> str:
        """How its status looks."""
        return _STATES[self.settings.status]

    @property
    def limit(self) -> str:
        """How much it may send, in words."""
        if self.settings.limit is None:
            is_on = self.settings.custom_ratelimit
            return _("on, without a number or a period") if is_on else _("no limit")
        count, period = formats.number(self.settings.limit[0]), self.settings.limit_period
        if period.isdigit():
            return _("%(count)s in %(seconds)s seconds", count=count, seconds=period)
        return _("%(count)s in %(period)s", count=count, period=period)


@blueprint.get("/smtp-users")
@for_managers
def index() -> Page:
    """The account's SMTP users."""
    after = number_of(request.args.get("after", ""))
    with current_grid().store.reading():
        logins = smtp_users.list_after(current_account(), after, PAGE + 1)
    rows = [SettingRow(login) for login in logins[:PAGE]]
    following = url_for(".index", after=rows[-1].login.number) if len(logins) > PAGE else None
    return render(
        "smtp_users.html",
        rows=rows,
        first=url_for(".index") if after else None,
        following=following,
    )


@blueprint.route("/smtp-users/add", methods=["GET", "POST"])
@for_managers
def add() -> Page:
    """Add an SMTP user."""
    form = NewSmtpUserForm(data=NewSmtpUserForm.values(LOGINS.blank()))
    if request.method == "POST":
        name, given = form.username.data or "", form.email_password.data or ""
        secret = given or make_password()
        form.add_error("username", *LOGINS.wrong_name(name))
        _check(form, secret, name)
        if not form.errors and _add(form, name, secret):
            return _finish(name, "" if given else secret, is_new=True)
    return render("smtp_user.html", form, login=None)


def _add(form: NewSmtpUserForm, name: str, secret: str) -> bool:
    entry, grid = form.entry(), current_grid()
    hashed = grid.secrets.hash(secret)
    entry["settings"]["email_password"] = grid.stored_password(secret)
    with errors_to_form(form, "username"), grid.store.writing(now()):
        credentials.enter(current_account(), name, hashed, SMTP2GO, entry)
    return not form.errors


@blueprint.route("/smtp-users/<number>", methods=["GET", "POST"])
@for_managers
def edit(number: str) -> Page:
    """Change an SMTP user."""
    login = _find_user(number)
    form = SmtpUserEditForm(data=SmtpUserEditForm.values(login))
    if request.method == "POST":
        given = form.email_password.data or ""
        secret = (given or make_password()) if form.changes_password.data else ""
        _check(form, secret, login.name)
        if not form.errors:
            _save(form, number, secret)
            return _finish(login.name, "" if given else secret, is_new=False)
    return render("smtp_user.html", form, login=login)


def _save(form: SmtpUserEditForm, number: str, secret: str) -> None:
    entry, grid = form.entry(), current_grid()
    columns = {"secret": grid.secrets.hash(secret)} if secret else {}
    if secret:
        entry["settings"]["email_password"] = grid.stored_password(secret)
    with grid.store.writing(now()):
        login = smtp_users.find_numbered(current_account(), number)
        credentials.edit(login, entry)
        login.change(**columns)


def _check(form: SmtpUserForm, secret: str, name: str) -> None:
    """Write at each field what is wrong with the settings, and with a new password."""
    form.check()
    if secret:
        holder = SecretHolder(name, current_account(), current_grid().profile)
        form.add_error("email_password", *LOGINS.wrong_secret(secret, holder))


def _finish(name: str, made: str, *, is_new: bool) -> Page:
    """Show the list, or the password that was made, which no other page shows."""
    audit(f"console: SMTP user {'added' if is_new else 'changed'}")
    if not made:
        added = _l("The SMTP user %(name)s was added.", name=name)
        changed = _l("The SMTP user %(name)s was changed.", name=name)
        return flash_and_redirect(added if is_new else changed, ".index")
    world = current_world()
    log_in = f"~{world}/{name}" if world else name
    return render(
        "smtp_user_made.html",
        name=name,
        is_new=is_new,
        secret=made,
        log_in=log_in,
        smtp=current_grid().listeners.get("smtp"),
    )


@blueprint.route("/smtp-users/<number>/remove", methods=["GET", "POST"])
@for_managers
def remove(number: str) -> Page:
    """Remove an SMTP user; the visitor has to give their password."""
    login, form = _find_user(number), ProofForm()
    if request.method == "POST" and check_password(form):
        with current_grid().store.writing(now()):
            smtp_users.find_numbered(current_account(), number).delete_instance()
        audit("console: SMTP user removed")
        return flash_and_redirect(
            _l("The SMTP user %(name)s was deleted.", name=login.name), ".index"
        )
    return render("smtp_user_remove.html", form, login=login)


def _find_user(number: str) -> Login:
    with current_grid().store.reading():
        return smtp_users.find_numbered(current_account(), number)
