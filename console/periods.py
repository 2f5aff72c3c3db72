"""Moments in addresses: from when on, and until when, what a list shows came in."""

from datetime import UTC, datetime
from typing import NamedTuple, Self

from flask import request


def moment_to_query(seconds: float) -> str:
    """A moment as addresses have it, in UTC, as a browser's field for one does.

    :param seconds: since 1970; the rest of a second is left out.
    :returns: the empty text for a moment that no calendar has.
    """
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.replace(tzinfo=None).isoformat()


def _read(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


class TimeRange(NamedTuple):
    """From when on, and until when; what is empty has no end.

    :param since: a moment in ISO 8601, in UTC if it names no other zone; so is `until`.
    """

    since: str = ""
    until: str = ""

    @classmethod
    def from_query(cls) -> Self:
        """As the page's address has it."""
        return cls(*(request.args.get(name, "") for name in cls._fields))

    @property
    def unreadable(self) -> list[str]:
        """What is there and is no moment; the period is as without it."""
        return [text for text in self if text and _read(text) is None]

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Both in seconds since 1970."""
        return _read(self.since), _read(self.until)
