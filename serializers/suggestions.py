"""Schemas that say, of a field that there is not, which one may be meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from marshmallow import RAISE, Schema, ValidationError


def suggest(name: Any, names: Iterable[str], form: str = "did you mean {!r}?") -> str:
    """The one of the names that may be meant; empty if none is near.

    :param form: of the sentence.
    """
    near = get_close_matches(str(name), names, 1, 0.7)
    return form.format(near[0]) if near else ""


class SuggestingSchema(Schema):
    """Refuses a field that it does not have, and names the nearest that it has."""

    class Meta:
        unknown = RAISE

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **kwargs: Any) -> None:
        """Complete what is said of unknown fields; marshmallow raises the error afterwards."""
        names = [each.data_key or name for name, each in self.fields.items()]
        unknown = [self.error_messages["unknown"]]
        messages: Any = error.messages
        for field, texts in messages.items():
            if field not in names and texts == unknown:
                messages[field] = [self.explain_unknown(field, names)]

    def explain_unknown(self, field: Any, names: list[str]) -> str:
        """What is said of a field that there is not."""
        text = self.error_messages["unknown"]
        return f"{text} {suggest(field, names, 'Did you mean {!r}?')}".rstrip()
