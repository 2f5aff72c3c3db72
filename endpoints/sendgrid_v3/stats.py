"""/v3/stats, /v3/categories and /v3/subusers/stats: what became of mail, day by day."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from legacygrid import reasons
from legacygrid.auth.principal import Caller
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.grid import Grid
from legacygrid.models import statistics
from legacygrid.models import subusers as lookup
from legacygrid.models.account import Account
from legacygrid.models.calendar_days import beginning_of, number_of_day
from legacygrid.models.clock_days import day_of
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import Contract
from legacygrid.serializers.sendgrid_v3 import stats, words
from legacygrid.serializers.sendgrid_v3.stats import PartCounts, PeriodCounts
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

_STATS = documented(f"{words.OPENAPI}, tsg_stats_v3")
_SUBUSERS = documented(f"{words.OPENAPI}, tsg_subusers_v3")
own = new_family()
of_subusers = new_family(Caller.PRIMARY, acts_for_subusers=False)


class CountedMail(NamedTuple):
    """Whose mail is counted, and which part of it.

    :param label: a part without counts.
    """

    account: Account
    category: str = ""
    label: PartCounts = PartCounts({})


@own.operation(
    "v3/stats",
    task="GET",
    scopes=("stats.read", "stats.global.read"),
    contract=Contract(
        evidence=_STATS,
        params=stats.period,
        rows=stats.counts_rows,
        example={"start_date": "2015-10-01", "end_date": "2015-10-02"},
    ),
)
def tell_all(caller: Account, grid: Grid, **period: Any) -> list[PeriodCounts]:
    """Count what became of the account's mail, by day, week or month."""
    return _count(caller, grid, [CountedMail(caller)], **period)


@own.operation(
    "v3/categories/stats",
    task="GET",
    scopes=("categories.stats.read", "stats.read"),
    contract=Contract(
        evidence=_STATS,
        params=stats.of_categories,
        rows=stats.counts_rows,
        example={"start_date": "2015-10-01", "end_date": "2015-10-02", "categories": "docs"},
    ),
)
def tell_by_category(
    caller: Account, grid: Grid, categories: Sequence[str], **period: Any
) -> list[PeriodCounts]:
    """Count what became of the account's mail of some categories."""
    sources = [CountedMail(caller, name, PartCounts({}, "category", name)) for name in categories]
    return _count(caller, grid, sources, **period)


@own.operation(
    "v3/categories",
    task="GET",
    scopes=("categories.read",),
    contract=Contract(evidence=_STATS, params=stats.categories, rows=stats.category_rows),
)
def list_categories(
    caller: Account, category: str = "", limit: int = stats.CATEGORIES_PAGE, offset: int = 0
) -> list[str]:
    """List the categories of the account's mail whose names begin so."""
    names = statistics.list_categories(caller.id)
    return [name for name in names if name.startswith(category)][offset : offset + limit]


@of_subusers.operation(
    "v3/subusers/stats",
    task="GET",
    scopes=("subusers.stats.read",),
    contract=Contract(
        evidence=_SUBUSERS,
        params=stats.of_subusers,
        rows=stats.counts_rows,
        example={"start_date": "2015-10-01", "end_date": "2015-10-02", "subusers": "ada"},
    ),
)
def tell_by_subuser(
    caller: Account, grid: Grid, subusers: Sequence[str], **period: Any
) -> list[PeriodCounts]:
    """Count what became of the mail of some subusers."""
    try:
        accounts = [lookup.find(caller, name) for name in subusers]
    except reasons.UnknownSubuser as error:
        problem = Problem("subusers", stats.UNKNOWN_SUBUSER)
        raise reasons.BadParameters(problem, hint=error.hint) from None
    sources = [CountedMail(each, "", PartCounts({}, "subuser", each.username)) for each in accounts]
    return _count(caller, grid, sources, **period)


def find_end(caller: Account, grid: Grid, start_date: str, end_date: str) -> str:
    """The last day of a period: today, unless it is told.

    :raises BadParameters: the period is too long.
    """
    today = day_of(grid.clock.now(caller.world), caller.time_zone)
    end_date = end_date or max(start_date, today)
    if number_of_day(end_date) - number_of_day(start_date) >= stats.MAX_DAYS:
        text = stats.LONG_SPAN.fill(most=stats.MAX_DAYS)
        raise reasons.BadParameters(Problem("end_date", text))
    return end_date


def _count(
    caller: Account,
    grid: Grid,
    sources: Sequence[CountedMail],
    start_date: str,
    end_date: str = "",
    aggregated_by: str = "day",
    limit: int | None = None,
    offset: int = 0,
) -> list[PeriodCounts]:
    """What was counted of each source, in each day, week or month of a period."""
    end_date = find_end(caller, grid, start_date, end_date)
    blocking.about_to_block(Lane.READ)
    spans: dict[str, list[PartCounts]] = {}
    for source in sources:
        sums: dict[str, Counter[str]] = {}
        for each in statistics.read_days(source.account.id, start_date, end_date, source.category):
            sums.setdefault(beginning_of(aggregated_by, each.day), Counter()).update(each.numbers)
        for day, numbers in sums.items():
            spans.setdefault(day, []).append(source.label._replace(numbers=numbers))
    counts = [PeriodCounts(day, parts) for day, parts in spans.items()]
    return counts[offset:][:limit]
