"""What a client of a REST API sent: a query, where a name may repeat, or a JSON document."""

from collections.abc import Mapping
from typing import Any

from legacygrid import reasons
from legacygrid.wsgi import forms, json_bodies
from legacygrid.wsgi.forms import Fields
from legacygrid.wsgi.values import Value

#: A body that is an array is a field of this name.
ARRAY = "body"
#: Verbs whose parameters are in the body alone; those of GET are in the query, of DELETE in both.
_BY_BODY = ("POST", "PUT", "PATCH")


def read(environ: Mapping[str, Any]) -> Fields:
    """Query and body as one set of fields. What is wrong with JSON is not raised but noted: only
    somebody who may make the call is told.

    :param environ: the call's WSGI environ.
    :raises TooManyFields: as it says.
    :raises Reason: as `read_body` does.
    """
    verb = environ["REQUEST_METHOD"]
    fields = Fields() if verb in _BY_BODY else _query(environ)
    fields.in_body = ()
    if verb == "GET":
        return fields
    try:
        members = _members(environ)
    except reasons.BadDocument as refusal:
        fields.refusal = refusal
        return fields
    fields.update(members)
    fields.in_body, fields.is_array = members, members.is_array
    return fields


def to_document(fields: Mapping[str, Any]) -> Any:
    """The document of a body, by its fields: an object of them, or the array that they are."""
    return fields.get(ARRAY, fields)


def _query(environ: Mapping[str, Any]) -> Fields:
    """The fields of the query; one that repeats is an array."""
    fields: dict[str, Value] = {}
    for name, value in forms.read_query(environ):
        before = fields.get(name)
        if isinstance(before, list):
            before.append(value)
        else:
            fields[name] = value if before is None else [before, value]
    return Fields(fields)


def _members(environ: Mapping[str, Any]) -> Fields:
    document = json_bodies.load(environ)
    if isinstance(document, list):
        members = json_bodies.to_fields({ARRAY: document})
        members.is_array = True
        return members
    if not isinstance(document, dict):
        raise reasons.BadDocument(hint="the body is JSON, but no object and no array")
    document.pop(ARRAY, None)
    return json_bodies.to_fields(document)
