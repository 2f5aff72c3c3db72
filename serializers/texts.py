"""Parameters of forms: texts, as SendGrid's calls have them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from marshmallow import ValidationError, missing

from legacygrid.registry.evidence import Sentence
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.parameters import ParameterField
from legacygrid.serializers.sendgrid.messages import MESSAGES
from legacygrid.wsgi.values import Unreadable, find_unreadable


class Text(ParameterField):
    """A text of up to `limit` characters.

    At add, empty is missing; at set, empty clears. Arrays, and bytes that are no text, are refused
    by name.
    """

    messages: ClassVar[Mapping[str, Sentence]] = MESSAGES

    def __init__(
        self, limit: int | None = None, *, required: bool = False, allow_none: bool = False
    ) -> None:
        super().__init__(required=required, allow_none=allow_none)
        self.limit = limit

    def is_absent(self, value: Any) -> bool:
        """Whether it is missing; an empty one is, too, where one is required."""
        return value is missing or (self.required and value == "")

    def decode(self, name: str, value: Any) -> Any:
        """The text of a single field."""
        return self.plain(name, value)

    def read(self, name: str, text: Any) -> Any:
        """The text as given, if it is not too long."""
        if self.limit is not None and len(text) > self.limit:
            raise self.error("long", name, limit=self.limit)
        return text

    def suits(self, texts: Sequence[str]) -> bool:
        """Whether all of these texts, none of which has a line's end, are read as they are; false
        where that does not show at a glance.
        """
        is_plain = type(self).read is Text.read and not self.required
        return is_plain and (self.limit is None or max(map(len, texts)) <= self.limit)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", **self._lengths()}

    def _lengths(self) -> JsonSchema:
        least: JsonSchema = {"minLength": 1} if self.required else {}
        return least | ({"maxLength": self.limit} if self.limit else {})

    def rule(self) -> str:
        """What the manual's table would say of it."""
        return f"up to {self.limit} characters" if self.limit else "any text"

    def readable(self, name: str, value: Any) -> None:
        """Nothing of the value is other than text.

        :raises ValidationError: something is.
        """
        if found := find_unreadable(value):
            raise self.unreadable(name, found)

    def unreadable(self, name: str, found: Unreadable) -> ValidationError:
        """The error of a value that is no text."""
        return self.error("unreadable", name, why=found.why)

    def plain(self, name: str, value: Any) -> str:
        """The text of a single field.

        :raises ValidationError: it is an array, or cannot be read.
        """
        self.readable(name, value)
        if not isinstance(value, str):
            raise self.error("single", name)
        return value
