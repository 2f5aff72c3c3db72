"""`/__admin/requests.har` and `.jsonl`: the journal as a file for other tools. Part of the control
API.
"""

from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice

from flask import Blueprint, Response, request

from legacygrid.endpoints.control import lists, request_bodies
from legacygrid.endpoints.control.descriptions import Content, describe
from legacygrid.endpoints.control.har import to_entry
from legacygrid.endpoints.control.records import call_to_json
from legacygrid.endpoints.control.schemas import CallQuerySchema
from legacygrid.grid import current_grid
from legacygrid.harness.calls import Call
from legacygrid.harness.fault_targets import SMTP
from legacygrid.serializers.json_types import MapOf
from legacygrid.serializers.layouts import COMPACT
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

blueprint = Blueprint("journal_files", __name__)


@blueprint.get("/requests.jsonl")
@describe(Content("application/jsonl"), query=CallQuerySchema)
def as_lines() -> Response:
    """The calls that match, oldest first, as `/__admin/requests` has them: an object a line."""
    lines = (f"{COMPACT.write(call_to_json(call))}\n" for call in _read_calls())
    return Response(_join(lines), mimetype="application/jsonl")


@blueprint.get("/requests.har")
@describe(
    {"log": {"version": str, "creator": MapOf(str), "entries": [MapOf(object)]}},
    query=CallQuerySchema,
)
def as_har() -> Response:
    """The same as an HTTP Archive 1.2. Of answers, the journal has the status alone."""
    operations, root = current_grid().operations, request.host_url
    # SMTP has no place in it.
    told = (call_to_json(call) for call in _read_calls() if call.operation != SMTP)
    entries = (COMPACT.write(to_entry(each, operations, root)) for each in told)
    return Response(_join(_write_archive(entries)), mimetype="application/json")


def _read_calls() -> Iterator[Call]:
    blocking.about_to_block(Lane.READ)
    call_filter, limit = request_bodies.load_query()
    return current_grid().journal.read(call_filter, limit)


def _write_archive(entries: Iterator[str]) -> Iterator[str]:
    creator = {"name": "Legacygrid", "version": version("legacygrid")}
    head = COMPACT.write({"version": "1.2", "creator": creator})
    yield f'{{"log":{head[:-1]},"entries":['
    for number, entry in enumerate(entries):
        yield f",\n{entry}" if number else entry
    yield "]}}\n"


def _join(texts: Iterator[str]) -> Iterator[str]:
    while batch := list(islice(texts, lists.BATCH)):
        yield "".join(batch)
