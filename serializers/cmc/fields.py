"""The kinds of parameters of Customers Mail Cloud: texts of a form, or what JSON has for them."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from marshmallow import missing

from legacygrid.models.reports import OTHER
from legacygrid.registry.evidence import Sentence
from legacygrid.serializers.cmc.messages import MESSAGES
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.parameters import ParameterField

#: Letters of a text that says where something is looked for, or of a label.
MOST_LETTERS = 1000
#: Days before and after which no mail was sent.
FIRST_YEAR, LAST_YEAR = 1970, 9998
#: Codes of mail that was not delivered.
CODES = frozenset((*range(1, 12), OTHER))


class CmcParameter(ParameterField):
    """A text, of a form or of a JSON object; empty, null and missing are one."""

    messages: ClassVar[Mapping[str, Sentence]] = MESSAGES

    def is_absent(self, value: Any) -> bool:
        """Whether it is missing, null or empty."""
        return value is missing or value is None or value == ""

    def decode(self, name: str, value: Any) -> Any:
        """The text; JSON may have a whole number for it."""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise self.error("format", name)
        return value


class Word(CmcParameter):
    """A text of at most so many letters."""

    def __init__(self, most: int = MOST_LETTERS, *, required: bool = False) -> None:
        super().__init__(required=required)
        self.most = most

    def read(self, name: str, text: str) -> str:
        """The text as given."""
        if len(text) > self.most:
            raise self.error("range", name)
        return text

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "maxLength": self.most}

    def rule(self) -> str:
        """Its length."""
        return f"up to {self.most} characters"


class WholeNumber(CmcParameter):
    """A whole number between two others."""

    def __init__(self, low: int, high: int, *, required: bool = False) -> None:
        super().__init__(required=required)
        self.low, self.high = low, high

    def read(self, name: str, text: str) -> int:
        """The number."""
        if not text.isascii() or not text.isdigit():
            raise self.error("format", name)
        if len(text) > 19 or not self.low <= int(text) <= self.high:
            raise self.error("range", name)
        return int(text)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def rule(self) -> str:
        """Between which it lies."""
        return f"{self.low} to {self.high}"


class Code(WholeNumber):
    """Why mail was not delivered, by number."""

    def __init__(self) -> None:
        super().__init__(min(CODES), max(CODES))

    def read(self, name: str, text: str) -> int:
        """The number."""
        code = super().read(name, text)
        if code not in CODES:
            raise self.error("range", name)
        return code

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "integer", "enum": sorted(CODES)}

    def rule(self) -> str:
        """Which there are."""
        return "1 to 11, or 99"


class OneOf(CmcParameter):
    """One of some words."""

    def __init__(self, words: tuple[str, ...], *, required: bool = False) -> None:
        super().__init__(required=required)
        self.words = words

    def read(self, name: str, text: str) -> str:
        """The word."""
        if text not in self.words:
            raise self.error("range", name)
        return text

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "enum": list(self.words)}

    def rule(self) -> str:
        """Which there are."""
        return ", ".join(self.words)


class OnOff(CmcParameter):
    """On or off."""

    WORDS: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}

    def decode(self, name: str, value: Any) -> Any:
        """The word; JSON has words of its own for it."""
        return str(value) if isinstance(value, bool) else super().decode(name, value)

    def read(self, name: str, text: str) -> bool:
        """Whether it is on."""
        word = text.lower()
        if word not in self.WORDS:
            raise self.error("format", name)
        return self.WORDS[word]

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "enum": list(self.WORDS)}

    def rule(self) -> str:
        """How it is written."""
        return "true or false"


class CalendarDay(CmcParameter):
    """A day, in the caller's time zone."""

    _FORM = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

    def read(self, name: str, text: str) -> date:
        """The day."""
        try:
            day = date.fromisoformat(text) if self._FORM.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise self.error("format", name)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self.error("range", name)
        return day

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "format": "date"}

    def rule(self) -> str:
        """How it is written."""
        return "YYYY-MM-DD, in the caller's time zone"
