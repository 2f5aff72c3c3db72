"""/v3/categories/stats/sums, /v3/subusers/stats/sums and /v3/subusers/stats/monthly: what became of
mail, of all days of a period together.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from legacygrid.auth.principal import Caller
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.endpoints.sendgrid_v3.stats import find_end
from legacygrid.endpoints.sendgrid_v3.subusers import OPENAPI
from legacygrid.grid import Grid
from legacygrid.models import statistic_sums
from legacygrid.models import subusers as lookup
from legacygrid.models.account import Account
from legacygrid.models.calendar_days import beginning_of
from legacygrid.models.statistic_sums import NamedSum, Order
from legacygrid.reasons import UnknownSubuser
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import Contract
from legacygrid.serializers.sendgrid_v3 import stat_sums, words
from legacygrid.serializers.sendgrid_v3.stat_sums import SumsOfPeriod
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

own = new_family()
of_subusers = new_family(Caller.PRIMARY, acts_for_subusers=False)
#: Later than each day of the month whose first is before it.
_END_OF_MONTH = "31"
#: Sums of an account from one day to another.
_Query = Callable[[int, str, str, Order], list[NamedSum]]


@own.operation(
    "v3/categories/stats/sums",
    task="GET",
    scopes=("categories.stats.sums.read", "stats.read"),
    contract=Contract(
        evidence=documented(f"{words.OPENAPI}, tsg_stats_v3"),
        params=stat_sums.sums,
        rows=stat_sums.sums_rows,
        example={"start_date": "2015-10-01", "end_date": "2015-10-02"},
    ),
)
def sum_by_category(
    caller: Account,
    grid: Grid,
    start_date: str,
    end_date: str = "",
    aggregated_by: str = "day",
    **given: Any,
) -> SumsOfPeriod:
    """Count what became of the account's mail of each category in a period, the most first."""
    last = find_end(caller, grid, start_date, end_date)
    return _sum(caller, start_date, last, given, "category", statistic_sums.sum_categories)


@of_subusers.operation(
    "v3/subusers/stats/sums",
    task="GET",
    scopes=("subusers.stats.sums.read",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=stat_sums.sums,
        rows=stat_sums.sums_rows,
        example={"start_date": "2015-10-01", "end_date": "2015-10-02"},
    ),
)
def sum_by_subuser(
    caller: Account,
    grid: Grid,
    start_date: str,
    end_date: str = "",
    aggregated_by: str = "day",
    **given: Any,
) -> SumsOfPeriod:
    """Count what became of the mail of each subuser in a period, the most first."""
    last = find_end(caller, grid, start_date, end_date)
    return _sum(caller, start_date, last, given, "subuser", statistic_sums.sum_subusers)


@of_subusers.operation(
    "v3/subusers/stats/monthly",
    task="GET",
    scopes=("subusers.stats.monthly.read",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=stat_sums.months,
        rows=stat_sums.month_rows,
        example={"date": "2015-10-01"},
    ),
)
def sum_month(caller: Account, date: str, subuser: str = "", **given: Any) -> SumsOfPeriod:
    """Count what became of the mail of each subuser in a month, the most first."""
    return _sum_month(caller, date, given, part=subuser)


@of_subusers.operation(
    "v3/subusers/{username}/stats/monthly",
    task="GET",
    scopes=("subusers.stats.monthly.read",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=stat_sums.month_of_subuser,
        rows=stat_sums.month_rows,
        refuses=(UnknownSubuser,),
        example={"username": "ada", "date": "2015-10-01"},
    ),
)
def sum_month_of_subuser(caller: Account, username: str, date: str, **given: Any) -> SumsOfPeriod:
    """Count what became of a subuser's mail in a month."""
    return _sum_month(caller, date, given, name=lookup.find(caller, username).username)


def _sum_month(
    caller: Account, date: str, given: dict[str, Any], part: str = "", name: str = ""
) -> SumsOfPeriod:
    first = beginning_of("month", date)
    last = first[:-2] + _END_OF_MONTH
    query = partial(statistic_sums.sum_subusers, part=part, name=name)
    return _sum(caller, first, last, given, "subuser", query)


def _sum(
    caller: Account, first: str, last: str, given: dict[str, Any], type: str, query: _Query
) -> SumsOfPeriod:
    """The sums from one day to another.

    :param given: in which order, and which of them.
    :param type: what each of them is of.
    """
    order = stat_sums.read_order(given)
    blocking.about_to_block(Lane.READ)
    return SumsOfPeriod(first, type, query(caller.id, first, last, order))
