"""Parameters in JSON: values of a kind each; none is turned into one of another kind."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, missing

from legacygrid.registry.evidence import Sentence
from legacygrid.serializers.json_types import JsonSchema, any_of, or_null, to_schema
from legacygrid.serializers.parameters import ParameterField
from legacygrid.serializers.smtp2go.messages import MESSAGES
from legacygrid.wsgi.values import Unreadable


def find_repeated(names: Iterable[str]) -> str | None:
    """The first of these names that is there a second time, in any case."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            return name
        seen.add(name.lower())
    return None


class JsonValue(ParameterField):
    """A value of one kind. `null` is as good as none.

    :param default: what `null` is read as, where it says something.
    """

    messages: ClassVar[Mapping[str, Sentence]] = MESSAGES
    #: What JSON makes of it, and how people call that.
    kinds: tuple[type, ...] = ()
    kind = ""

    def __init__(self, *, required: bool = False, default: Any = None) -> None:
        super().__init__(required=required)
        self.if_null = default

    def is_absent(self, value: Any) -> bool:
        """Whether it is missing; null is, too, where a value is required."""
        return value is missing or (self.required and value is None)

    def null(self, name: str) -> Any:
        """The default."""
        return self.if_null

    def decode(self, name: str, value: Any) -> Any:
        """The value, if it is of this kind."""
        if isinstance(value, Unreadable):
            raise self.error("unreadable", name, why=value.why)
        # JSON's true is no number, and Python's is one.
        is_other = isinstance(value, bool) and bool not in self.kinds
        if is_other or not isinstance(value, self.kinds):
            raise self.error("kind", name)
        return value

    def error(self, key: str, name: str, **values: Any) -> ValidationError:
        """The error with the message of that key, which may name the kind."""
        return super().error(key, name, kind=self.kind, **values)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        schema = self._not_null()
        return schema if self.required else or_null(schema)

    def _not_null(self) -> JsonSchema:
        """The same of a value that is there."""
        return any_of(map(to_schema, self.kinds))

    def rule(self) -> str:
        """What is taken, in words."""
        return self.kind


class String(JsonValue):
    """A text.

    :param limit: characters at most; none for as many as a body may have.
    """

    kinds = (str,)
    kind = "a string"

    def __init__(
        self, limit: int | None = None, *, required: bool = False, default: Any = None
    ) -> None:
        super().__init__(required=required, default=default)
        self.limit = limit

    def read(self, name: str, value: str) -> Any:
        """The text as given."""
        if self.limit is not None and len(value) > self.limit:
            raise self.error("long", name, limit=self.limit)
        if self.required and not value:
            raise self.error("required", name)
        return value

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        lengths = {"minLength": int(self.required), "maxLength": self.limit}
        return {"type": "string", **{name: length for name, length in lengths.items() if length}}

    def rule(self) -> str:
        """Its length."""
        return f"a string of up to {self.limit} characters" if self.limit else self.kind


class Boolean(JsonValue):
    """True or false."""

    kinds = (bool,)
    kind = "a boolean"


class Integer(JsonValue):
    """A whole number between two others."""

    kinds = (int,)
    kind = "an integer"

    def __init__(self, least: int, most: int, *, default: Any = None) -> None:
        super().__init__(default=default)
        self.least, self.most = least, most

    def read(self, name: str, value: int) -> int:
        """The number as given."""
        if not self.least <= value <= self.most:
            raise self.error("range", name, least=self.least, most=self.most)
        return value

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def rule(self) -> str:
        """Its range."""
        return f"an integer, {self.least} to {self.most}"


class Array(JsonValue):
    """Values in order, each of them a value by itself.

    :param inner: what each element is.
    :param most: elements at most; none for as many as a body may have.
    """

    kinds = (list,)
    kind = "an array"

    def __init__(
        self, inner: JsonValue, *, required: bool = False, most: int | None = None
    ) -> None:
        super().__init__(required=required)
        self.inner = inner
        self.most = most

    def read(self, name: str, value: list[Any]) -> list[Any]:
        """Its elements, as they are read."""
        if self.required and not value:
            raise self.error("required", name)
        if self.most is not None and len(value) > self.most:
            raise self.error("many", name, most=self.most)
        return [self._element(f"{name}[{number}]", each) for number, each in enumerate(value)]

    def _element(self, name: str, value: Any) -> Any:
        # Only a member can be left out by null.
        if value is None and not self.inner.required:
            raise self.inner.error("kind", name)
        return self.inner.load(name, value)

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        lengths = {"minItems": int(self.required), "maxItems": self.most}
        lengths = {name: length for name, length in lengths.items() if length}
        return {"type": "array", "items": self.inner.json_schema(), **lengths}

    def rule(self) -> str:
        """What its elements are."""
        up_to = f" of up to {self.most}" if self.most else ""
        return f"an array{up_to}, each {self.inner.rule()}"


class Object(JsonValue):
    """An object of a few members; others are refused."""

    kinds = (dict,)
    kind = "an object"

    def __init__(self, members: Mapping[str, JsonValue]) -> None:
        super().__init__()
        self.members = members

    def read(self, name: str, value: dict[str, Any]) -> Any:
        """Its members, as they are read."""
        for other in [name for name in value if name not in self.members]:
            raise self.error("unknown", name, other=other[:64].encode("unicode_escape").decode())
        values = {
            key: member.load(f"{name}.{key}", value.get(key))
            for key, member in self.members.items()
        }
        return {key: read for key, read in values.items() if read is not None}

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        members = {name: each.json_schema() for name, each in self.members.items()}
        needed = [name for name, each in self.members.items() if each.required]
        return {"type": "object", "properties": members} | ({"required": needed} if needed else {})

    def rule(self) -> str:
        """What its members are."""
        return "an object of " + ", ".join(self.members)
