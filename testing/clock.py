"""The clock of a test."""

from datetime import datetime, timedelta

from legacygrid.testing.admin import Admin
from legacygrid.testing.records import Clock


class Hands:
    """The clock of a world: every date that the emulator writes is from there."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    @property
    def now(self) -> datetime:
        """What it shows."""
        return datetime.fromisoformat(self._admin.clock().now)

    def freeze(self, at: datetime | str) -> Clock:
        """Let it stand still at a moment that has a time zone, or at its ISO 8601 text."""
        return self._admin.freeze(at)

    def move(self, by: timedelta | float) -> Clock:
        """Let it go so far ahead of real time, in seconds; behind it if negative."""
        return self._admin.move(by)

    def advance(self, by: timedelta | float) -> Clock:
        """Let so much time pass at once, in seconds."""
        return self._admin.advance(by)

    def back(self) -> Clock:
        """Let it show real time again."""
        return self._admin.real_time()
