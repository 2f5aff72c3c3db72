"""What the control API's requests mean: JSON that is read, or refused with the field named."""

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from legacygrid.endpoints.control.records import ClockSetting, Listed, Order
from legacygrid.grid import Grid
from legacygrid.harness.calls import SMTP
from legacygrid.harness.clock import REAL, Clock, Hands
from legacygrid.harness.faults import FaultEffect, InjectedFault, Target
from legacygrid.harness.journal import Criteria
from legacygrid.mail.tracking_links import KINDS, OPERATION
from legacygrid.reasons import Reason
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.seeds import EARLIEST, LATEST, places
from legacygrid.wsgi import blocking
from legacygrid.wsgi.body_limits import LONG, limit_of_control
from legacygrid.wsgi.environ_keys import CUT_SHORT, TOO_SLOW, WORLD
from legacygrid.wsgi.hosts import remote_address

#: A surrogate: JSON can escape it by itself, and no text, name or answer can hold it.
_HALF = re.compile("[\ud800-\udfff]")


class BadRequest(Exception):  # noqa: N818 - named after its status
    """A control request is refused; `errors` has the texts by field."""

    def __init__(self, errors: Mapping[str, Any], status: int = 400) -> None:
        super().__init__(errors)
        self.errors = errors
        self.status = status


def world() -> str:
    """The world that the request came in for; the empty text for the one without name."""
    name: str = request.environ.get(WORLD, "")
    return name


def narrowed() -> str | None:
    """The world that the request is narrowed to; none, without a prefix, for all of them."""
    return world() or None


def body(schema: Schema) -> dict[str, Any]:
    """The request's JSON, as the schema reads it; nothing sent is an empty object.

    :raises BadRequest: with the fields that are wrong.
    """
    return read(schema, _parsed(data) if (data := _received()) else {})


def document() -> Any:
    """The request's JSON.

    :raises BadRequest: it is none, cut short, or too long.
    """
    return _parsed(_received())


def _received() -> bytes:
    """The request's body, whole: half of one, or nothing of it, would mean something else, "reset
    all" for example.

    :raises BadRequest: it is cut short, or too long.
    """
    if CUT_SHORT in request.environ:
        raise BadRequest({"body": ["was cut short"]})
    if TOO_SLOW in request.environ:
        raise BadRequest({"body": ["did not arrive in time"]}, 408)
    limit = limit_of_control(remote_address(request.environ))
    if (request.content_length or 0) > limit:
        raise BadRequest({"body": [f"is over {limit} bytes"]}, 413)
    if (request.content_length or 0) > LONG:
        blocking.about_to_block()
    # Under other servers a chunked body has no length.
    return request.get_data()


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadRequest({"body": [f"is not JSON: {error}"]}) from None


def read(schema: Schema, data: Any) -> dict[str, Any]:
    """What the schema makes of the data.

    :raises BadRequest: with the fields that are wrong.
    """
    if not isinstance(data, dict):
        raise BadRequest({"body": ["must be a JSON object"]})
    try:
        if halves := list(places(data, _HALF)):
            raise BadRequest({place: ["holds half a character"] for place in halves})
        loaded: dict[str, Any] = schema.load(data)
    except RecursionError:
        raise BadRequest({"body": ["is nested too deep"]}) from None
    except ValidationError as error:
        messages: Any = error.messages
        raise BadRequest(
            {field: _helped(schema, field, said) for field, said in messages.items()}
        ) from None
    return loaded


def _helped(schema: Schema, field: str, said: Any) -> Any:
    """What is said of a field; of one that there is not, the one that may be meant."""
    names = [each.data_key or name for name, each in schema.fields.items()]
    if field in names or said != ["Unknown field."]:
        return said
    return [f"there is no such field{_meant(field, names) or '; there are ' + ', '.join(names)}"]


def _meant(name: str, names: Iterable[str]) -> str:
    """The one of the names that may be meant, as the end of a sentence; empty if none is near."""
    return "".join(f"; did you mean {close!r}?" for close in get_close_matches(name, names, 1))


