"""The forms of SendGrid's apps, and what each app does to mail here."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, Field

from legacygrid.console.forms import ChoiceField, Form, LinesField, TextField, UrlField
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.serializers.parameters import label
from legacygrid.serializers.sendgrid.app_kinds import AppKind
from legacygrid.serializers.sendgrid.event_posts import VERSIONS
from legacygrid.wsgi.values import PhpArray

_NOTHING = _l("It changes nothing: what is set up is kept.")
#: By the name of the app.
EFFECTS: Mapping[str, str] = {
    "gravatar": _NOTHING,
    "clicktrack": _l("Links lead through the emulator; following one is a click."),
    "subscriptiontrack": _l("Mail gets links by which its reader unsubscribes."),
    "opentrack": _l("HTML ends with an invisible image; loading it is an open."),
    "footer": _l("Mail ends with the texts that are set up."),
    "spamcheck": _l(
        "Mail that has the test text GTUBE, or more than the highest score, is dropped."
    ),
    "ganalytics": _l("Links get the parameters that are set up."),
    "template": _l("HTML is put in the place of <% body %> in the HTML that is set up."),
    "domainkeys": _l("It signs nothing: what is set up is kept."),
    "bcc": _l("A copy of each mail goes to the address; it takes a credit."),
    "eventnotify": _l("What happens to mail is posted to the URL: the Event Webhook."),
    "seedlist": _NOTHING,
    "forwardspam": _l("Spam reports are mailed to the address."),
    "addresswhitelist": _l("No list keeps mail to these addresses and domains back."),
    "dkim": _l("It signs nothing: what is set up is kept. It cannot be switched off."),
}
LABELS = {
    "text/html": _l("HTML"),
    "text/plain": _l("Text"),
    "landing": _l("Page that follows, as HTML"),
    "replace": _l("Tag in the place of which the link stands"),
    "url": _l("URL"),
    "enable_text": _l("Links of the text, too"),
    "max_score": _l("Highest score"),
    "email": _l("Address"),
    "list": _l("Addresses and domains, one a line"),
    "batch": _l("Several events a post, where no version is set"),
    "use_from": _l("By the domain of From"),
}
_LINES = ("text/html", "text/plain", "landing", "list")
_EVENTS = (
    "processed", "dropped", "deferred", "delivered", "bounce", "click", "open", "unsubscribe",
    "spamreport", "subscribe", "group_unsubscribe", "group_resubscribe",
)  # fmt: skip
_FLAGS = ("enable_text", "use_from", "batch", *_EVENTS)


class AppForm(Form):
    """The settings of an app."""


def make_form(kind: AppKind, stored: Mapping[str, Any]) -> Form:
    """The form of an app, with its settings.

    :param stored: what was set up.
    """
    fields = {name: _make_field(name) for name in kind.settings}
    made: type[Form] = type("OneAppForm", (AppForm,), fields)
    return made(data={name: _shown(name, stored.get(name, "")) for name in kind.settings})


def _make_field(name: str) -> Field:
    text = LABELS.get(name) or _l(label(name))
    if name in _FLAGS:
        return BooleanField(text)
    if name in _LINES:
        return LinesField(text)
    if name == "url":
        return UrlField(text)
    if name == "version":
        return ChoiceField(
            text,
            choices={"": _l("1, or 2 in batches"), **dict(zip(VERSIONS, VERSIONS, strict=True))},
        )
    return TextField(text)


def _shown(name: str, value: Any) -> Any:
    if name in _FLAGS:
        return value not in ("", "0")
    return "\n".join(value) if isinstance(value, list) else value


def read_settings(form: Form, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as the call takes them: texts, and arrays of them.

    :param stored: what was set up before.
    """
    return {field.name: _read(field, stored) for field in form if field.name != "csrf_token"}


def _read(field: Field, stored: Mapping[str, Any]) -> Any:
    if isinstance(field, BooleanField):
        return "1" if field.data else "0"
    if isinstance(field, UrlField):
        return field.unmask(stored.get(field.name, ""))
    if field.name != "list":
        return field.data or ""
    texts = PhpArray()
    for line in (field.data or "").splitlines() or [""]:
        texts.put([""], line.strip())
    return texts
