"""Schemas that say, of a field that there is not, which one may be meant; and of what is no object,
what an object of theirs has.
"""

from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields

from legacygrid.serializers.near_names import suggest


class SuggestingSchema(Schema):
    """Refuses a field that it does not have, and names the nearest that it has."""

    #: What its objects have at least, where that is more than the fields that are required.
    wanted: ClassVar[str] = ""

    class Meta:
        unknown = RAISE

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        if self.error_messages["type"] == Schema._default_error_messages["type"]:
            self.error_messages["type"] = f"must be {self.one()}"

    @classmethod
    def one(cls) -> str:
        """What an object of it is, for a person: `an object with "name" and "email"`."""
        return f"an object{cls.members()}"

    @classmethod
    def members(cls) -> str:
        """What its objects have at least: ` with "name" and "email"`; empty if none are."""
        declared = cls._declared_fields.items()
        required = " and ".join(f'"{name}"' for name, each in declared if each.required)
        wanted = cls.wanted or required
        return f" with {wanted}" if wanted else ""

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


def object_of(schema: type[SuggestingSchema]) -> fields.Nested:
    """A field that is one object, and says so of anything else."""
    return fields.Nested(schema, error_messages={"null": f"must be {schema.one()}"})


class ListOf(fields.List[Any]):
    """A list that says what it is a list of."""

    def __init__(self, inner: fields.Field[Any] | type[SuggestingSchema], **more: Any) -> None:
        entries = "texts"
        if not isinstance(inner, fields.Field):
            entries, inner = f"objects{inner.members()}", object_of(inner)
        text = f"must be a list of {entries}"
        super().__init__(inner, error_messages={"invalid": text, "null": text}, **more)