def criteria(grid: Grid, loaded: Mapping[str, Any]) -> Criteria:
    """What is looked for; under the prefix of a world, in that world alone.

    :raises BadRequest: there is no such operation.
    """
    # Thousands of calls may be looked through, and told.
    blocking.about_to_block()
    if "operation" in loaded:
        _check_operation(grid, loaded["operation"], *map(OPERATION.format, KINDS), SMTP)
    return Criteria(world=narrowed(), **{name: loaded[name] for name in loaded if name != "limit"})


def queried(grid: Grid) -> tuple[Criteria, int | None]:
    """What the query looks for, and how many of it at most."""
    loaded = read(Listed(), request.args.to_dict())
    return criteria(grid, loaded), loaded.get("limit")


def ordered(grid: Grid) -> InjectedFault:
    """The fault that the request orders.

    :raises BadRequest: with the fields that are wrong.
    """
    loaded = body(Order())
    dialects = _dialects(grid, loaded)
    reason = _reason(loaded, dialects) if "reason" in loaded else None
    limit = loaded.get("rate_limit")
    compared = ("account", "operation", "task", "caller", "user")
    firing = ("times", "after", "probability", "seed")
    wire = ("delay", "status", "body", "headers", "truncate", "reset")
    effect = FaultEffect(
        reason=reason,
        texts=tuple(loaded.get("texts", ())),
        rate_limit=(limit["limit"], limit["seconds"]) if limit else None,
        **_among(wire, loaded),
    )
    target = Target(world=narrowed(), **_among(compared, loaded))
    return InjectedFault(effect, target, **_among(firing, loaded))


def _among(names: Iterable[str], loaded: Mapping[str, Any]) -> dict[str, Any]:
    return {name: loaded[name] for name in names if name in loaded}


def _dialects(grid: Grid, loaded: Mapping[str, Any]) -> list[Dialect]:
    """Those in which a fault would be said."""
    routes = list(grid.operations.values())
    if "operation" not in loaded:
        return [route.dialect for route in routes]
    _check_operation(grid, loaded["operation"])
    routes = [route for route in routes if route.operation.name == loaded["operation"]]
    tasks = routes[0].tasks
    if "task" in loaded and loaded["task"] not in tasks:
        there = ", ".join(filter(None, tasks)) or "none"
        raise BadRequest({"task": [f"{loaded['operation']} has no such task; it has {there}"]})
    return [route.dialect for route in routes]


def _check_operation(grid: Grid, name: str, *others: str) -> None:
    if name == SMTP and not others:
        raise BadRequest({"operation": ["faults strike calls, and not SMTP"]})
    names = {route.operation.name for route in grid.operations.values()} | set(others)
    if name not in names:
        raise BadRequest({"operation": [f"there is no {name[:100]!r}{_meant(name, names)}"]})


def _reason(loaded: Mapping[str, Any], dialects: list[Dialect]) -> type[Reason]:
    operation = loaded.get("operation", "")
    sayable = [
        {key[1] if isinstance(key, tuple) else key for key in dialect.sayings}
        for dialect in dialects
    ]
    known = {reason.__name__: reason for reason in set.intersection(*sayable)}
    name = loaded["reason"]
    more = "" if operation else ", and others of an operation that you name"
    if name not in known:
        raise BadRequest(
            {
                "reason": [
                    f"there is no {name[:100]!r} here; there are {', '.join(sorted(known))}{more}"
                ]
            }
        )
    is_wordless = any(dialect.saying(known[name], operation).text is None for dialect in dialects)
    if is_wordless and "texts" not in loaded:
        raise BadRequest({"texts": [f"{name} has no words of its own; say them"]})
    return known[name]


def set_clock(clock: Clock) -> None:
    """Set the clock as the request wants it.

    :raises BadRequest: with the fields that are wrong.
    """
    loaded = body(ClockSetting())
    if "advance" in loaded:
        hands = clock.hands(world()).advanced(loaded["advance"])
    elif "frozen" in loaded:
        hands = Hands(loaded["frozen"].timestamp())
    else:
        hands = Hands(offset=loaded["offset"]) if "offset" in loaded else REAL
    if not EARLIEST.timestamp() <= hands.now() <= LATEST.timestamp():
        raise BadRequest(
            {name: [f"leaves the years {EARLIEST.year} to {LATEST.year}"] for name in loaded}
        )
    clock.set(hands, world())
