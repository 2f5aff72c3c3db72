"""/v3/browsers/stats and its like: what became of mail, by what and where it was read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.endpoints.sendgrid_v3.stats import find_end
from legacygrid.grid import Grid
from legacygrid.models import statistics
from legacygrid.models.account import Account
from legacygrid.models.calendar_days import beginning_of, days_between
from legacygrid.models.statistics import Figures
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import Contract, Handler
from legacygrid.serializers.sendgrid_v3 import words
from legacygrid.serializers.sendgrid_v3.stat_parts import KINDS, PAGE, PartKind
from legacygrid.serializers.sendgrid_v3.stats import PartCounts, PeriodCounts
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

family = new_family()


def _make_teller(kind: PartKind) -> Handler:
    def tell(caller: Account, grid: Grid, **given: Any) -> list[PeriodCounts]:
        names = given.pop(kind.names, ())
        return _count(caller, grid, kind, names, **given)

    tell.__doc__ = f"Count what became of the account's mail, by {kind.type.replace('_', ' ')}."
    return tell


def _count(
    caller: Account,
    grid: Grid,
    kind: PartKind,
    names: Sequence[str],
    start_date: str,
    end_date: str = "",
    aggregated_by: str = "day",
    country: str = "",
    limit: int = PAGE,
    offset: int = 0,
) -> list[PeriodCounts]:
    """What was counted of each part, in each day, week or month of a period; those of which nothing
    was are left out, as by v2 (inferred).
    """
    end_date = find_end(caller, grid, start_date, end_date)
    blocking.about_to_block(Lane.READ)
    spans: dict[str, dict[str, Counter[str]]] = {
        beginning_of(aggregated_by, day): {} for day in days_between(start_date, end_date)
    }
    for each in _read(caller.id, kind, start_date, end_date, country):
        if not names or each.part in names:
            parts = spans[beginning_of(aggregated_by, each.day)]
            parts.setdefault(each.part, Counter()).update(each.numbers)
    counts = [
        PeriodCounts(day, [PartCounts(sums, kind.type, name) for name, sums in parts.items()])
        for day, parts in spans.items()
    ]
    return counts[offset : offset + limit]


def _read(account: int, kind: PartKind, first: str, last: str, country: str) -> Iterable[Figures]:
    if kind.kind:
        return statistics.read_parts(account, first, last, kind.kind)
    return [] if country else statistics.read_countries(account, first, last)


for _kind in KINDS:
    family.operation(
        f"v3/{_kind.path}/stats",
        task="GET",
        scopes=(f"{_kind.path}.stats.read", "stats.read"),
        contract=Contract(
            evidence=documented(f"{words.OPENAPI}, tsg_stats_v3"),
            params=_kind.params,
            rows=_kind.rows,
            example={"start_date": "2015-10-01", "end_date": "2015-10-02"},
        ),
    )(_make_teller(_kind))
