"""The clock of a test."""

from datetime import datetime, timedelta

from legacygrid.testing.admin import Admin
from legacygrid.testing.records import ClockState


class WorldClock:
    """The clock of a world: all dates that the emulator writes come from it."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    @property
    def now(self) -> datetime:
        """The time it shows."""
        return datetime.fromisoformat(self._admin.clock().now)

    def freeze(self, at: datetime | str) -> ClockState:
        """Stop it at a time with a time zone, or at the same as ISO 8601."""
        return self._admin.freeze(at)

    def move(self, by: timedelta | float) -> ClockState:
        """Set it that many seconds ahead of real time; behind it if negative."""
        return self._admin.move(by)

    def advance(self, by: timedelta | float) -> ClockState:
        """Let that many seconds pass at once."""
        return self._admin.advance(by)

    def back(self) -> ClockState:
        """Set it to real time again."""
        return self._admin.real_time()
