"""The kinds of values in the JSON of mail/send. All that is wrong with a mail is told at once, each
with its path: `personalizations.0.to.0.email`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, missing

from legacygrid.registry.evidence import Sentence
from legacygrid.serializers.json_fields import (
    Array,
    Boolean,
    Integer,
    JsonValue,
    Object,
    String,
)
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.sendgrid_v3 import mail_messages

#: A value to be read: its key in what is read, its path, its kind, and the value.
Part = tuple[Any, str, JsonValue, Any]
#: The largest number that the store keeps.
_LARGEST = 2**63 - 1


def read_all(parts: Iterable[Part]) -> dict[Any, Any]:
    """What is read of several values, by their keys; nothing of those that are absent.

    :raises ValidationError: with all that is wrong in them, by path.
    """
    read: dict[Any, Any] = {}
    wrong: dict[str, Any] = {}
    for key, path, kind, value in parts:
        try:
            found = kind.load(path, value)
        except ValidationError as error:
            messages: Any = error.messages
            wrong |= messages if isinstance(messages, dict) else {path: messages}
        else:
            if found is not missing and found is not None:
                read[key] = found
    if wrong:
        raise ValidationError(wrong)
    return read


def refuse(path: str, text: Sentence, **values: object) -> ValidationError:
    """The error of what stands at a path.

    :param values: what the text has places for.
    """
    return ValidationError({path: [text.fill(**values)]})


class MailValue(JsonValue):
    """A value of a mail; null is as good as none."""

    messages: ClassVar[Mapping[str, Sentence]] = mail_messages.MESSAGES

    def error(self, key: str, name: str, **values: Any) -> ValidationError:
        """The error with the message of that key, which speaks of the last name of the path."""
        place = [part for part in name.split(".") if not part.isdecimal()][-1]
        return super().error(key, name, place=place, **values)


class MailString(MailValue, String):
    """A text."""


class HiddenMailString(MailString):
    """A text that only the mail itself shows."""

    is_shown = False


class MailFlag(MailValue, Boolean):
    """True or false."""


class MailNumber(MailValue, Integer):
    """A whole number of 0 or more."""

    def __init__(self) -> None:
        super().__init__(0, _LARGEST)


class RequiredNumber(MailNumber):
    """A number that has to be there."""

    def __init__(self) -> None:
        super().__init__()
        self.required = True


class MailArray(MailValue, Array):
    """Values in order."""

    def read(self, name: str, value: list[Any]) -> list[Any]:
        """Its elements, as they are read."""
        if self.required and not value:
            raise self.absent(name)
        if self.most is not None and len(value) > self.most:
            raise self.error("many", name, most=self.most)
        parts = ((n, f"{name}.{n}", self.inner, each) for n, each in enumerate(value))
        return list(read_all(parts).values())


class MailObject(MailValue, Object):
    """An object of a few members; others are ignored."""

    def __init__(self, members: Mapping[str, JsonValue], *, required: bool = False) -> None:
        super().__init__(members)
        self.required = required

    def read(self, name: str, value: dict[str, Any]) -> Any:
        """Its members, as they are read."""
        return read_all(
            (key, f"{name}.{key}", member, value.get(key, missing))
            for key, member in self.members.items()
        )


class TextMap(MailValue):
    """An object of texts.

    :param most: bytes of its names and texts together.
    """

    kinds = (dict,)
    kind = "an object of strings"
    is_shown = False

    def __init__(self, most: int | None = None) -> None:
        super().__init__()
        self.most = most

    def read(self, name: str, value: dict[str, Any]) -> dict[str, str]:
        """Its texts by their names."""
        wrong = {
            f"{name}.{key}": [mail_messages.TEXT_VALUE.fill(place=key)]
            for key, text in value.items()
            if not isinstance(text, str)
        }
        if wrong:
            raise ValidationError(wrong)
        size = sum(len(key.encode()) + len(text.encode()) for key, text in value.items())
        if self.most is not None and size > self.most:
            raise refuse(name, mail_messages.LARGE, place=name.rpartition(".")[2], most=self.most)
        return value

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "object", "additionalProperties": {"type": "string"}}
