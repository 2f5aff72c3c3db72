"""Where the events of an account, and the mail that comes in for it, are posted: for its owner
alone.
"""

from typing import Any

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField

from legacygrid.console import operation_forms
from legacygrid.console.forms import Form, TextField, UrlField
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.pages import (
    Page,
    current_account,
    flash_and_redirect,
    for_owners,
    now,
    render_form,
)
from legacygrid.grid import current_grid
from legacygrid.harness.webhooks import signing
from legacygrid.models import apps, parse_hosts
from legacygrid.models.account import Account
from legacygrid.models.apps import EVENTNOTIFY, AppSetting
from legacygrid.models.event_webhooks import FIRST, list_all, read_app
from legacygrid.models.parse_hosts import ParseHost
from legacygrid.models.queries import number_of
from legacygrid.serializers.sendgrid import event_posts

blueprint = Blueprint("webhook_settings", __name__)
_URL = "/api/eventposturl.{}"
_HOST = "/api/parse.{}"


class EventUrlForm(Form):
    """Where events are posted to."""

    url = UrlField(
        _l("URL"), _l("A name and a password in it are sent as HTTP Basic. Empty for none.")
    )


class HostForm(Form):
    """A hostname whose mail is posted, and how it is."""

    url = UrlField(_l("URL"))
    spam_check = BooleanField(_l("Tell how much the mail looks like spam"))
    send_raw = BooleanField(_l("Post the mail as it came, in the place of its parts"))


class NewHostForm(HostForm):
    """A new one."""

    hostname = TextField(_l("Hostname"), _l("Mail to any address there is posted."))


def read_settings(account: Account) -> dict[str, Any]:
    """What the page of the webhooks shows of the settings."""
    setting = apps.read(account).get(EVENTNOTIFY, AppSetting())
    key = apps.find_signing_key(account.id, EVENTNOTIFY)
    return {
        "is_on": setting.active,
        "event_url": setting.settings.get("url", ""),
        "version": event_posts.version_of(setting.settings),
        "public_key": signing.public_key(key) if key else "",
        "further": [each for each in list_all(account.id) if each.number != FIRST],
        "hosts": parse_hosts.of(account),
    }


@blueprint.route("/webhooks/url", methods=["GET", "POST"])
@for_owners
def change_url() -> Page:
    """Change where events are posted to."""
    account = current_account()
    with current_grid().store.reading():
        setting = apps.find(account.id, EVENTNOTIFY)
    stored = setting.settings.get("url", "") if setting else ""
    form = EventUrlForm(data={"url": stored})
    if request.method == "POST":
        url = form.url.unmask(stored)
        action, given = ("set", {"url": url}) if url else ("delete", {})
        if not form.errors and _run(form, _URL.format(action), given):
            return _back(_l("The URL of the Event Webhook was changed."))
    return _form(form, _("Event Webhook"))


@blueprint.post("/webhooks/signing")
@for_owners
def sign() -> Page:
    """Have events signed, or no longer."""
    to = request.form.get("to")
    if to not in ("on", "off"):
        abort(400)
    with current_grid().store.writing(now()):
        signing.switch(read_app(current_account().id), to == "on")
    is_on = _l("Signing of version 3 is on.")
    return _back(is_on if to == "on" else _l("Signing of version 3 is off."))


@blueprint.route("/webhooks/hosts/add", methods=["GET", "POST"])
@for_owners
def add_host() -> Page:
    """Have mail to a hostname posted."""
    form = NewHostForm()
    if request.method == "POST":
        url = form.url.unmask("")
        given = {**_read_flags(form), "hostname": form.hostname.data or "", "url": url}
        if not form.errors and _run(form, _HOST.format("set"), given):
            return _back(_l("Mail to %(host)s is posted from now on.", host=form.hostname.data))
    return _form(form, _("Parse Webhook"), button=_("Add"))


@blueprint.route("/webhooks/hosts/<number>", methods=["GET", "POST"])
@for_owners
def change_host(number: str) -> Page:
    """Change how mail to a hostname is posted."""
    host = _find_host(number)
    form = HostForm(data={name: getattr(host, name) for name in ("url", "spam_check", "send_raw")})
    if request.method == "POST":
        url = form.url.unmask(host.url)
        if not url:
            form.add_error("url", "Url is required")
        given = {**_read_flags(form), "url": url}
        if not form.errors and _run(form, _HOST.format("update"), given, hostname=host.hostname):
            return _back(_l("What is done with mail to %(host)s was changed.", host=host.hostname))
    return _form(form, _("Mail to %(host)s", host=host.hostname))


@blueprint.post("/webhooks/hosts/<number>/remove")
@for_owners
def remove_host(number: str) -> Page:
    """Stop posting mail to a hostname."""
    host = _find_host(number)
    _run(Form(), _HOST.format("delete"), {}, hostname=host.hostname)
    return _back(_l("Mail to %(host)s is not posted any more.", host=host.hostname))


def _find_host(number: str) -> ParseHost:
    with current_grid().store.reading():
        theirs = parse_hosts.of(current_account())
    found = [host for host in theirs if host.id == number_of(number)]
    return found[0] if found else abort(404)


def _read_flags(form: HostForm) -> dict[str, str]:
    flags = {"spam_check": form.spam_check.data, "send_raw": form.send_raw.data}
    return {name: "1" if is_on else "0" for name, is_on in flags.items()}


def _run(form: Form, path: str, given: dict[str, Any], **fixed: str) -> bool:
    """Do what a call does; false if it is refused, which the form says then."""
    ready = operation_forms.find_task(path)
    params = operation_forms.read_params(form, ready, given, **fixed)
    return params is not None and operation_forms.run_task_of(
        form, ready, params, caller=current_account()
    )


def _form(form: Form, title: str, button: str = "") -> Page:
    back = url_for("webhooks.index")
    return render_form(form, title, back, button=button or _("Save"))


def _back(text: str) -> Response:
    return flash_and_redirect(text, "webhooks.index")
