"""customer.stats and stats.*: what became of mail, day by day."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import OWNERS
from legacygrid.endpoints.sendgrid.customer import make_family
from legacygrid.grid import Grid
from legacygrid.models import statistics
from legacygrid.models.account import Account
from legacygrid.models.calendar_days import (
    beginning_of,
    days_between,
    number_of_day,
    text_of_day,
)
from legacygrid.models.clock_days import day_of
from legacygrid.models.statistics import EVER, Figures
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import documented, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import Contract, Family
from legacygrid.serializers.sendgrid import python_words
from legacygrid.serializers.sendgrid import stat_params as params
from legacygrid.serializers.sendgrid import stat_rows as rows
from legacygrid.serializers.sendgrid.stat_rows import Categories, SpanCounts, Totals
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

#: Days of which an answer is written at once; others wait for those of more.
_FEW = 50
of_subusers = make_family()
of_accounts = Family("stats", ("/api/stats.{}",), python_words.stats, callers=OWNERS)

Told = list[Figures] | Totals | Categories


@of_subusers.operation(
    "customer.stats",
    contract=Contract(
        evidence=recorded(e.GEM_2012),
        params=params.statistics,
        rows=rows.subuser_rows,
        example={"user": "ada"},
    ),
)
def tell_of_subuser(subuser: Account, grid: Grid, **given: Any) -> Told:
    """Count what became of a subuser's mail, day by day or in total; or list its categories."""
    return _tell(subuser, _today(grid, subuser), **given)


@of_accounts.operation(
    "stats.get",
    contract=Contract(
        evidence=recorded(e.GEM_2012), params=params.statistics, rows=rows.account_rows
    ),
)
def tell_of_account(caller: Account, grid: Grid, **given: Any) -> Told:
    """Count what became of the account's own mail, day by day or in total; or list its
    categories.
    """
    today = _today(grid, caller)
    _refuse_future(today, **given)
    return _tell(caller, today, **given)


@of_accounts.operation(
    "stats.getAdvanced",
    contract=Contract(
        evidence=documented(f"{e.MANUAL_STATS}; the names of what is counted are inferred"),
        params=params.advanced_statistics,
        rows=rows.metric_rows,
        example={"data_type": "global", "start_date": "2012-06-27", "end_date": "2012-06-28"},
    ),
)
def tell_by_part(
    caller: Account,
    grid: Grid,
    start_date: str,
    end_date: str = "",
    metric: Sequence[str] = (),
    aggregated_by: str = "day",
    **given: Any,
) -> list[SpanCounts]:
    """Count what became of the account's own mail by day, week or month: all of it, or by browser,
    mail program, device, country or provider of its recipients.
    """
    today = _today(grid, caller)
    _refuse_future(today, start_date=start_date, end_date=end_date)
    first, last = _between(today, start_date=start_date, end_date=end_date)
    blocking.about_to_block(Lane.READ)
    spans: dict[str, dict[str, Counter[str]]] = {
        beginning_of(aggregated_by, day): {} for day in days_between(first, last)
    }
    for counts in _read_parts(caller.id, first, last, **given):
        parts = spans[beginning_of(aggregated_by, counts.day)]
        parts.setdefault(counts.part, Counter()).update(counts.numbers)
    return [SpanCounts(day, parts, tuple(metric)) for day, parts in spans.items()]


def _read_parts(
    account: int, first: str, last: str, data_type: str, category: str = "", country: str = ""
) -> Iterable[Figures]:
    """What is counted of each day, by the parts that are asked for."""
    if data_type not in ("global", "geo"):
        return statistics.read_parts(account, first, last, data_type, category)
    if data_type == "global":
        return statistics.read_days(account, first, last, category)
    return [] if country else statistics.read_countries(account, first, last, category)


def _tell(account: Account, today: str, category: Sequence[str] = (), **given: Any) -> Told:
    """What is asked for of the mail of an account."""
    if given.get("list"):
        return Categories(statistics.list_categories(account.id))
    categories = category or ("",)
    if given.get("aggregate"):
        has_dates = given.keys() & {"days", "start_date", "end_date"}
        first, last = _between(today, **given) if has_dates else EVER
        totals = [statistics.read_total(account.id, first, last, each) for each in categories]
        return totals if len(totals) > 1 else Totals(totals[0])
    first, last = _between(today, **given)
    if number_of_day(last) - number_of_day(first) >= _FEW:
        blocking.about_to_block(Lane.READ)
    found = [statistics.read_days(account.id, first, last, each) for each in categories]
    return [counts for day in zip(*found, strict=True) for counts in day]


def _between(
    today: str, days: int = 1, start_date: str = "", end_date: str = "", **others: Any
) -> tuple[str, str]:
    """The first and the last day that are meant: without dates, so many up to today.

    :raises BadParameters: they are too many.
    """
    if start_date or end_date:
        first, last = start_date or end_date, end_date or max(start_date, today)
    else:
        first, last = text_of_day(number_of_day(today) - days + 1), today
    if number_of_day(last) - number_of_day(first) >= params.MOST_DAYS:
        text = params.MESSAGES["span"].fill(most=params.MOST_DAYS)
        raise reasons.BadParameters(Problem("end_date", text))
    return first, last


def _refuse_future(today: str, start_date: str = "", end_date: str = "", **others: Any) -> None:
    """See that no day is later than today.

    :raises BadParameters: one is.
    """
    late = {"start_date": start_date > today, "end_date": end_date > today}
    problems = [Problem(name, params.FUTURE[name]) for name, is_late in late.items() if is_late]
    if problems:
        raise reasons.BadParameters(*problems)


def _today(grid: Grid, account: Account) -> str:
    return day_of(grid.clock.now(account.world), account.time_zone)
