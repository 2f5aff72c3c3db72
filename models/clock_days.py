"""Days of an account: those of its time zone."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

#: Of accounts that chose none: dates in the recordings are those of California.
USUAL_ZONE = "America/Los_Angeles"


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """A time zone.

    :param name: an IANA name; empty for the usual one.
    """
    return ZoneInfo(name or USUAL_ZONE)


def day_of(at: float, zone: str = "") -> str:
    """The day on which a moment falls, as YYYY-MM-DD.

    :param at: seconds since 1970.
    :param zone: an IANA name; empty for the usual one.
    """
    return datetime.fromtimestamp(at, zone_of(zone)).strftime("%Y-%m-%d")


def moment_of(at: float, zone: str = "") -> str:
    """A moment as `YYYY-MM-DD HH:MM:SS`.

    :param at: seconds since 1970.
    :param zone: an IANA name; empty for the usual one.
    """
    return datetime.fromtimestamp(at, zone_of(zone)).strftime("%Y-%m-%d %H:%M:%S")
