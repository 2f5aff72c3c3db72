"""What the parameters of all systems have in common: a marshmallow field with two hooks.

Each system, or family of systems, has one subclass that says what counts as absent (`is_absent`)
and how a value is taken from the call (`decode`), and one table of messages. Its kinds of
parameters are subclasses of that one, and read what was decoded.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, ClassVar, cast

from marshmallow import EXCLUDE, Schema, ValidationError, missing
from marshmallow.fields import Field

from legacygrid.registry.evidence import Sentence, inferred, sourced
from legacygrid.serializers.json_types import JsonSchema, to_schema

#: What an operation takes, by name, in the order of the manual.
Params = Mapping[str, Field[Any]]


#: What is said of a parameter that is none, where that is refused.
UNKNOWN = Sentence("Unknown field.", inferred("the refusal is documented, the words are ours"))


def label(name: str) -> str:
    """A parameter's name as people read it: `Username`, `First name`."""
    return name[:1].upper() + name[1:].replace("_", " ")


def flat(messages: Any) -> Iterator[Sentence]:
    """The texts of what marshmallow says of one field."""
    if isinstance(messages, str):
        yield sourced(messages)
    elif isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from (
                text if isinstance(key, int) else text.within(f"{key}: {text}")
                for text in flat(inner)
            )
    else:
        for inner in messages:
            yield from flat(inner)


class CallSchema(Schema):
    """The schema of a call's parameters: fields alone, without hooks or further rules."""

    error_messages = {"unknown": UNKNOWN}

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What `load` returns. Where all fits, as it mostly does, marshmallow need not keep account
        of what is wrong, which is most of what it does.

        :raises ValidationError: as `load`.
        """
        if self.unknown == EXCLUDE or given.keys() <= self.load_fields.keys():
            with suppress(ValidationError):
                return self._read_fitting(given)
        loaded: dict[str, Any] = self.load(given)
        return loaded

    def find_errors(self, given: Mapping[str, Any]) -> dict[str, list[str]]:
        """What `validate` returns, messages by parameter; as fast as `read` if there are none."""
        try:
            self.read(given)
        except ValidationError as error:
            return cast("dict[str, list[str]]", error.messages)
        return {}

    def _read_fitting(self, given: Mapping[str, Any]) -> dict[str, Any]:
        params = {}
        for name, field, is_optional in self._plan:
            if is_optional and name not in given:
                continue
            value = field.deserialize(given.get(name, missing), name, given)
            if value is not missing:
                params[name] = value
        return params

    @cached_property
    def _plan(self) -> list[tuple[str, Field[Any], bool]]:
        """The fields, and whether nothing is read of one where nothing is given."""
        return [
            (name, field, isinstance(field, ParameterField) and field.is_optional)
            for name, field in self.load_fields.items()
        ]


def is_alike(one: Field[Any], other: Field[Any] | None) -> bool:
    """Whether two parameters take the same, and say the same of all else."""
    return type(one) is type(other) and _rules(one) == _rules(other)


def _rules(field: object) -> dict[str, Any]:
    """A field's own attributes, but for those that tell where it stands."""
    return {
        name: value
        for name, value in vars(field).items()
        if name not in ("_creation_index", "name", "parent", "root")
    }


class ParameterField(Field[Any]):
    """A parameter of a call."""

    #: What is said, by what is wrong; `{name}` and `{label}` stand for the parameter.
    messages: ClassVar[Mapping[str, Sentence]] = {}
    #: The message of one that is required and absent.
    if_absent = "required"
    #: Whether a journal may show what was sent.
    is_shown = True

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The value that a handler gets; marshmallow's `missing` for none.

        :raises ValidationError: it is required and absent, or it does not fit.
        """
        return self.load(str(self.name), value)

    def load(self, name: str, value: Any) -> Any:
        """The same of a value under a name, which is a path where it stands within another."""
        if self.is_absent(value):
            return self.absent(name)
        if value is None:
            return self.null(name)
        return self.read(name, self.decode(name, value))

    def is_absent(self, value: Any) -> bool:
        """Whether a value is as good as none."""
        return value is missing

    def absent(self, name: str) -> Any:
        """What is read where nothing is given."""
        if self.required:
            raise self.error(self.if_absent, name)
        return missing

    @property
    def is_optional(self) -> bool:
        """Whether it is certain that nothing is read where nothing is given."""
        own, base = type(self), ParameterField
        return (
            not self.required
            and own.deserialize is base.deserialize
            and own.absent is base.absent
            and self.is_absent(missing)
        )

    def null(self, name: str) -> Any:
        """What is read where JSON's null is given and is not absent."""
        if not self.allow_none:
            raise self.make_error("null")

    def decode(self, name: str, value: Any) -> Any:
        """What a call has for the value, in the form that `read` takes."""
        return value

    def read(self, name: str, value: Any) -> Any:
        """The value that a handler gets, of one that was decoded."""
        return value

    def error(self, key: str, name: str, **values: Any) -> ValidationError:
        """The error with the message of that key.

        :param values: what else the message has places for.
        """
        return ValidationError(self.messages[key].fill(name=name, label=label(name), **values))

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema: as much of the rule as such a schema can have. In a
        form, an array is spelled `name[]` and an object `name[key]`.
        """
        return to_schema(str)

    def rule(self) -> str:
        """What is taken, in words for people."""
        return "any text"
