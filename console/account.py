"""The account's own settings: for its owner alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Blueprint, abort, request

from legacygrid.auth import Principal
from legacygrid.console import account_forms as forms
from legacygrid.console import asked, pages
from legacygrid.console.entrance import is_proven, visits
from legacygrid.console.forms import Form
from legacygrid.console.pages import (
    Page,
    done,
    for_owners,
    for_primaries,
    noted,
    now,
    refusing,
    the_account,
    the_grid,
    the_visitor,
    the_world,
)  # fmt: skip
from legacygrid.models import subusers
from legacygrid.models.account import PROFILE
from legacygrid.models.login import Login
from legacygrid.models.lookup import find_login, name_of
from legacygrid.models.mail_domain import MailDomain
from legacygrid.serializers import params, policies
from legacygrid.serializers.texts import label

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@for_owners
def shown() -> Page:
    """What is set of the account."""
    account = the_account()
    with the_grid().store.reading():
        domains = MailDomain.all_of(account) if account.is_primary else []
        parent = name_of(account.parent_id) if account.parent_id else ""
    profile = [(label(name), value) for name in PROFILE if (value := getattr(account, name))]
    return pages.shown("account.html", account=account, parent=parent, profile=profile, domains=domains)


@blueprint.route("/account/profile", methods=["GET", "POST"])
@for_owners
def profile() -> Page:
    """Change who the account is."""
    account = the_account()
    form = forms.ProfileForm(data=account.record._asdict())
    if request.method == "POST":
        given = asked.read(params.profile_fields(the_grid().profile), form)
        if not form.errors:
            with the_grid().store.writing(now()):
                account.change(**given)
            return done("The profile was changed.", ".shown")
    return _form(form, "Change the profile")


@blueprint.route("/account/email", methods=["GET", "POST"])
@for_owners
def email() -> Page:
    """Change the e-mail address."""
    account = the_account()
    form = forms.EmailForm(data={"email": account.email})
    if request.method == "POST":
        given = asked.read(params.new_email(the_grid().profile), form)
        if not form.errors:
            with the_grid().store.writing(now()):
                account.change(**given)
            return done("The e-mail address was changed.", ".shown")
    return _form(form, "Change the e-mail address")


@blueprint.route("/account/name", methods=["GET", "POST"])
@for_owners
def name() -> Page:
    """Change the name that the owner logs in by."""
    account = the_account()
    form = forms.NameForm(data={"username": account.username})
    if request.method == "POST":
        given = asked.read(params.new_name(the_grid().profile), form)
        if not form.errors and _renamed(form, given["username"]):
            noted("console: account renamed")
            return done(f"The account is called {given['username']} from now on.", ".shown")
    return _form(form, "Change the user name")


def _renamed(form: Form, new: str) -> bool:
    with refusing(form, "username"), _staying(new):
        subusers.rename(the_account(), new)
    return not form.errors


@blueprint.route("/account/password", methods=["GET", "POST"])
@for_owners
def password() -> Page:
    """Change the owner's password; all other sessions of theirs end."""
    form = forms.PasswordForm()
    if request.method == "POST":
        given = asked.read(params.new_password(the_grid().profile), form)
        if is_proven(form, "old_password") and not form.errors:
            hashed = given["password"].hashed(the_grid().secrets)
            with _staying(the_account().username):
                Login.owner_of(the_account()).change(secret=hashed)
            noted("console: password changed")
            return done("The password was changed. All other sessions have ended.", ".shown")
    return _form(form, "Change the password")


@contextmanager
def _staying(name: str) -> Iterator[None]:
    """A change of what lets the visitor in, which this session of theirs outlives, and no other does.

    :param name: that they log in by afterwards.
    """
    with the_grid().store.writing(now()):
        yield
        found = find_login(name, the_world())
    if found and found[1].id == the_account().id:
        visits().keep(replace(the_visitor(), principal=Principal(*found)))


@blueprint.route("/account/tracking", methods=["GET", "POST"])
@for_owners
def tracking() -> Page:
    """Change what is done to mail that does not say otherwise itself."""
    account = the_account()
    form = forms.TrackingForm(data={"open_tracking": account.open_tracking, "click_tracking": account.click_tracking})
    if request.method == "POST":
        switches = {"open_tracking": form.open_tracking.data, "click_tracking": form.click_tracking.data}
        with the_grid().store.writing(now()):
            account.change(**switches)
        return done("Tracking was changed.", ".shown")
    return _form(form, "Change tracking")


@blueprint.route("/account/mail-domains/add", methods=["GET", "POST"])
@for_primaries
def add_domain() -> Page:
    """Add a mail domain."""
    form = forms.DomainForm()
    if request.method == "POST":
        domain = form.domain.data or ""
        form.blame("domain", *policies.wrong_mail_domain(domain))
        if not form.errors:
            with the_grid().store.writing(now()):
                MailDomain.add(the_account(), domain)
            return done(f"The mail domain {domain} was added.", ".shown")
    return _form(form, "Add a mail domain", button="Add")


@blueprint.route("/account/mail-domains/<number>/remove", methods=["GET", "POST"])
@for_primaries
def remove_domain(number: str) -> Page:
    """Remove a mail domain."""
    with the_grid().store.reading():
        found = MailDomain.numbered(the_account(), number)
    if found is None:
        abort(404)
    if request.method == "GET":
        text = "Subusers that use it are left without a mail domain."
        return _form(forms.RemovalForm(), f"Remove {found.domain}?", text, "Remove", is_danger=True)
    with the_grid().store.writing(now()):
        MailDomain.remove(the_account(), found.domain)
    return done(f"The mail domain {found.domain} was removed.", ".shown")


def _form(form: Form, title: str, text: str = "", button: str = "Save", is_danger: bool = False) -> Page:
    fields = [field for field in form if field.name != "csrf_token"]
    more = {"title": title, "text": text, "button": button, "is_danger": is_danger}
    return pages.shown("account_form.html", form, fields=fields, **more)
