"""What is done with SendGrid's lists of suppressed addresses, whosever they are."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from legacygrid import reasons
from legacygrid.grid import Grid
from legacygrid.models import clock_days, listed_addresses, suppression
from legacygrid.models.account import Account
from legacygrid.models.listed_addresses import ListedAddresses
from legacygrid.models.suppression import SuppressionFilter
from legacygrid.reasons import Problem
from legacygrid.serializers.sendgrid.list_rows import DatedEntry
from legacygrid.serializers.sendgrid.messages import MESSAGES
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane


def list_entries(
    account: Account,
    grid: Grid,
    kind: str,
    date: bool = False,
    limit: int | None = None,
    offset: int = 0,
    **narrowed: Any,
) -> Iterator[DatedEntry]:
    """The entries of a list, oldest first.

    :param date: tell since when each is there.
    :param narrowed: see `_select`.
    """
    entries = _select(account, grid, kind, **narrowed)
    _may_read(account, kind)
    zone = account.time_zone
    return (
        DatedEntry(entry, clock_days.moment_of(entry.at, zone) if date else "")
        for entry in ListedAddresses(entries, limit, offset)
    )


def count_entries(account: Account, grid: Grid, kind: str, **narrowed: Any) -> int:
    """How many entries a list has.

    :param narrowed: see `_select`.
    """
    entries = _select(account, grid, kind, **narrowed)
    _may_read(account, kind)
    return listed_addresses.count(entries)


def add_entry(account: Account, grid: Grid, kind: str, email: str) -> None:
    """Put an address on a list.

    :raises AlreadyListed: it is there.
    """
    if not suppression.add(account, kind, email, _now(account, grid)):
        raise reasons.AlreadyListed


def delete_entries(
    account: Account,
    grid: Grid,
    kind: str,
    email: str = "",
    delete_all: bool = False,
    **narrowed: Any,
) -> None:
    """Take one address off a list, or all entries that are meant.

    :param narrowed: see `_select`.
    :raises NotListed: the address is not on the list.
    :raises BadParameters: nothing says what is meant.
    """
    if not (email or delete_all or narrowed):
        raise nothing_meant()
    entries = _select(account, grid, kind, email, **narrowed)
    removed = listed_addresses.take_off(entries, _now(account, grid))
    if email and not removed:
        raise reasons.NotListed(hint=f"no such {kind} of {account.username!r}")


def _select(
    account: Account,
    grid: Grid,
    kind: str,
    email: str = "",
    days: int | None = None,
    start_date: date | None = None,
    end_date: date | None = None,
    type: str = "",
) -> SuppressionFilter:
    """Which entries the parameters mean; days are those of the account's time zone.

    :param days: of so many days up to today.
    :raises BadParameters: the dates do not go together.
    """
    zone = account.time_zone
    today = clock_days.date_of(_now(account, grid), zone)
    if end_date and end_date > today:
        raise _wrong("end_date", "future")
    if start_date and end_date and end_date < start_date:
        raise _wrong("end_date", "date-order")
    if days and days < today.toordinal():
        earliest = date.fromordinal(today.toordinal() - days + 1)
        start_date = max(start_date or earliest, earliest)
    return SuppressionFilter(
        account,
        kind,
        address=email or None,
        since=clock_days.begin_of(start_date, zone) if start_date else None,
        before=clock_days.end_of(end_date, zone) if end_date else None,
        status=type or None,
    )


def nothing_meant() -> reasons.BadParameters:
    """What is said of a deletion that says nothing of what is to be deleted."""
    return _wrong("email", "required")


def _wrong(field: str, message: str) -> reasons.BadParameters:
    return reasons.BadParameters(
        Problem(field, MESSAGES[message].fill(name=field, label=field.capitalize()))
    )


def _now(account: Account, grid: Grid) -> float:
    return grid.clock.now(account.world)


def _may_read(account: Account, kind: str) -> None:
    """See that nobody waits while a long list is looked through.

    :raises WouldBlock: on an event loop's thread, if it is long.
    """
    if listed_addresses.are_many(account.id, kind):
        blocking.about_to_block(Lane.READ)
