"""Time zones as SendGrid told of them: by a name for people, and by their seconds behind
Greenwich.
"""

from datetime import datetime, timedelta
from functools import cache

from legacygrid.models.clock_days import USUAL_ZONE, zone_of
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.seed_fields import time_zones
from legacygrid.serializers.writers import Row

#: The manual has the first of these names; the others are after it.
_NAMES = {
    "America/New_York": "Eastern Time, US & Canada",
    "America/Chicago": "Central Time, US & Canada",
    "America/Denver": "Mountain Time, US & Canada",
    "America/Los_Angeles": "Pacific Time, US & Canada",
    "America/Halifax": "Atlantic Time, Canada",
    "America/Anchorage": "Alaska",
    "America/Phoenix": "Arizona",
    "Pacific/Honolulu": "Hawaii",
}
#: The areas of the zones that are listed: others, such as `US/Eastern`, are their former names.
_AREAS = frozenset(
    ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
     "Pacific")
)  # fmt: skip
#: A day of winter in the north, and one of summer.
_SEASONS = (datetime(2014, 1, 1), datetime(2014, 7, 1))


def time_zone_row(profile: Profile) -> Rows:
    """The time zone of an account."""
    return Rows("timezones", "timezone", json=describe, xml=describe, json_type=_ZONE, single=True)


def time_zone_rows(profile: Profile) -> Rows:
    """A list of time zones."""
    return Rows("timezones", "timezone", json=describe, xml=describe, json_type=_ZONE)


_ZONE = {"name": str, "offset": int, "timezone": str, "display": str}


def describe(zone: str) -> Row:
    """What is told of a time zone.

    :param zone: its IANA name; empty for that of the real service.
    """
    zone = zone or USUAL_ZONE
    east = _standard_offset(zone)
    minutes = abs(east) // timedelta(minutes=1)
    sign = "-" if east < timedelta() else "+"
    return {
        "name": _NAMES.get(zone) or zone.rpartition("/")[2].replace("_", " "),
        "offset": -int(east.total_seconds()),
        "timezone": zone,
        "display": f"GMT{sign}{minutes // 60:02}:{minutes % 60:02}",
    }


@cache
def list_zones() -> tuple[str, ...]:
    """The IANA names of the zones of all continents and oceans, from west to east."""
    listed = (zone for zone in time_zones() if zone.partition("/")[0] in _AREAS)
    return tuple(sorted(listed, key=lambda zone: (_standard_offset(zone), zone)))


def _standard_offset(zone: str) -> timedelta:
    """How far its clocks are before Greenwich while they are not put on for the summer."""
    info = zone_of(zone)
    return min(day.replace(tzinfo=info).utcoffset() or timedelta() for day in _SEASONS)
