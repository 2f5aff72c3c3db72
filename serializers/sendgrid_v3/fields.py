"""The kinds of parameters of SendGrid's v3: values of a JSON body, each of one type; of a query,
and of a path, what their texts stand for.
"""

from legacygrid.serializers import json_fields
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.sendgrid_v3.messages import MESSAGES


class BodyText(json_fields.String):
    """A text."""

    messages = MESSAGES


class BodyFlag(json_fields.Boolean):
    """True or false."""

    messages = MESSAGES


class BodyInteger(json_fields.Integer):
    """A whole number between two others."""

    messages = MESSAGES


class BodyList(json_fields.Array):
    """Values in order."""

    messages = MESSAGES


class PathText(BodyText):
    """A text in a path."""


class QueryText(BodyText):
    """A text of a query."""


class QueryFlag(QueryText):
    """True or false, of a query."""

    def read(self, name: str, value: str) -> bool:
        """The value."""
        if value not in ("true", "false"):
            raise self.error("boolean", name)
        return value == "true"

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "string", "enum": ["true", "false"]}

    def rule(self) -> str:
        """What is taken."""
        return "true or false"


class QueryInteger(QueryText):
    """A whole number of a query, between two others."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__()
        self.least, self.most = least, most

    def read(self, name: str, value: str) -> int:
        """The number."""
        is_number = value.isascii() and value.isdigit() and len(value) < 19
        if not is_number or not self.least <= int(value) <= self.most:
            raise self.error("range", name, least=self.least, most=self.most)
        return int(value)

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def rule(self) -> str:
        """Its range."""
        return f"an integer, {self.least} to {self.most}"
