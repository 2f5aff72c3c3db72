"""Parameters that are texts: what the fields of SendGrid's calls share, and how what is wrong with
them is worded.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, missing

from legacygrid.serializers.evidence import CASSETTES_2013, Evidence, recorded
from legacygrid.wsgi.values import unreadable


def label(name: str) -> str:
    """A parameter's name as the recorded text has it: `Username`, `First name`."""
    return name[:1].upper() + name[1:].replace("_", " ")


def flat(messages: Any) -> Iterator[str]:
    """The texts of what marshmallow says of one field."""
    if isinstance(messages, str):
        yield messages
    elif isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from (text if isinstance(key, int) else f"{key}: {text}" for text in flat(inner))
    else:
        for inner in messages:
            yield from flat(inner)


class Text(fields.Field[str]):
    """A text of up to `limit` characters.

    At add, empty is missing; at set, empty clears. Arrays, and bytes that are no text, are refused
    by name.
    """

    default_error_messages = {
        "required": "{label} is required",
        "long": "{label} can only be up to {limit} characters.",
    }

    #: Whether a journal may show what was sent.
    is_shown = True
    #: How well the texts are known; those that are not named here are inferred.
    known: ClassVar[Mapping[str, Evidence]] = {"required": recorded(CASSETTES_2013)}

    def __init__(self, limit: int | None = None, *, required: bool = False) -> None:
        super().__init__(required=required)
        self.limit = limit

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """The error of that key, with the parameter's name as people read it."""
        return super().make_error(key, label=label(str(self.name)), limit=self.limit, **kwargs)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The value of a form field, or of a seed."""
        if not self.required and value is missing:
            return missing
        if value == "" and self.required:
            raise self.make_error("required")
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return self.read(plain(str(self.name), value))

    def read(self, text: str) -> Any:
        """What becomes of the text.

        :raises ValidationError: it does not fit.
        """
        if self.limit is not None and len(text) > self.limit:
            raise self.make_error("long")
        return text

    def rule(self) -> str:
        """What the manual's table would say of it."""
        return f"up to {self.limit} characters" if self.limit else "any text"


def readable(name: str, value: Any) -> None:
    """Nothing of the value is other than text.

    :raises ValidationError: something is.
    """
    if found := unreadable(value):
        raise ValidationError(f"{label(name)} {found.why}")


def plain(name: str, value: Any) -> str:
    """The text of a single field.

    :raises ValidationError: it is an array, or cannot be read.
    """
    readable(name, value)
    if not isinstance(value, str):
        raise ValidationError(f"{label(name)} can only be a single text")
    return value
