"""Forms and their fields, as people see them. The rules of the calls (`serializers`) say what is
wrong with them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field, PasswordField, StringField, TextAreaField
from wtforms.widgets import html_params

from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.languages import lazy_pgettext
from legacygrid.wsgi.callback_urls import is_masked, mask_url


class Form(FlaskForm):  # type: ignore[misc]
    """A form with a token against forgery (CSRF)."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How a form is read."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The fields of the request, unless others are given; no files, no JSON."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form or None

    def add_error(self, name: str, *texts: str) -> None:
        """Add errors to a field; above all fields, if the form has none of that name."""
        if name in self:
            field: Field = self[name]
            field.errors = [*field.errors, *texts]
        else:
            self.form_errors.extend(texts)

    def add_errors(self, errors: Mapping[str, Iterable[str]]) -> bool:
        """The same for several fields; whether there was an error."""
        for name, texts in errors.items():
            self.add_error(name, *texts)
        return any(map(list, errors.values()))

    def add_settings_errors(self, errors: Mapping[str, Iterable[str]]) -> None:
        """The same for settings: a phrase, as the errors of a seed are, becomes a sentence."""
        for name, texts in errors.items():
            label = self[name].label.text if name in self else name
            self.add_error(
                name, *(text if text[:1].isupper() else f"{label} {text}." for text in texts)
            )


class TextField(StringField):
    """A line of text as it was sent, with the spaces around it.

    :param autocomplete: the value of HTML's attribute.
    """

    def __init__(
        self, label: str, description: str = "", autocomplete: str = "off", **more: Any
    ) -> None:
        more.setdefault("render_kw", {})
        more["render_kw"] = {
            "autocomplete": autocomplete,
            "spellcheck": "false",
            **more["render_kw"],
        }
        super().__init__(label, description=description, **more)


class LinesField(TextAreaField):
    """A text of several lines, whose ends are LF."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Browsers send CR LF."""
        super().process_formdata([text.replace("\r\n", "\n") for text in valuelist])


class SecretField(PasswordField):
    """A password or key, which a page never shows again.

    :param autocomplete: `new-password` for a new one, `current-password` for a check.
    """

    def __init__(
        self, label: str, description: str = "", autocomplete: str = "new-password", **more: Any
    ) -> None:
        super().__init__(
            label, description=description, render_kw={"autocomplete": autocomplete}, **more
        )


class UrlField(TextField):
    """Where something is posted to. A name and a password in it are never shown: `***` stands for
    them, and stays for them if nothing else is changed.
    """

    def unmask(self, stored: str) -> str:
        """The URL that is meant.

        :param stored: the one that is set.
        """
        text = str(self.data or "")
        if text == mask_url(stored):
            return stored
        if is_masked(text):
            anew = _("Enter the name and the password anew, or leave the URL as it was.")
            self.errors = [*self.errors, anew]
        return text

    def _value(self) -> str:
        """What is shown."""
        return mask_url(str(self.data or ""))


class ChoiceField(StringField):
    """One of some values. Other values are left to the rules of the call.

    :param choices: the text of each value.
    """

    def __init__(
        self,
        label: str,
        description: str = "",
        choices: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(label, description=description, **more)
        self.choices = choices or {}

    @staticmethod
    def widget(field: "ChoiceField", **attributes: Any) -> Markup:
        """The element, with its options."""
        options = Markup("").join(
            _element("option", text, value=value, selected=value == (field.data or ""))
            for value, text in field.choices.items()
        )
        return _element("select", options, id=field.id, name=field.name, **attributes)


def _element(tag: str, content: str, /, **attributes: Any) -> Markup:
    # `html_params` escapes the values.
    start = Markup(f"<{tag} {html_params(**attributes)}>")  # noqa: S704
    return start + content + Markup(f"</{tag}>")  # noqa: S704


class ProofForm(Form):
    """The visitor's password, before something is deleted."""

    password = SecretField(
        _l("Your password"),
        _l("The password that you logged in with."),
        autocomplete="current-password",
    )


class ProfileForm(Form):
    """The profile of an account, by the names of the profile calls."""

    first_name = TextField(_l("First name"))
    last_name = TextField(_l("Last name"))
    company = TextField(_l("Company"))
    address = TextField(lazy_pgettext("profile", "Address"))
    address2 = TextField(_l("Address, second line"))
    city = TextField(_l("City"))
    state = TextField(lazy_pgettext("profile", "State"))
    zip = TextField(_l("Zip"))
    country = TextField(_l("Country"))
    phone = TextField(_l("Phone"))
    website = TextField(_l("Website"))
