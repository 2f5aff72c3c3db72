"""Parameters that are days, as all of SendGrid's calls write them: 2012-06-27."""

from typing import Any

from marshmallow import missing

from legacygrid.serializers.day_fields import DayField
from legacygrid.serializers.texts import Text


class Day(DayField, Text):
    """A day; empty is missing."""

    def is_absent(self, value: Any) -> bool:
        """Whether it is missing or empty."""
        return value is missing or value == ""

    def rule(self) -> str:
        """What is taken."""
        after = f", not before {self.not_before}" if self.not_before else ""
        return f"a day such as 2012-06-27{after}"
