"""The parameters of customer.stats and stats.*, and what is said of those that are wrong."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid import messages
from legacygrid.serializers.sendgrid.days import Day
from legacygrid.serializers.sendgrid.stat_rows import METRICS
from legacygrid.serializers.texts import Text

#: Days of one answer, as the manual has it.
MOST_DAYS = 1095
#: Categories, or names of metrics, of one call: each may have a row for each day.
MOST_TEXTS = 20
DATA_TYPES = ("browsers", "clients", "devices", "geo", "global", "isps")
SPANS = ("day", "week", "month")
COUNTRIES = ("US", "CA")

_WORDED = inferred("worded after a client's `error in end_date: end date is in the future`")
MESSAGES: Mapping[str, Sentence] = {
    "required": Sentence("error in {name}: it is required", _WORDED),
    "unreadable": Sentence("error in {name}: it {why}", _WORDED),
    "single": Sentence("error in {name}: it can only be a single text", _WORDED),
    "long": Sentence("error in {name}: it can only be up to {limit} characters", _WORDED),
    "day": messages.MESSAGES["list-day"],
    "day-order": messages.MESSAGES["date-order"],
    "start_date": Sentence("error in start_date: start date is in the future", _WORDED),
    "end_date": messages.MESSAGES["future"],
    "span": Sentence(
        "error in end_date: there can only be up to {most} days from start_date to it", _WORDED
    ),
    "days": Sentence("error in {name}: it must be greater than 0 and less than {most}", _WORDED),
    "switch": Sentence("error in {name}: it can only be 0, 1, true or false", _WORDED),
    "many": Sentence("error in {name}: there can only be up to {most}", _WORDED),
    "choice": Sentence("error in {name}: it can only be one of {choices}", _WORDED),
}
#: What is said of a day to come.
FUTURE = {name: MESSAGES[name] for name in ("start_date", "end_date")}


class StatText(Text):
    """A parameter of statistics."""

    messages: ClassVar[Mapping[str, Sentence]] = MESSAGES


class StatDay(Day):
    """A day of statistics."""

    messages: ClassVar[Mapping[str, Sentence]] = MESSAGES


class NumberOfDays(StatText):
    """How many days, of which today is the last; empty is missing."""

    def read(self, name: str, text: str) -> int | None:
        """The number."""
        if not text:
            return None
        is_number = text.isascii() and text.isdigit() and len(text) < 10
        if not is_number or not 1 <= int(text) <= MOST_DAYS:
            raise self.error("days", name, most=MOST_DAYS + 1)
        return int(text)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "integer", "minimum": 1, "maximum": MOST_DAYS}

    def rule(self) -> str:
        """What is taken."""
        return f"1 to {MOST_DAYS}"


class StatSwitch(StatText):
    """Something that is wanted or not."""

    def read(self, name: str, text: str) -> bool:
        """Whether it is."""
        if text not in ("", "0", "1", "true", "false"):
            raise self.error("switch", name)
        return text in ("1", "true")

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "enum": ["0", "1", "true", "false", ""]}

    def rule(self) -> str:
        """What is taken."""
        return "1 or true for yes"


class StatChoice(StatText):
    """One of a few words; empty is missing.

    :param choices: the words.
    """

    def __init__(self, choices: Sequence[str], *, required: bool = False) -> None:
        super().__init__(required=required)
        self.choices = choices

    def read(self, name: str, text: str) -> str | None:
        """The word."""
        if text and text not in self.choices:
            raise self.error("choice", name, choices=", ".join(self.choices))
        return text or None

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "enum": list(self.choices)}

    def rule(self) -> str:
        """What is taken."""
        return ", ".join(self.choices)


class StatTexts(StatText):
    """One text, or several as an array; empty ones are left out."""

    def decode(self, name: str, value: Any) -> list[str]:
        """The texts."""
        values = value.values() if isinstance(value, dict) else [value]
        if len(values) > MOST_TEXTS:
            raise self.error("many", name, most=MOST_TEXTS)
        return [text for text in (self.plain(name, each) for each in values) if text]

    def read(self, name: str, texts: list[str]) -> list[str]:
        """The texts, each once."""
        for text in texts:
            super().read(name, text)
        return list(dict.fromkeys(texts))

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "array", "items": super().json_schema(), "maxItems": MOST_TEXTS}

    def rule(self) -> str:
        """What is taken."""
        return "a text, or an array of them"


class MetricNames(StatTexts):
    """What shall be told of all that is counted."""

    def read(self, name: str, texts: list[str]) -> list[str]:
        """The names; none for all."""
        if any(text not in METRICS for text in texts):
            raise self.error("choice", name, choices=", ".join(METRICS))
        return super().read(name, texts)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {**super().json_schema(), "items": {"type": "string", "enum": list(METRICS)}}

    def rule(self) -> str:
        """What is taken."""
        return f"of {', '.join(METRICS)} one, or an array"


def statistics(profile: Profile) -> Params:
    """customer.stats and stats.get."""
    return {
        "days": NumberOfDays(),
        "start_date": StatDay(),
        "end_date": StatDay(not_before="start_date"),
        "aggregate": StatSwitch(),
        "list": StatSwitch(),
        "category": StatTexts(1000),
    }


def advanced_statistics(profile: Profile) -> Params:
    """stats.getAdvanced."""
    return {
        "data_type": StatChoice(DATA_TYPES, required=True),
        "start_date": StatDay(required=True),
        "end_date": StatDay(not_before="start_date"),
        "metric": MetricNames(),
        "category": StatText(1000),
        "aggregated_by": StatChoice(SPANS),
        "country": StatChoice(COUNTRIES),
    }
