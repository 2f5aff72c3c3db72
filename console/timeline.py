"""Time in columns of equal width, few enough to look at."""

from collections.abc import Collection
from math import ceil
from typing import NamedTuple, Self

#: Columns at most, and seconds that all of them take at least.
MOST, SHORTEST = 30, 60
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
#: Seconds of a column: what divides a minute, an hour or a day; then whole days.
_WIDTHS = (
    *(2, 5, 10, 15, 30),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 7, 14, 30, 91, 365)),
)


class Timeline(NamedTuple):
    """Columns, the first of which begins at `start`.

    :param start: seconds since 1970, a multiple of `width`.
    :param width: seconds of a column.
    """

    start: int
    width: int
    columns: int

    @classmethod
    def over(cls, moments: Collection[float], now: float) -> Self:
        """From the first of some moments to the last, or to the present if that is later."""
        last = max([now, *moments])
        first = min([last - SHORTEST, *moments])
        # At both ends there may be a column that is not full.
        least = (last - first) / (MOST - 2)
        widest = ceil(least / _WIDTHS[-1]) * _WIDTHS[-1]
        width = next((each for each in _WIDTHS if each >= least), widest)
        start = int(first // width) * width
        return cls(start, width, int((last - start) // width) + 1)

    def place(self, at: float) -> int:
        """The column of a moment."""
        return int((at - self.start) // self.width)

    def begin(self, place: int) -> int:
        """When a column begins, in seconds since 1970."""
        return self.start + place * self.width
