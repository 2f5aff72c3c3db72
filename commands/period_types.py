"""Options of times: moments, durations, and outages that come again."""

from datetime import datetime
from typing import Any

import click

from legacygrid.harness.durations import read_duration


class MomentType(click.ParamType[float]):
    """A moment in ISO 8601 with its time zone, as seconds since 1970."""

    name = "moment"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """The moment that is written."""
        if isinstance(value, float):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(f"{value!r} is no moment with a time zone: 2026-06-01T00:00:00Z", param, ctx)
        return moment.timestamp()


class DurationType(click.ParamType[float]):
    """A duration in seconds."""

    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """The seconds that are written."""
        try:
            return read_duration(value)
        except ValueError:
            self.fail(f"{value!r} is no duration: 500ms, 5s, 10m, 2h, 1d", param, ctx)


class BrownoutType(click.ParamType[tuple[float, float]]):
    """How long an outage lasts, and how often it comes, in seconds."""

    name = "brownout"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[float, float]:
        """The two durations of `10m/1h`."""
        if isinstance(value, tuple):
            return value
        durations = DurationType()
        lasting, _, every = value.partition("/")
        pair = (
            durations.convert(lasting, param, ctx),
            durations.convert(every, param, ctx),
        )
        if not 0 < pair[0] < pair[1]:
            self.fail(f"{value!r} does not come again and again: 10m/1h", param, ctx)
        return pair
