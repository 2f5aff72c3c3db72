"""What the calls of the wire ask of a value, asked of a form."""

from typing import Any

from marshmallow import Schema, ValidationError

from legacygrid.console.forms import Form
from legacygrid.serializers.params import Params
from legacygrid.serializers.texts import flat
from legacygrid.values import Unreadable, unwritable


def read(params: Params, form: Form) -> dict[str, Any]:
    """The fields of a form as a call of these parameters reads them; what is wrong is said at them."""
    schema = Schema.from_dict(dict(params))()
    loaded: dict[str, Any] = {}
    try:
        loaded = schema.load({name: _sent(form[name].data or "") for name in params})
    except ValidationError as error:
        messages: Any = error.messages
        form.blame_all({name: list(flat(texts)) for name, texts in messages.items()})
    return loaded


def _sent(text: str) -> str | Unreadable:
    wrong = unwritable(text)
    return Unreadable(wrong) if wrong else text
