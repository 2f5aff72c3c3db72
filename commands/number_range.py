"""Numbers of options, of which click takes some that are none."""

import math
from typing import Any

import click


class NumberRange(click.FloatRange):
    """A number between others; `nan` and `inf`, which Python reads as such, are none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is no number", param, ctx)
        return number
