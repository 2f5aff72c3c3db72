"""Parameters that are days of the calendar: 2012-06-27."""

from typing import Any

from legacygrid.models.calendar_days import is_day
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.parameters import ParameterField


class DayField(ParameterField):
    """A day, mixed into a kind of text. Its messages have a `day` and, where one day may not be
    before another, a `day-order`.

    :param not_before: the name of a parameter whose day may not be later.
    """

    def __init__(self, *, required: bool = False, not_before: str = "") -> None:
        super().__init__(required=required)
        self.not_before = not_before

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The day, as it was written.

        :raises ValidationError: it is none, or is before the other one.
        """
        text = super().deserialize(value, attr, data, **kwargs)
        first = (data or {}).get(self.not_before)
        if isinstance(text, str) and isinstance(first, str) and is_day(first) and text < first:
            raise self.error("day-order", str(self.name), other=self.not_before)
        return text

    def read(self, name: str, value: str) -> str:
        """The day."""
        if not is_day(value):
            raise self.error("day", name)
        return value

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "format": "date"}
