"""Days of an account: those of its time zone."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

#: Of accounts that chose none: dates in the recordings are those of California.
USUAL_ZONE = "America/Los_Angeles"


@lru_cache(maxsize=64)
def zone_of(name: str) -> "ZoneInfo":
    """A time zone.

    :param name: an IANA name; empty for the usual one.
    """
    # It has Python look for its own installation; few commands ask for a day.
    from zoneinfo import ZoneInfo

    return ZoneInfo(name or USUAL_ZONE)


def date_of(at: float, zone: str = "") -> date:
    """The day on which a moment falls.

    :param at: seconds since 1970.
    :param zone: an IANA name; empty for the usual one.
    """
    return datetime.fromtimestamp(at, zone_of(zone)).date()


def day_of(at: float, zone: str = "") -> str:
    """The day on which a moment falls, as YYYY-MM-DD; parameters as of `date_of`."""
    return moment_of(at, zone)[:10]


def moment_of(at: float, zone: str = "") -> str:
    """A moment as `YYYY-MM-DD HH:MM:SS`; parameters as of `date_of`."""
    # Without its offset; strftime takes longer.
    return datetime.fromtimestamp(at, zone_of(zone)).isoformat(" ", "seconds")[:19]


def begin_of(day: date, zone: str = "") -> float:
    """The first moment of a day, in seconds since 1970.

    :param zone: an IANA name; empty for the usual one.
    """
    return datetime.combine(day, time(), zone_of(zone)).timestamp()


def end_of(day: date, zone: str = "") -> float:
    """The first moment of the next day, which has begun 23 to 25 hours later; see `begin_of`."""
    return begin_of(day + timedelta(days=1), zone)
