"""Lists that are answered once something is in them: `wait=5s`. Part of the control API."""

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import Response, request
from marshmallow import ValidationError, fields, validate, validates_schema

from legacygrid.endpoints.control.request_bodies import world_filter
from legacygrid.endpoints.control.schemas import ControlSchema
from legacygrid.harness.arrivals import Arrivals, Wait
from legacygrid.harness.durations import read_duration
from legacygrid.serializers.json_types import JsonSchema, to_schema
from legacygrid.wsgi.environ_keys import WAIT

#: Seconds that a request may wait.
MAX_WAIT = 60

#: Looks for what is waited for, for the last time if so: nothing, if there is not enough of it yet.
Look = Callable[[bool], Response | None]


class Duration(fields.Field[float]):
    """Seconds: `5s`, `500ms`, `1m`, or a number."""

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return to_schema((str, float))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        try:
            seconds = read_duration(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        if seconds > MAX_WAIT:
            raise ValidationError(f"must be at most {MAX_WAIT}s")
        return seconds


class WaitSchema(ControlSchema):
    """How long to wait, and for how many."""

    wait = Duration()
    count = fields.Integer(validate=validate.Range(min=1, max=100_000))

    @validates_schema
    def check_count(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A count is to be waited for, and has to fit into the list."""
        if "count" not in data:
            return
        if "wait" not in data:
            raise ValidationError("goes with wait alone", "count")
        if data["count"] > data.get("limit", data["count"]):
            raise ValidationError("must not be more than limit", "count")


class Patience(NamedTuple):
    """How long a request waits, in seconds, and for how many."""

    seconds: float
    enough: int

    @classmethod
    def pop(cls, loaded: dict[str, Any]) -> "Patience":
        """That of a request, taken out of what it loaded."""
        return cls(loaded.pop("wait", 0.0), loaded.pop("count", 1))

    def answer(self, arrivals: Arrivals, matches: Callable[[Any], bool], look: Look) -> Response:
        """The answer, once there is enough for it, or no time is left.

        The shipped server makes the request again when something came in, and holds no thread
        meanwhile; under others, this thread waits.

        :param matches: whether an arrival may be what is waited for.
        """
        before: Wait | None = request.environ.get(WAIT)
        deadline = before.deadline if before else time.monotonic() + self.seconds
        while True:
            wait = Wait(arrivals, world_filter(), matches, deadline, arrivals.count)
            response = look(not wait.left)
            is_suspended = response is None and WAIT in request.environ
            if WAIT in request.environ:
                request.environ[WAIT] = wait if is_suspended else None
            if response is not None or is_suspended:
                return response or Response(status=503)
            wait.block()
