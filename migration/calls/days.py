"""Days of v2, which are those of the account's time zone, as v3 wants them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from legacygrid.migration.inputs import Inputs, MissingParameter

#: Where nobody set another time zone.
PACIFIC = ZoneInfo("America/Los_Angeles")


def end_day(inputs: Inputs) -> str | None:
    """The last day that a call means, if it says."""
    day = _read(inputs, "end_date")
    return day.isoformat() if day else None


def first_day(inputs: Inputs) -> str:
    """The first day of statistics: today, where the call does not say."""
    return (_start(inputs) or _today(inputs)).isoformat()


def earliest_day(inputs: Inputs) -> str:
    """The earliest day that statistics go back to: 1095 of them, as in v2."""
    return (_today(inputs) - timedelta(days=1094)).isoformat()


def start_time(inputs: Inputs) -> int | None:
    """The moment at which the first day begins, in seconds since 1970."""
    day = _start(inputs)
    return _midnight(day) if day else None


def end_time(inputs: Inputs) -> int | None:
    """The moment at which the last day ends."""
    day = _read(inputs, "end_date")
    return _midnight(day + timedelta(days=1)) - 1 if day else None


def _start(inputs: Inputs) -> date | None:
    """The first day that a call means: its start_date, or the first of `days` up to today."""
    if inputs.is_filled("days"):
        days = min(max(inputs.number("days"), 1), 36_500)
        return _today(inputs) - timedelta(days=days - 1)
    return _read(inputs, "start_date")


def _read(inputs: Inputs, name: str) -> date | None:
    if not inputs.is_filled(name):
        return None
    try:
        return date.fromisoformat(inputs.text(name))
    except ValueError:
        raise MissingParameter(name) from None


def _today(inputs: Inputs) -> date:
    return inputs.now.astimezone(PACIFIC).date()


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=PACIFIC).timestamp())
