"""Days of the calendar, as texts: 2012-06-27."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def number_of_day(text: str) -> int:
    """A day as a number: that of the next day is one more.

    :param text: as YYYY-MM-DD.
    """
    return date.fromisoformat(text).toordinal()


def text_of_day(number: int) -> str:
    """The day of a number, as YYYY-MM-DD; of one before the calendar begins, its first."""
    return date.fromordinal(max(number, 1)).isoformat()


def days_between(first: str, last: str) -> Iterator[str]:
    """All days from one to another, both among them, as YYYY-MM-DD."""
    yield from map(text_of_day, range(number_of_day(first), number_of_day(last) + 1))


def beginning_of(span: str, day: str) -> str:
    """The first day of the `day`, `week` (from Monday on) or `month` that a day is in.

    :param day: as YYYY-MM-DD.
    """
    if span == "month":
        return f"{day[:8]}01"
    if span == "week":
        return text_of_day(number_of_day(day) - date.fromisoformat(day).weekday())
    return day


def later_by_months(first: int, today: int) -> str:
    """The last day not after another one that is whole months after a first: its day of the month,
    or the last one of a shorter month.

    :param first: the number of a day; `today` that of the same day or a later one.
    """
    begin, end = date.fromordinal(first), date.fromordinal(today)
    months = end.year * 12 + end.month - 1
    if end.day < _day_in(months, begin.day):
        months -= 1
    year, month = divmod(months, 12)
    return date(year, month + 1, _day_in(months, begin.day)).isoformat()


def _day_in(months: int, day: int) -> int:
    """That day of a month, or its last one if it is shorter.

    :param months: of the calendar, since its beginning.
    """
    year, month = divmod(months, 12)
    return min(day, monthrange(year, month + 1)[1])
