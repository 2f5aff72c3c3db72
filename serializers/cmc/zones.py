"""A caller's time zone: dates of requests are read in it, moments of answers written in it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

#: From one moment up to another, which is left out; both in seconds since 1970.
Span = tuple[float, float]
MINUTE = timedelta(minutes=1)


class Zone(NamedTuple):
    """A time zone.

    :param name: of the IANA's, such as `Asia/Tokyo`.
    """

    name: str

    @property
    def _info(self) -> "ZoneInfo":
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.name)

    def format(self, at: float) -> str:
        """A moment as it is written: `2018-10-01 12:00:00`."""
        return datetime.fromtimestamp(at, UTC).astimezone(self._info).strftime("%Y-%m-%d %H:%M:%S")

    def today(self, now: float) -> date:
        """The day that it is there."""
        return datetime.fromtimestamp(now, UTC).astimezone(self._info).date()

    def days(self, first: date, last: date) -> Span:
        """From the first moment of a day to the last of another: a day has 23 to 25 hours."""
        return self._midnight(first), self._midnight(last + timedelta(days=1))

    def clock(self, day: date, hour: int, minute: int | None = None) -> tuple[Span, ...]:
        """When it is that hour, or that minute, of the day: twice, if the clocks are put back, or
        never.
        """
        first = datetime.combine(day, time(hour, minute or 0))
        minutes = 60 if minute is None else 1
        starts = sorted(
            {at for number in range(minutes) for at in self._moments(first + number * MINUTE)}
        )
        return tuple(_joined(starts))

    def _midnight(self, day: date) -> float:
        return datetime.combine(day, time(), self._info).timestamp()

    def _moments(self, local: datetime) -> Iterator[float]:
        """The moments at which the clocks there show that; none where they are put on."""
        for fold in (0, 1):
            at = local.replace(tzinfo=self._info, fold=fold).timestamp()
            if (
                datetime.fromtimestamp(at, UTC).astimezone(self._info).replace(tzinfo=None, fold=0)
                == local
            ):
                yield at


def _joined(minutes: list[float]) -> Iterator[Span]:
    """The spans that minutes make, which are in order."""
    start: float | None = None
    for place, minute in enumerate(minutes):
        start = minute if start is None else start
        end = minute + MINUTE.total_seconds()
        if minutes[place + 1 : place + 2] != [end]:
            yield start, end
            start = None
