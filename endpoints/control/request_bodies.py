"""Reads requests of the control API: JSON and queries, refused with the fields that are wrong."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from legacygrid import reasons
from legacygrid.endpoints.control.errors import BadRequest
from legacygrid.endpoints.control.schemas import CallQuerySchema
from legacygrid.grid import current_grid
from legacygrid.harness import seed_stream
from legacygrid.harness.call_filters import CallFilter
from legacygrid.harness.fault_targets import SMTP
from legacygrid.harness.seed_stream import SeedText
from legacygrid.mail.inviting import JOIN
from legacygrid.mail.tracking_links import KINDS, OPERATION
from legacygrid.models import subusers
from legacygrid.models.account import Account
from legacygrid.reasons import Reason
from legacygrid.serializers.near_names import suggest
from legacygrid.serializers.seeds import complaints, places
from legacygrid.wsgi.body_limits import limit_of_control, limit_of_state
from legacygrid.wsgi.environ_keys import BODY_LIMIT
from legacygrid.wsgi.hosts import remote_address
from legacygrid.wsgi.request_body import open_body, read_body
from legacygrid.wsgi.worlds import world_of

#: A surrogate: JSON can escape it by itself, and no text, name or answer can hold it.
_HALF = re.compile("[\ud800-\udfff]")
#: Status and text for each reason why a body is not read.
_UNREAD: Mapping[type[Reason], tuple[int, str]] = {
    reasons.BodyCutShort: (400, "was cut short"),
    reasons.BodyTooSlow: (408, "did not arrive in time"),
    reasons.BodyTooLarge: (413, "is too large"),
    reasons.UnknownCoding: (415, "has a Content-Encoding that is not supported"),
    reasons.UnreadableBody: (400, "is not what its Content-Encoding says"),
    reasons.NoRoom: (503, "has no room just now"),
}


def current_world() -> str:
    """The world that the request came in for; the empty text for the one without name."""
    return world_of(request.environ)


def world_filter() -> str | None:
    """The world that the request is narrowed to; none, without a prefix, for all worlds."""
    return current_world() or None


def find_account(name: str) -> Account:
    """The account or subuser of that name in the world of the request.

    :raises BadRequest: there is none.
    """
    try:
        return subusers.find_account(name, current_world())
    except reasons.UnknownSubuser:
        raise BadRequest({"account": [f"there is no account {name[:100]!r}"]}) from None


def load_body(schema: Schema) -> dict[str, Any]:
    """The request's JSON, as the schema reads it; nothing sent is an empty object.

    :raises BadRequest: with the fields that are wrong, or that stand in the query.
    """
    names = {each.data_key or name for name, each in schema.fields.items()}
    if misplaced := names & request.args.keys():
        raise BadRequest({name: ["goes into the JSON body"] for name in sorted(misplaced)})
    data = _read()
    return load(schema, _parse(data) if data else {})


def read_seed() -> Any:
    """The request's JSON, a long one as it was sent.

    :raises BadRequest: it is none, cut short, or too long.
    """
    environ = request.environ
    environ[BODY_LIMIT] = limit_of_state(remote_address(environ))
    with _refusing_bodies():
        sent = open_body(environ, seed_stream.LONG)
    return _parse(_read()) if sent is None else SeedText(*sent, "body", "is not JSON: {}")


def _read() -> bytes:
    """The request's body, whole: half of one, or nothing of it, would mean something else, "reset
    all" for example.

    :raises BadRequest: it is cut short, too long, or cannot be inflated.
    """
    request.environ[BODY_LIMIT] = limit_of_control(remote_address(request.environ))
    with _refusing_bodies():
        return read_body(request.environ)


@contextmanager
def _refusing_bodies() -> Iterator[None]:
    try:
        yield
    except Reason as reason:
        if type(reason) not in _UNREAD:
            raise
        status, text = _UNREAD[type(reason)]
        raise BadRequest({"body": list(reason.texts) or [text]}, status) from None


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadRequest({"body": [f"is not JSON: {error}"]}) from None


def load(schema: Schema, data: Any) -> dict[str, Any]:
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
        # As in a seed: what is within a field is named by its place.
        raise BadRequest({place: [text] for place, text in complaints(error.messages)}) from None
    return loaded


def make_filter(loaded: Mapping[str, Any]) -> CallFilter:
    """Which calls are meant; under the prefix of a world, those of that world alone.

    :raises BadRequest: there is no such operation.
    """
    if "operation" in loaded:
        check_operation(loaded["operation"], *map(OPERATION.format, KINDS), JOIN, SMTP)
    compared = {name: value for name, value in loaded.items() if name != "limit"}
    return CallFilter(world=world_filter(), **compared)


def load_query() -> tuple[CallFilter, int | None]:
    """Which calls the query means, and how many of them at most."""
    loaded = load(CallQuerySchema(), request.args.to_dict())
    return make_filter(loaded), loaded.get("limit")


def check_operation(name: str, *others: str) -> None:
    """Refuse what is neither an operation, emulated or not, nor one of the others.

    :raises BadRequest: with the name that may be meant.
    """
    grid = current_grid()
    emulated = (route.operation.name for route in grid.operations.values())
    names = {*emulated, *grid.gaps.names, *others}
    if name not in names:
        raise BadRequest(
            {
                "operation": [
                    f"there is no {name[:100]!r}{suggest(name, names, '; did you mean {!r}?')}"
                ]
            }
        )
