"""The kinds of parameters of Customers Mail Cloud: texts of a form, or what JSON has for them."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import missing
from marshmallow.fields import Field

from legacygrid.models.reports import OTHER
from legacygrid.serializers.cmc import words as cmc
from legacygrid.wsgi.values import Unreadable

#: Letters of a text that says where something is looked for, or of a label.
MOST_LETTERS = 1000
#: Days before and after which no mail was sent.
FIRST_YEAR, LAST_YEAR = 1970, 9998
#: Codes of mail that was not delivered.
CODES = frozenset((*range(1, 12), OTHER))


class Parameter(Field[Any]):
    """A value; empty, null and missing are one."""

    default_error_messages = {
        "required": cmc.REQUIRED,
        "format": cmc.FORMAT,
        "range": cmc.RANGE,
        "many": cmc.TOO_MANY,
    }
    #: Whether a journal may show what was sent.
    is_shown = True

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
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
