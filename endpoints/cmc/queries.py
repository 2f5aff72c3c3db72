"""Whose data a call to Customers Mail Cloud is about, and of when: by the caller's settings and the
dates given.
"""

from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import Principal
from legacygrid.grid import Grid
from legacygrid.models.reports import ReportFilter, Scope
from legacygrid.models.suppression import SuppressionFilter
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import Sentence
from legacygrid.serializers.cmc import messages
from legacygrid.serializers.cmc.zones import Span, Zone

EVER = (float("-inf"), float("inf"))


def wrong(field: str, text: Sentence) -> reasons.BadParameters:
    """The reason that says so of one parameter."""
    return reasons.BadParameters(Problem(field, text))


def zone(principal: Principal) -> Zone:
    """The time zone of a caller."""
    return Zone(principal.login.settings.time_zone)


def scope(principal: Principal) -> Scope:
    """Whose mail a caller sees: the account's, or their own alone."""
    is_narrow = principal.login.settings.own_data_only
    return Scope(principal.account.id, (principal.login.number or 0) if is_narrow else None)


def now(principal: Principal, grid: Grid) -> float:
    """Seconds since 1970, as it is for a caller."""
    return grid.clock.now(principal.account.world)


def period(zone: Zone, given: dict[str, Any]) -> Span:
    """From `start_date` to `end_date`, both included; what is not given is open.

    :raises BadParameters: it ends before it starts.
    """
    first, last = given.get("start_date"), given.get("end_date")
    if first and last and last < first:
        raise wrong("end_date", messages.ORDER)
    start = zone.days(first, first)[0] if first else EVER[0]
    return start, zone.days(last, last)[1] if last else EVER[1]


def moments(zone: Zone, given: dict[str, Any]) -> tuple[Span, ...]:
    """The day of `date`, or its `hour`, or the `minute` of that.

    :raises BadParameters: an hour without its day, or a minute without its hour.
    """
    day, hour, minute = given.get("date"), given.get("hour"), given.get("minute")
    if day is None and (hour, minute) != (None, None):
        raise wrong("hour" if minute is None else "minute", messages.NEEDS_DATE)
    if hour is None and minute is not None:
        raise wrong("minute", messages.NEEDS_HOUR)
    if day is None:
        return (EVER,)
    return (zone.days(day, day),) if hour is None else zone.clock(day, hour, minute)


def report_filter(
    zone: Zone, outcomes: tuple[str, ...], given: dict[str, Any], code: int | None = None
) -> ReportFilter:
    """What the parameters of bounces and deliveries look for.

    :raises BadParameters: their dates do not go together.
    """
    return ReportFilter(
        outcomes,
        spans=((period(zone, given),), moments(zone, given)),
        code=code,
        sender=given.get("from", ""),
        to=given.get("to", ""),
        api_data=given.get("api_data", ""),
        match=given.get("search_option", "exact"),
    )


def suppression_filter(principal: Principal, kind: str, given: dict[str, Any]) -> SuppressionFilter:
    """What the parameters of the lists of addresses look for.

    :raises BadParameters: as `period`.
    """
    start, end = period(zone(principal), given)
    removed = given.get("removed", False)
    return SuppressionFilter(
        principal.account, kind, given.get("email"), since=start, before=end, removed=removed
    )
