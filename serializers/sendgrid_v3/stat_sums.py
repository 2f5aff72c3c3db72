"""What the calls about sums of statistics take and answer."""

from typing import Any, NamedTuple

from legacygrid.models.statistic_sums import NamedSum, Order
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3 import stats
from legacygrid.serializers.sendgrid_v3.fields import PathText, QueryText
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.sendgrid_v3.stats import METRICS, QueryDay, QueryWord
from legacygrid.serializers.writers import Row

#: Sums of an answer, unless it says, as documented.
PAGE = 5
#: What is sorted by, unless it says, as documented.
_USUAL = "delivered"
#: What months are sorted by, as documented.
_OF_MONTHS = (
    "blocks", "bounces", "clicks", "delivered", "opens", "requests", "unique_clicks",
    "unique_opens", "unsubscribes",
)  # fmt: skip


def _order(metrics: tuple[str, ...]) -> Params:
    return {
        "sort_by_metric": QueryWord(metrics),
        "sort_by_direction": QueryWord(("desc", "asc")),
        **stats.page(),
    }


def sums(profile: Profile) -> Params:
    """GET categories/stats/sums and subusers/stats/sums."""
    return {**stats.days(), **_order(tuple(METRICS))}


def _month() -> Params:
    return {"date": QueryDay(required=True), **_order(_OF_MONTHS)}


def months(profile: Profile) -> Params:
    """GET subusers/stats/monthly."""
    return {"subuser": QueryText(), **_month()}


def month_of_subuser(profile: Profile) -> Params:
    """GET subusers/NAME/stats/monthly."""
    return {"username": PathText(), **_month()}


def read_order(given: dict[str, Any]) -> Order:
    """What a call has of the order; it is taken out of what it has."""
    return Order(
        METRICS[given.pop("sort_by_metric", _USUAL)],
        given.pop("sort_by_direction", "desc") == "asc",
        given.pop("limit", PAGE),
        given.pop("offset", 0),
    )


class SumsOfPeriod(NamedTuple):
    """What was counted from a day on.

    :param type: `category` or `subuser`.
    """

    date: str
    type: str
    sums: list[NamedSum]


def _write_sums(counts: SumsOfPeriod) -> Row:
    told = [
        {"type": counts.type, "name": each.name, "metrics": stats.write_metrics(each.numbers)}
        for each in counts.sums
    ]
    return {"date": counts.date, "stats": told}


def _write_month(counts: SumsOfPeriod) -> Row:
    told = [
        {
            "first_name": each.first_name,
            "last_name": each.last_name,
            "metrics": stats.write_metrics(each.numbers),
            "name": each.name,
            "type": counts.type,
        }
        for each in counts.sums
    ]
    return {"date": counts.date, "stats": told}


_SUM = {"type": str, "name": str, "metrics": dict.fromkeys(METRICS, int)}
sums_rows = make_rows(_write_sums, {"date": str, "stats": [_SUM]})
month_rows = make_rows(
    _write_month, {"date": str, "stats": [{**_SUM, "first_name": str, "last_name": str}]}
)
