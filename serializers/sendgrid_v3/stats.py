"""What the calls about statistics take and answer."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from legacygrid.models.statistics import Numbers
from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.serializers.day_fields import DayField
from legacygrid.serializers.json_fields import JsonValue
from legacygrid.serializers.json_types import JsonSchema, to_schema
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3.fields import BodyText, QueryInteger
from legacygrid.serializers.sendgrid_v3.messages import MESSAGES
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.writers import Row
from legacygrid.wsgi.values import find_unreadable

#: Days of one answer, as v2's manual has it.
MAX_DAYS = 1095
#: Categories, or subusers, of one call, as documented.
MAX_NAMES = 10
#: Categories of one answer, unless it says.
CATEGORIES_PAGE = 50
SPANS = ("day", "week", "month")
_LARGEST = 2**53
#: By the names of v3, in their order: those of v2.
METRICS: Mapping[str, str] = {
    "blocks": "blocks",
    "bounce_drops": "repeat_bounces",
    "bounces": "bounces",
    "clicks": "clicks",
    "deferred": "deferred",
    "delivered": "delivered",
    "invalid_emails": "invalid_email",
    "opens": "opens",
    "processed": "processed",
    "requests": "requests",
    "spam_report_drops": "repeat_spamreports",
    "spam_reports": "spamreports",
    "unique_clicks": "unique_clicks",
    "unique_opens": "unique_opens",
    "unsubscribe_drops": "repeat_unsubscribes",
    "unsubscribes": "unsubscribes",
}
_OURS = inferred("the rule is documented; no source has the words")
LONG_SPAN = Sentence(
    "there can be {most} days between the dates at most",
    inferred("v2's manual has the limit; the words are ours"),
)
UNKNOWN_SUBUSER = Sentence(
    "one or more subusers do not belong to this user",
    inferred("as documented of POST /v3/ips"),
)

SENTENCES = (LONG_SPAN, UNKNOWN_SUBUSER)


class QueryDay(DayField, BodyText):
    """A day of the calendar."""

    messages = {
        **MESSAGES,
        "day": Sentence("{name} must be a date such as 2015-10-01", _OURS),
        "day-order": Sentence("{name} must not be before {other}", _OURS),
    }

    def rule(self) -> str:
        """How it is written."""
        return "YYYY-MM-DD"


class QueryWord(BodyText):
    """One of a few words.

    :param words: all that there are.
    """

    messages = {**MESSAGES, "word": Sentence("{name} must be one of {words}", _OURS)}

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self.words = words

    def read(self, name: str, value: str) -> str:
        """The word."""
        if value not in self.words:
            raise self.error("word", name, words=", ".join(self.words))
        return value

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "string", "enum": list(self.words)}

    def rule(self) -> str:
        """All of them."""
        return ", ".join(self.words)


class QueryNames(JsonValue):
    """A name, which may be repeated: `categories=a&categories=b`."""

    messages = MESSAGES
    kinds = (str, list)
    kind = "a string"

    def read(self, name: str, value: str | list[str]) -> list[str]:
        """The names, each once."""
        names = [value] if isinstance(value, str) else value
        if found := find_unreadable(names):
            raise self.error("unreadable", name, why=found.why)
        if not all(names):
            raise self.error("required", name)
        if len(names) > MAX_NAMES:
            raise self.error("many", name, most=MAX_NAMES)
        return list(dict.fromkeys(names))

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "array", "items": to_schema(str), "maxItems": MAX_NAMES}

    def rule(self) -> str:
        """How many there may be."""
        return f"a string, repeated up to {MAX_NAMES} times"


def days() -> Params:
    """The days of a period, and by what they are put together."""
    return {
        "start_date": QueryDay(required=True),
        "end_date": QueryDay(not_before="start_date"),
        "aggregated_by": QueryWord(SPANS),
    }


def page() -> Params:
    """A part of a list."""
    return {"limit": QueryInteger(1, _LARGEST), "offset": QueryInteger(0, _LARGEST)}


def _period() -> Params:
    return {**days(), **page()}


def period(profile: Profile) -> Params:
    """GET stats."""
    return _period()


def of_categories(profile: Profile) -> Params:
    """GET categories/stats."""
    return {"categories": QueryNames(required=True), **_period()}


def of_subusers(profile: Profile) -> Params:
    """GET subusers/stats."""
    return {"subusers": QueryNames(required=True), **_period()}


def categories(profile: Profile) -> Params:
    """GET categories."""
    return {"category": BodyText(), **page()}


class PartCounts(NamedTuple):
    """What was counted of a part of an account's mail, or of a subuser's.

    :param type: `category` or `subuser`; empty for all mail of an account.
    """

    numbers: Numbers
    type: str = ""
    name: str = ""


class PeriodCounts(NamedTuple):
    """What was counted in a day, a week or a month.

    :param date: its first day.
    """

    date: str
    parts: list[PartCounts]


def write_metrics(numbers: Numbers) -> Row:
    """Counters by their names in v3."""
    return {name: numbers[counter] for name, counter in METRICS.items()}


def _write_part(part: PartCounts) -> Row:
    named = {"type": part.type, "name": part.name} if part.type else {}
    return {**named, "metrics": write_metrics(part.numbers)}


def _write(counts: list[PeriodCounts]) -> list[Row]:
    return [{"date": each.date, "stats": list(map(_write_part, each.parts))} for each in counts]


_PART = {"type?": str, "name?": str, "metrics": dict.fromkeys(METRICS, int)}
counts_rows = make_rows(_write, [{"date": str, "stats": [_PART]}])
category_rows = make_rows(lambda names: [{"category": name} for name in names], [{"category": str}])
