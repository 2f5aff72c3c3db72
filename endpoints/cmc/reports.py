"""/transaction/v2/*: what an API user of Customers Mail Cloud reads of mail."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from legacygrid.auth.principal import Principal
from legacygrid.endpoints.cmc import queries
from legacygrid.endpoints.cmc.transaction import COMPOSITION, READERS, ROWS, new_family
from legacygrid.grid import Grid
from legacygrid.models import reports
from legacygrid.models.message import BLOCKED, BOUNCED, DELIVERED
from legacygrid.models.reports import Counts
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import Contract
from legacygrid.serializers.cmc import messages, params, rows, sources
from legacygrid.serializers.cmc.rows import STATUSES, DayCounts, Listing
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

family = new_family()


@family.operation(
    "transaction/bounces/list",
    access=READERS,
    contract=Contract(
        evidence=documented(
            f"{sources.MANUAL_TE}/bounces; keys of {sources.PHP_CLIENT}, which throws on others"
        ),
        params=params.bounces,
        rows=rows.bounces,
        example=COMPOSITION,
    ),
)
def list_bounces(
    principal: Principal,
    grid: Grid,
    status: int | None = None,
    p: int = 0,
    r: int = ROWS,
    **given: Any,
) -> Listing:
    """List mail that was not delivered: bounced, or kept back since its address is blocked or
    unsubscribed.
    """
    # Thousands of lines may be looked through.
    blocking.about_to_block(Lane.READ)
    zone = queries.zone(principal)
    wanted = queries.report_filter(zone, (BOUNCED, BLOCKED), given, code=status)
    return Listing(zone, reports.find_rows(queries.scope(principal), wanted, p, r))


@family.operation(
    "transaction/deliveries/list",
    access=READERS,
    contract=Contract(
        evidence=documented(
            f"{sources.MANUAL_TE}/deliveries; its keys are those of bounces (inferred)"
        ),
        params=params.deliveries,
        rows=rows.deliveries,
        example=COMPOSITION | {"date": "2014-01-31"},
    ),
)
def list_deliveries(
    principal: Principal, grid: Grid, status: str = "", p: int = 0, r: int = ROWS, **given: Any
) -> Listing:
    """List what became of a day's mail, recipient by recipient."""
    # Thousands of lines may be looked through.
    blocking.about_to_block(Lane.READ)
    zone = queries.zone(principal)
    if given["date"] > zone.today(queries.now(principal, grid)):
        raise queries.wrong("date", messages.FUTURE)
    outcomes = (
        STATUSES[status]
        if status
        else tuple(each for several in STATUSES.values() for each in several)
    )
    wanted = queries.report_filter(zone, outcomes, given)
    return Listing(zone, reports.find_rows(queries.scope(principal), wanted, p, r))


@family.operation(
    "transaction/statistics/list",
    access=READERS,
    contract=Contract(
        evidence=documented(
            f"{sources.MANUAL_TE}/statistics; keys of {sources.PHP_CLIENT}, which throws on others"
        ),
        params=params.statistics,
        rows=rows.statistics,
        example={"year": "2014", "month": "1"},
    ),
)
def list_statistics(
    principal: Principal,
    grid: Grid,
    year: int,
    month: int,
    total: bool = False,
    server_composition: str = "",
) -> Listing:
    """Count a month's emails by day, up to today, or all of them together."""
    # Thousands of lines may be looked through.
    blocking.about_to_block(Lane.READ)
    zone, scope = queries.zone(principal), queries.scope(principal)
    first, today = date(year, month, 1), zone.today(queries.now(principal, grid))
    counted = [
        DayCounts(day, reports.count_emails(scope, DELIVERED, *zone.days(day, day)))
        for day in _month(first, today)
    ]
    together = DayCounts(None, sum((day.counts for day in counted), Counts()))
    return Listing(zone, [together] if total else counted)


def _month(first: date, last: date) -> Iterator[date]:
    """The days of the first one's month up to the last one."""
    days = (first + timedelta(days=number) for number in range(31))
    return (day for day in days if day.month == first.month and day <= last)
