"""The form that tries one task of an operation, and the call that it describes."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode

from marshmallow.fields import Field
from wtforms import Field as FormField
from wtforms import SelectField, TextAreaField

from legacygrid.console.forms import Form, SecretField, TextField
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.login import check_password
from legacygrid.console.wsgi_client import CallRequest
from legacygrid.registry import spelling
from legacygrid.registry.conventions import JSON
from legacygrid.registry.fidelity import rule
from legacygrid.registry.path_templates import NUMBER
from legacygrid.registry.routes import ReadyTask, Route
from legacygrid.serializers.cmc.mail import UploadedFile
from legacygrid.serializers.dotmailer.params import Box
from legacygrid.serializers.json_fields import Array, Boolean, Object, String
from legacygrid.serializers.texts import Text
from legacygrid.wsgi import forms, rest

#: In front of the parameter's name, the name of its field in the form.
PARAMETER = "parameter-"
#: Operations that need the password here, too, as the account's page asks for it.
PROVEN = frozenset({"password.set"})
_NUMBER = re.compile(r"-?\d{1,19}", re.ASCII)
_FURTHER_HINT = _l(
    "One per line, as NAME=VALUE: parameters that are not above, arrays such as "
    "to[]=ada@example.com, and empty values."
)


class AreaField(TextAreaField):
    """A text of several lines."""


def make_form(route: Route, ready: ReadyTask, data: Mapping[str, Any] | None = None) -> Form:
    """The form of a task, with what was sent, or else with the data.

    :param data: by the names of the form's fields.
    """
    kind: type[Form] = type("CallForm", (Form,), dict(_make_fields(route, ready)))
    return kind(data=data)


def _make_fields(route: Route, ready: ReadyTask) -> Iterator[tuple[str, Any]]:
    if route.conventions.formats:
        yield (
            "format",
            SelectField(
                _("Format"),
                choices=_choices(*route.conventions.formats),
                default=route.conventions.formats[0],
            ),
        )
    if "number" in ready.wants:
        yield (
            "number",
            TextField(_("Number in the path"), _("The number of the account. Yours is filled in.")),
        )
    if wants_user(ready):
        yield f"{PARAMETER}user", TextField("user", _("required; a subuser of the caller"))
    for name, field in ready.schema.fields.items():
        if not isinstance(field, UploadedFile):
            yield PARAMETER + name, _make_field(name, field)
    if ready.operation.name in PROVEN:
        yield (
            "proof",
            SecretField(
                _("Your password"),
                _("The password that you log in with now."),
                autocomplete="current-password",
            ),
        )
    yield (
        "further",
        AreaField(
            _("Further parameters"), description=_FURTHER_HINT, render_kw={"spellcheck": "false"}
        ),
    )


def wants_user(ready: ReadyTask) -> bool:
    """Whether `user` names a subuser beside the task's parameters."""
    return "subuser" in ready.wants and "user" not in ready.schema.fields


def is_secret(name: str, field: Field[Any]) -> bool:
    """Whether it is a password, which no page fills in."""
    return "password" in name and not getattr(field, "is_shown", False)


def _make_field(name: str, field: Field[Any]) -> FormField:
    words = rule(field)
    if is_secret(name, field):
        return SecretField(name, words)
    if isinstance(field, Boolean | Box):
        return SelectField(
            name, description=words, choices=_choices("", "true", "false"), default=""
        )
    if (
        isinstance(field, Array | Object)
        or not getattr(field, "is_shown", False)
        or name in ("text", "html")
    ):
        return AreaField(name, description=words, render_kw={"spellcheck": "false"})
    return TextField(name, words)


def _choices(*values: str) -> Any:
    # The types of WTForms know pairs alone, and of these WTForms itself warns.
    return list(values)


def example_data(ready: ReadyTask, number: int) -> dict[str, str]:
    """The operation's example as data of the form, without passwords.

    :param number: of the visitor's account.
    """
    values = {
        PARAMETER + name: spelling.as_text(value)
        for name, value in ready.task.contract.example.items()
        if name not in ready.schema.fields or not is_secret(name, ready.schema.fields[name])
    }
    return {"number": str(number), **values}


def read_call(route: Route, ready: ReadyTask, form: Form) -> CallRequest | None:
    """The call that the form describes; none if something is wrong, which its fields say then."""
    form.validate()
    number = form["number"].data or "" if "number" in form else ""
    if "number" in form and not _NUMBER.fullmatch(number):
        form.add_error("number", _("Enter a whole number."))
    lines = [line for line in (form["further"].data or "").splitlines() if line]
    if any("=" not in line.lstrip("=") for line in lines):
        form.add_error("further", _("Enter each line as NAME=VALUE."))
    if form.errors or ("proof" in form and not check_password(form, "proof")):
        return None
    values = {NUMBER: number, **dict(_find_values(form))}
    place = spelling.path(route, form["format"].data if "format" in form else "", values)
    for name in (NUMBER, *route.variables):
        values.pop(name, None)
    further = [(name, value) for name, _, value in (line.partition("=") for line in lines)]
    verb = spelling.verb(route, ready)
    if verb == "GET":
        return CallRequest(verb, place, query=urlencode([*values.items(), *further]))
    return CallRequest(verb, place, *_encode(route, ready, values, further))


def _find_values(form: Form) -> Iterator[tuple[str, str]]:
    """The parameters that are not empty."""
    for name in form.data:
        if name.startswith(PARAMETER) and form[name].data:
            yield name.removeprefix(PARAMETER), form[name].data


def _encode(
    route: Route, ready: ReadyTask, values: dict[str, str], further: list[tuple[str, str]]
) -> tuple[str, bytes]:
    """Content type and body."""
    if route.conventions.takes_json:
        members = {
            name: _to_json_value(ready.schema.fields.get(name), text)
            for name, text in (*values.items(), *further)
        }
        return (JSON, json.dumps(rest.to_document(members)).encode()) if members else ("", b"")
    task = {"task": ready.task.name} if spelling.names_task(ready) else {}
    fields = (*task.items(), *values.items(), *further)
    return forms.URLENCODED, "&".join(
        f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields
    ).encode()


def _to_json_value(field: Field[Any] | None, text: str) -> Any:
    """A value of a JSON object. What is not text is written as JSON; if it is not JSON either, the
    system refuses it.
    """
    if isinstance(field, String | Text):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
