"""The kinds of parameters of Customers Mail Cloud: texts of a form, or what JSON has for them."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, missing
from marshmallow.fields import Field

from legacygrid.mailing.composing import Attachment
from legacygrid.mailing.headers import NO_CHARSETS, Address
from legacygrid.models.reports import OTHER
from legacygrid.serializers import cmc
from legacygrid.values import Unreadable

#: Letters of a text that says where something is looked for, or of a label.
MOST_LETTERS = 1000
#: Days before and after which no mail was sent.
FIRST_YEAR, LAST_YEAR = 1970, 9998
#: Codes of mail that was not delivered.
CODES = frozenset((*range(1, 12), OTHER))


class Parameter(Field[Any]):
    """A value; empty, null and missing are one."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own way
        "required": cmc.REQUIRED,
        "format": cmc.FORMAT,
        "range": cmc.RANGE,
        "many": cmc.TOO_MANY,
    }
    #: Whether a journal may show what was sent.
    is_shown = True

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """The value of a form field, or of a member of the JSON object."""
        if value is missing or value is None or value == "":
            if self.required:
                raise self.make_error("required")
            return missing
        if isinstance(value, Unreadable):
            raise self.make_error("format")
        return self.read(value)

    def read(self, value: Any) -> Any:
        """What becomes of the value.

        :raises ValidationError: it does not fit.
        """
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise self.make_error("format")
        return value

    def rule(self) -> str:
        """What is taken."""
        return "any text"


class Word(Parameter):
    """A text of at most so many letters."""

    def __init__(self, most: int = MOST_LETTERS, *, required: bool = False) -> None:
        super().__init__(required=required)
        self.most = most

    def read(self, value: Any) -> str:
        """The text as given."""
        text: str = super().read(value)
        if len(text) > self.most:
            raise self.make_error("range")
        return text

    def rule(self) -> str:
        """Its length."""
        return f"up to {self.most} characters"


class Whole(Parameter):
    """A whole number between two others."""

    def __init__(self, low: int, high: int, *, required: bool = False) -> None:
        super().__init__(required=required)
        self.low, self.high = low, high

    def read(self, value: Any) -> int:
        """The number."""
        text = super().read(value)
        if not text.isascii() or not text.isdigit():
            raise self.make_error("format")
        if len(text) > 19 or not self.low <= int(text) <= self.high:
            raise self.make_error("range")
        return int(text)

    def rule(self) -> str:
        """Between which it lies."""
        return f"{self.low} to {self.high}"


class Code(Whole):
    """Why mail was not delivered, by number."""

    def __init__(self) -> None:
        super().__init__(min(CODES), max(CODES))

    def read(self, value: Any) -> int:
        """The number."""
        code = super().read(value)
        if code not in CODES:
            raise self.make_error("range")
        return code

    def rule(self) -> str:
        """Which there are."""
        return "1 to 11, or 99"


class OneOf(Parameter):
    """One of some words."""

    def __init__(self, words: tuple[str, ...], *, required: bool = False) -> None:
        super().__init__(required=required)
        self.words = words

    def read(self, value: Any) -> str:
        """The word."""
        text: str = super().read(value)
        if text not in self.words:
            raise self.make_error("range")
        return text

    def rule(self) -> str:
        """Which there are."""
        return ", ".join(self.words)


class Switch(Parameter):
    """On or off."""

    WORDS: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}

    def read(self, value: Any) -> bool:
        """Whether it is on."""
        if isinstance(value, bool):
            return value
        word = super().read(value).lower()
        if word not in self.WORDS:
            raise self.make_error("format")
        return self.WORDS[word]

    def rule(self) -> str:
        """How it is written."""
        return "true or false"


class Day(Parameter):
    """A day, in the caller's time zone."""

    _FORM = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

    def read(self, value: Any) -> date:
        """The day."""
        text = super().read(value)
        try:
            day = date.fromisoformat(text) if self._FORM.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise self.make_error("format")
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self.make_error("range")
        return day

    def rule(self) -> str:
        """How it is written."""
        return "YYYY-MM-DD, in the caller's time zone"


def from_json(value: Any) -> Any:
    """What a text means that is JSON: clients of forms, and some of JSON, send objects and arrays so.

    :raises ValueError: it looks like JSON and is none.
    """
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except RecursionError:
        raise ValueError("nested too deep") from None


class Addresses(Parameter):
    """Mailboxes: an address, an object of name and address, or an array of these; or any of it as JSON text."""

    def __init__(self, most: int, *, required: bool = False) -> None:
        super().__init__(required=required)
        self.most = most

    def read(self, value: Any) -> tuple[Address, ...]:
        """The mailboxes; whether each is an address, the mail will know."""
        try:
            given = from_json(value)
            several = given if isinstance(given, list) else [given]
            if len(several) > self.most:
                raise self.make_error("many")
            found = tuple(_mailbox(from_json(each)) for each in several)
        except (TypeError, ValueError) as error:
            raise self._wrong(error) from None
        if not found and self.required:
            raise self.make_error("required")
        return found

    def _wrong(self, error: Exception) -> Exception:
        return error if isinstance(error, ValidationError) else self.make_error("format")

    def rule(self) -> str:
        """How many."""
        one = "an address, or a JSON object of name and address"
        if not self.most:
            return "none"
        return one if self.most == 1 else f"{one}, or an array of up to {self.most} of them"


def _mailbox(given: Any) -> Address:
    """One mailbox.

    :raises TypeError: it is none.
    """
    if isinstance(given, str):
        return Address(given.strip())
    if isinstance(given, dict):
        name = given.get("name")
        address = given.get("address")
        if isinstance(address, str) and isinstance(name, str | None):
            return Address(address.strip(), name or "")
    raise TypeError


class Headers(Parameter):
    """Headers of the mail, `[{"name": ..., "value": ...}]`; or that as JSON text."""

    def read(self, value: Any) -> dict[str, str]:
        """The values by name."""
        try:
            return dict(_pairs(from_json(value)))
        except (TypeError, ValueError):
            raise self.make_error("format") from None

    def rule(self) -> str:
        """How it is written."""
        return "an array of objects of name and value"


def _pairs(given: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(given, list):
        raise TypeError
    for each in given:
        if not isinstance(each, dict):
            raise TypeError
        name, value = each.get("name"), each.get("value")
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError
        yield name, value


class File(Parameter):
    """An uploaded file of a multipart form."""

    is_shown = False

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """The file as the mail has it."""
        if value is missing:
            return missing
        if not isinstance(value, Unreadable) or not value.filename:
            raise self.make_error("format")
        return Attachment(value.filename, value.data, value.type)

    def rule(self) -> str:
        """How it comes."""
        return "a file of a multipart form"


class Charset(Parameter):
    """A character set; it has to be one, and the mail is written in UTF-8 all the same."""

    def read(self, value: Any) -> str:
        """The set as given."""
        text: str = super().read(value)
        try:
            known = len(text) <= 40 and codecs.lookup(text).name not in NO_CHARSETS
        except (LookupError, ValueError):
            known = False
        if not known:
            raise self.make_error("format")
        return text

    def rule(self) -> str:
        """What becomes of it."""
        return "a character set; the mail is written in UTF-8"
