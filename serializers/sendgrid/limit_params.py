"""The parameters of customer.limit."""

from typing import Any

from marshmallow import missing

from legacygrid.models.credits import MOST, PERIODS
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid.days import Day
from legacygrid.serializers.texts import Text


class Credits(Text):
    """A number of credits; empty is missing."""

    def is_absent(self, value: Any) -> bool:
        """Whether it is missing or empty."""
        return value is missing or value == ""

    def read(self, name: str, text: str) -> int:
        """The number."""
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MOST))
        if not is_number or int(text) > MOST:
            raise self.error("credits", name, most=MOST)
        return int(text)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "integer", "minimum": 0, "maximum": MOST}

    def rule(self) -> str:
        """What is taken."""
        return f"a whole number from 0 to {MOST}"


class CreditPeriod(Text):
    """How often a limit is filled up."""

    def read(self, name: str, text: str) -> str:
        """The period."""
        if text not in PERIODS:
            raise self.error("period", name)
        return text

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "enum": list(PERIODS)}

    def rule(self) -> str:
        """What is taken."""
        return f"{PERIODS[0]}, {PERIODS[1]} or {PERIODS[2]}"


def number_of_credits(profile: Profile) -> Params:
    """customer.limit, task total, increment and decrement; a `period` is ignored (recorded)."""
    return {"credits": Credits(required=True)}


def recurring_limit(profile: Profile) -> Params:
    """customer.limit task=recurring."""
    return {
        "credits": Credits(required=True),
        "period": CreditPeriod(required=True),
        "startdate": Day(),
        "enddate": Day(not_before="startdate"),
        "initial_credits": Credits(),
    }
