"""What statistics are told as: by day, as totals, and by the names of stats.getAdvanced."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from legacygrid.models.statistics import COUNTERS, Figures
from legacygrid.serializers.json_types import MapOf
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.writers import Row

#: Recorded of customer.stats, in this order.
_OF_SUBUSERS = COUNTERS[:14]
#: Recorded of stats.get, in this order: that of a dictionary of the time.
_OF_ACCOUNTS = (
    "delivered", "unsubscribes", "invalid_email", "bounces", "repeat_unsubscribes",
    "unique_clicks", "blocked", "spam_drop", "repeat_bounces", "repeat_spamreports", "date",
    "requests", "spamreports", "clicks", "opens", "unique_opens",
)  # fmt: skip
#: What stats.get calls otherwise.
_COUNTER = {"blocked": "blocks"}
#: What stats.getAdvanced tells, and the counters that each is the sum of.
METRICS: Mapping[str, tuple[str, ...]] = {
    "request": ("requests",),
    "processed": ("processed",),
    "delivered": ("delivered",),
    "deferred": ("deferred",),
    "bounce": ("bounces",),
    "blocked": ("blocks",),
    "drop": (
        "repeat_bounces", "repeat_spamreports", "repeat_unsubscribes", "invalid_email",
        "spam_drop",
    ),
    "open": ("opens",),
    "unique_open": ("unique_opens",),
    "click": ("clicks",),
    "unique_click": ("unique_clicks",),
    "unsubscribe": ("unsubscribes",),
    "spamreport": ("spamreports",),
}  # fmt: skip


@dataclass(frozen=True)
class Totals:
    """The sums of all days."""

    counts: Figures


@dataclass(frozen=True)
class Categories:
    """The names of all categories."""

    names: list[str]

    def __iter__(self) -> Iterator[str]:
        """Each of them."""
        return iter(self.names)


class SpanCounts(NamedTuple):
    """What was counted in a day, a week or a month.

    :param day: the first of it, as YYYY-MM-DD.
    :param parts: the counters of each part of the recipients; of all of them, under no name.
    :param metrics: which of `METRICS` are wanted; empty for all.
    """

    day: str
    parts: Mapping[str, Mapping[str, int]]
    metrics: tuple[str, ...] = ()


def subuser_rows(profile: Profile) -> Rows:
    """customer.stats."""
    return _rows(profile, ("date", *_OF_SUBUSERS))


def account_rows(profile: Profile) -> Rows:
    """stats.get."""
    return _rows(profile, _OF_ACCOUNTS)


def _rows(profile: Profile, keys: tuple[str, ...]) -> Rows:
    as_texts = profile.stats_totals == "text"

    def row(counts: Figures) -> Row:
        return _in_order(counts, keys)

    def total(totals: Totals) -> Row:
        told = row(totals.counts)
        return {key: str(value) for key, value in told.items()} if as_texts else told

    numbers = {key: int for key in keys if key != "date"}
    summed = dict.fromkeys(numbers, str) if as_texts else numbers
    named = {"date?": str, "category?": str}
    others = {
        Totals: Rows("stats", "", total, total, json_type={**named, **summed}, alone=True),
        Categories: Rows("categories", "", _category, _category, json_type={"category": str}),
    }
    return Rows("stats", "day", json=row, xml=row, json_type={**named, **numbers}, others=others)


def _category(name: str) -> Row:
    return {"category": name}


def _in_order(counts: Figures, keys: tuple[str, ...]) -> Row:
    """The numbers under these keys, with the day and the category if they are of one."""
    row: dict[str, str | int] = {}
    for key in keys:
        if key == "date":
            row |= {"date": counts.day} if counts.day else {}
            row |= {"category": counts.category} if counts.category else {}
        else:
            row[key] = counts.numbers[_COUNTER.get(key, key)]
    return row


def metric_rows(profile: Profile) -> Rows:
    """stats.getAdvanced: the numbers that are not 0."""
    declaration = "<?xml version='1.0' encoding='UTF-8'?>"
    return Rows(
        "stats",
        "day",
        json=_metrics,
        xml=_metrics_xml,
        json_type={"date": str, **{f"{metric}?": (int, MapOf(int)) for metric in METRICS}},
        is_deep=True,
        declaration=declaration,
    )


def _metrics(span: SpanCounts) -> Row:
    return {"date": span.day} | {
        # Of all recipients, it is the number itself.
        metric: numbers.get("", numbers)
        for metric in span.metrics or METRICS
        if (numbers := _numbers(span, METRICS[metric]))
    }


def _numbers(span: SpanCounts, counters: tuple[str, ...]) -> dict[str, int]:
    """The sums of some counters, by part."""
    sums = {
        part: sum(numbers.get(counter, 0) for counter in counters)
        for part, numbers in span.parts.items()
    }
    return {part: number for part, number in sums.items() if number}


def _metrics_xml(span: SpanCounts) -> Row:
    """The same; the name of a part may be anything, so no element can be called by it."""
    return {
        name: {"parts": [{"name": part, "count": number} for part, number in value.items()]}
        if isinstance(value, dict)
        else value
        for name, value in _metrics(span).items()
    }
