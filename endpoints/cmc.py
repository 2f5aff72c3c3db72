"""/transaction/v2/*: what an API user of Customers Mail Cloud reads of mail, and changes on its lists."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from legacygrid import documents, forms
from legacygrid.auth import Principal
from legacygrid.claims import Environ, form_pair
from legacygrid.endpoints import cmc_asked as asked
from legacygrid.forms import Fields
from legacygrid.grid import Grid
from legacygrid.manners import Manners
from legacygrid.models import reports
from legacygrid.models.message import BLOCKED, BOUNCED, DELIVERED
from legacygrid.models.reports import Counts
from legacygrid.models.settings import CMC
from legacygrid.operations import EVERYBODY, Family
from legacygrid.serializers import cmc, cmc_params, cmc_rows
from legacygrid.serializers.cmc_rows import STATUSES, Day, Listing
from legacygrid.serializers.evidence import documented

#: Rows of a page, unless told otherwise.
ROWS = 10
#: Of an example.
COMPOSITION = {"server_composition": "sandbox"}


def read(environ: Environ) -> Fields:
    """A form, or else JSON.

    :raises Reason: the body is neither.
    """
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    return forms.read(environ) if kind in (forms.URLENCODED, forms.MULTIPART) else documents.read(environ)


MANNERS = Manners(verbs=("POST",), kind=CMC, read=read, claim=form_pair, answer=cmc_rows.answer, audited=True)

#: Its lists are in `cmc_lists`.
family = Family(
    "transaction", ("/transaction/v2/{}",), cmc.dialect, callers=EVERYBODY, manners=MANNERS, prefix="/transaction/"
)


@family.operation(
    "transaction/bounces/list",
    permission="reference",
    params=cmc_params.bounces,
    rows=cmc_rows.bounces,
    evidence=documented(f"{cmc.MANUAL_TE}/bounces; keys of {cmc.PHP_CLIENT}, which throws on others"),
    example=COMPOSITION,
)
def list_bounces(
    principal: Principal, grid: Grid, status: int | None = None, p: int = 0, r: int = ROWS, **given: Any
) -> Listing:
    """List mail that was not delivered: bounced, or kept back since its address is blocked or unsubscribed."""
    zone = asked.zone(principal)
    sought = asked.sought(zone, (BOUNCED, BLOCKED), given, code=status)
    return Listing(zone, reports.logged(asked.scope(principal), sought, p, r))


@family.operation(
    "transaction/deliveries/list",
    permission="reference",
    params=cmc_params.deliveries,
    rows=cmc_rows.deliveries,
    evidence=documented(f"{cmc.MANUAL_TE}/deliveries; its keys are those of bounces (inferred)"),
    example=COMPOSITION | {"date": "2014-01-31"},
)
def list_deliveries(
    principal: Principal, grid: Grid, status: str = "", p: int = 0, r: int = ROWS, **given: Any
) -> Listing:
    """List what became of a day's mail, recipient by recipient."""
    zone = asked.zone(principal)
    if given["date"] > zone.today(asked.now(principal, grid)):
        raise asked.wrong("date", cmc.FUTURE)
    outcomes = STATUSES[status] if status else tuple(each for several in STATUSES.values() for each in several)
    return Listing(zone, reports.logged(asked.scope(principal), asked.sought(zone, outcomes, given), p, r))


@family.operation(
    "transaction/statistics/list",
    permission="reference",
    params=cmc_params.statistics,
    rows=cmc_rows.statistics,
    evidence=documented(f"{cmc.MANUAL_TE}/statistics; keys of {cmc.PHP_CLIENT}, which throws on others"),
    example={"year": "2014", "month": "1"},
)
def list_statistics(
    principal: Principal, grid: Grid, year: int, month: int, total: bool = False, server_composition: str = ""
) -> Listing:
    """Count a month's emails by day, up to today, or all of them together."""
    zone, scope = asked.zone(principal), asked.scope(principal)
    first, today = date(year, month, 1), zone.today(asked.now(principal, grid))
    counted = [Day(day, reports.counted(scope, DELIVERED, *zone.days(day, day))) for day in _month(first, today)]
    together = Day(None, sum((day.counts for day in counted), Counts()))
    return Listing(zone, [together] if total else counted)


def _month(first: date, last: date) -> Iterator[date]:
    """The days of the first one's month up to the last one."""
    days = (first + timedelta(days=number) for number in range(31))
    return (day for day in days if day.month == first.month and day <= last)
