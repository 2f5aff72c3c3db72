"""Periods as SMTP2GO writes them: `1 day`, `2 months 3:00:00`, `0:30:00`, `3600`."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from legacygrid.registry.evidence import Sentence, inferred

_OURS = inferred("the manual has the forms; the words are ours")
NOT_A_PERIOD = Sentence(
    "{text} is no period; write as in 1 day, 2 months 3:00:00 or 0:30:00", _OURS
)
NO_LENGTH = Sentence("a period cannot be of no length", _OURS)

_CLOCK = r"(?P<hours>\d{1,6}):(?P<minutes>[0-5]?\d):(?P<seconds>[0-5]?\d)"
_UNITS = re.compile(
    rf"(?P<count>\d{{1,6}})\s+(?P<unit>hour|day|week|month)s?(?:\s*,?\s*{_CLOCK})?",
    re.IGNORECASE | re.ASCII,
)
_BARE = re.compile(_CLOCK, re.ASCII)
_SECONDS = re.compile(r"\d{1,9}", re.ASCII)
_LENGTH = {"hour": 3600, "day": 86_400, "week": 604_800}


@dataclass(frozen=True)
class Period:
    """A length of time; months are those of the calendar."""

    months: int = 0
    seconds: int = 0

    def before(self, at: float) -> float:
        """The moment that lies so long before another one, both in seconds since 1970; what is
        before year 1 is one.
        """
        at -= self.seconds
        if not self.months:
            return at
        try:
            moment = datetime.fromtimestamp(at, UTC)
        except (ValueError, OverflowError):
            return float("-inf")
        index = moment.year * 12 + moment.month - 1 - self.months
        year, month = index // 12, index % 12 + 1
        if year < 1:
            return float("-inf")
        day = min(moment.day, calendar.monthrange(year, month)[1])
        return moment.replace(year=year, month=month, day=day).timestamp()


def read(text: str) -> Period:
    """The period that a text means.

    :raises ValueError: it means none, or one of no length.
    """
    text = text.strip()
    if _SECONDS.fullmatch(text):
        # Of 2017; the manuals since then have no bare seconds.
        period = Period(seconds=int(text))
    elif found := _UNITS.fullmatch(text):
        unit, count = found["unit"].lower(), int(found["count"])
        months, seconds = (count, 0) if unit == "month" else (0, count * _LENGTH[unit])
        period = Period(months, seconds + (_clock(found) if found["hours"] else 0))
    elif found := _BARE.fullmatch(text):
        period = Period(seconds=_clock(found))
    else:
        raise ValueError(NOT_A_PERIOD.fill(text=repr(text[:64])))
    if period == Period():
        raise ValueError(NO_LENGTH)
    return period


def _clock(found: re.Match[str]) -> int:
    return int(found["hours"]) * 3600 + int(found["minutes"]) * 60 + int(found["seconds"])
