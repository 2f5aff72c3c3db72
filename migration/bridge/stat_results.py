"""What v2's statistics told, of v3's."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from legacygrid.migration.inputs import Inputs
from legacygrid.models.calendar_days import beginning_of
from legacygrid.models.statistics import COUNTERS, Figures
from legacygrid.serializers.sendgrid.stat_rows import Categories, SpanCounts, Totals
from legacygrid.serializers.sendgrid_v3.stats import METRICS


def tell_days(told: Iterable[Mapping[str, Any]], inputs: Inputs) -> Any:
    """Of customer.stats and stats.get: days, their sum, or names of categories."""
    if inputs.text("list") in ("1", "true"):
        return Categories([str(each["category"]) for each in told])
    figures = [_figures(day["date"], each) for day in told for each in day["stats"]]
    if inputs.text("aggregate") not in ("1", "true"):
        return figures
    sums: Counter[str] = Counter(dict.fromkeys(COUNTERS, 0))
    for each in figures:
        sums.update(each.numbers)
    return Totals(Figures("", "", "", sums))


def _figures(day: str, told: Mapping[str, Any]) -> Figures:
    category = str(told["name"]) if told.get("type") == "category" else ""
    return Figures(day, category, "", _counters(told["metrics"]))


def _counters(metrics: Mapping[str, Any]) -> dict[str, int]:
    found = {old: int(metrics.get(new) or 0) for new, old in METRICS.items()}
    # Of providers, v3 has one sum of all that v2 called `drop`.
    found["spam_drop"] = int(metrics.get("drops") or 0)
    return {name: found.get(name, 0) for name in COUNTERS}


def tell_spans(told: Iterable[Mapping[str, Any]], inputs: Inputs) -> list[SpanCounts]:
    """Of stats.getAdvanced: days, weeks or months."""
    wanted = tuple(inputs.texts("metric"))
    span = inputs.text("aggregated_by") or "day"
    return [
        SpanCounts(
            beginning_of(span, str(day["date"])),
            {str(each.get("name") or ""): _counters(each["metrics"]) for each in day["stats"]},
            wanted,
        )
        for day in told
    ]
