"""Paths of options: an empty one, as of an unset variable of a shell, is no path."""

from typing import Any

import click


class GivenPath(click.Path):
    """A path that is not empty: that would be this folder to Python, and no option at all to us."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The path."""
        if not str(value):
            self.fail("may not be empty", param, ctx)
        return super().convert(value, param, ctx)
