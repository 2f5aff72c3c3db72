"""Forms: fields as people see them. What is right and wrong, the rules of the wire say
(`serializers`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field, PasswordField, StringField, TextAreaField
from wtforms.widgets import html_params


class Form(FlaskForm):  # type: ignore[misc]
    """A form with its token against forgery."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Where a form is read from."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The texts that were sent, unless others are given; no field takes what a file or JSON
            would be.
            """
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form or None

    def add_error(self, name: str, *texts: str) -> None:
        """Say what is wrong at a field; of one that is not there, above all of them."""
        if name in self:
            field: Field = self[name]
            field.errors = [*field.errors, *texts]
        else:
            self.form_errors.extend(texts)

    def add_errors(self, wrong: Mapping[str, Iterable[str]]) -> bool:
        """The same for several; whether anything was wrong."""
        for name, texts in wrong.items():
            self.add_error(name, *texts)
        return any(map(list, wrong.values()))

    def add_settings_errors(self, wrong: Mapping[str, Iterable[str]]) -> None:
        """The same of settings, of which a seed says what is wrong in a phrase; at a field it is a
        sentence.
        """
        for name, texts in wrong.items():
            label = self[name].label.text if name in self else name
            self.add_error(
                name, *(text if text[:1].isupper() else f"{label} {text}." for text in texts)
            )


class TextField(StringField):
    """A line of text as it was sent; nothing is cut off at its ends.

    :param autocomplete: what a browser may fill in, by HTML's own words.
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
    """A text of several lines, with the ends of lines that it had before a browser showed it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Browsers send CR LF whatever they were given."""
        super().process_formdata([text.replace("\r\n", "\n") for text in valuelist])


class SecretField(PasswordField):
    """A password or key: it is never filled in again.

    :param autocomplete: `new-password` for one that is made, `current-password` for one that is
        proven.
    """

    def __init__(
        self, label: str, description: str = "", autocomplete: str = "new-password", **more: Any
    ) -> None:
        super().__init__(
            label, description=description, render_kw={"autocomplete": autocomplete}, **more
        )


class ChoiceField(StringField):
    """One of some values. What else is sent is told apart by the rules of the wire, as any text.

    :param choices: what each value is called.
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
            Markup("<option {}>{}</option>").format(
                Markup(html_params(value=value, selected=value == (field.data or ""))),  # noqa: S704 - escapes
                text,
            )
            for value, text in field.choices.items()
        )
        own = html_params(id=field.id, name=field.name, **attributes)
        return Markup("<select {}>{}</select>").format(Markup(own), options)  # noqa: S704 - the same


class ProofForm(Form):
    """Who deletes something proves who they are."""

    password = SecretField(
        "Your password", "The password that you logged in with.", autocomplete="current-password"
    )


class ProfileForm(Form):
    """Who an account is, by the names of the profile calls."""

    first_name = TextField("First name")
    last_name = TextField("Last name")
    company = TextField("Company")
    address = TextField("Address")
    address2 = TextField("Address, second line")
    city = TextField("City")
    state = TextField("State")
    zip = TextField("Zip")
    country = TextField("Country")
    phone = TextField("Phone")
    website = TextField("Website")
