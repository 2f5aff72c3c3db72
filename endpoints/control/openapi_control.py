"""The OpenAPI document of the control API, from the descriptions of its views and their schemas."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Flask
from marshmallow import Schema
from marshmallow.validate import Regexp
from werkzeug.routing import Rule

from legacygrid.endpoints.control.descriptions import (
    SEED,
    Body,
    Content,
    Description,
    find_description,
)
from legacygrid.registry.conventions import JSON
from legacygrid.registry.openapi.documents import begin_document
from legacygrid.registry.openapi.requests import Document
from legacygrid.registry.openapi.sharing import name_bodies, share_responses
from legacygrid.serializers.json_types import JsonSchema, JsonType, MapOf, to_schema

_VARIABLE = re.compile(r"<(?:(\w+):)?(\w+)>")
#: The end of a text in Python's patterns, which all of ours name.
_END = r"\Z"
_ERRORS = {"errors": MapOf([str])}
#: Why a request is refused, by status; the first are of every one, the next of one with a body.
_OF_EVERY_REQUEST, _OF_BODIES = (400, 401, 403, 503), (408, 413, 415)
_WHY: Mapping[int, str] = {
    400: "Fields are wrong.",
    401: "The token is wrong or missing.",
    403: "Not from there, or not without a token.",
    404: "It is not there.",
    408: "The body did not arrive in time.",
    409: "What is there is in the way.",
    413: "It is too large.",
    415: "The body has a Content-Encoding that is not supported.",
    502: "The other server refuses.",
    503: "The store does not answer, or there is no room just now.",
}
_TOKEN = {"type": "http", "scheme": "bearer", "description": "What --admin-token says."}
_HEALTH = {"status": str, "version?": str, "profile?": str, "smtp?": (int, None)}
#: Answered before the control API is.
_CHECKS: Mapping[str, str] = {
    "/__admin/health": "Whether the emulator can answer, its version, profile and ports.",
    "/__admin/ready": "The same.",
    "/healthz": "Whether the emulator can answer.",
    "/readyz": "The same.",
}


def describe_control(app: Flask, seed: Schema) -> Document:
    """The document of the control API.

    :param app: an application that has it.
    :param seed: the schema of seeds.
    """
    document = begin_document(
        "Legacygrid's control API", "What test harnesses ask of an emulator: JSON in and out."
    )
    paths: dict[str, Document] = {path: {"get": _describe_check(path)} for path in _CHECKS}
    for rule, view in _list_rules(app):
        path = _VARIABLE.sub(r"{\2}", rule.rule)
        paths.setdefault(path, {}).update(_describe_rule(rule, view, seed))
    document["paths"] = dict(sorted(paths.items()))
    document["components"]["securitySchemes"] = {"token": _TOKEN}
    share_responses(document, "control")
    name_bodies(document)
    return document


def _list_rules(app: Flask) -> Iterator[tuple[Rule, Callable[..., Any]]]:
    """Each rule of the control API, and its view."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("control.") and rule.endpoint != "control.unknown":
            yield rule, app.view_functions[rule.endpoint]


def _describe_check(path: str) -> Document:
    content = {JSON: {"schema": to_schema(_HEALTH)}}
    return {
        "operationId": path.strip("/").replace("/", "."),
        "tags": ["health"],
        "summary": _CHECKS[path],
        "responses": {
            "200": {"description": "It can.", "content": content},
            "503": {"description": "It cannot; `status` says why.", "content": content},
        },
        "security": [{}],
    }


def _describe_rule(
    rule: Rule, view: Callable[..., Any], seed: Schema
) -> Iterator[tuple[str, Document]]:
    """What is asked by a rule, by its verbs."""
    description = find_description(view)
    parameters = [*_of_path(rule), *_of_query(description.query)]
    name, noun = rule.endpoint.removeprefix("control."), rule.endpoint.split(".")[1]
    # What one view answers at two paths has two names.
    path = "" if rule.rule.rpartition("/")[2] != "raw" else ":raw"
    for verb in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        described: Document = {
            "operationId": f"{name}.{verb.lower()}{path}",
            "tags": [noun],
            "summary": " ".join((view.__doc__ or "").partition("\n\n")[0].split()),
            **({"parameters": parameters} if parameters else {}),
            **_body(description.body, seed),
            "responses": dict(_responses(description)),
            "security": [{"token": []}, {}],
        }
        yield verb.lower(), described


def _of_path(rule: Rule) -> Iterator[Document]:
    for converter, name in _VARIABLE.findall(rule.rule):
        number = {"type": "integer", "minimum": 0}
        schema = number if converter == "int" else {"type": "string"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _of_query(schema: type[Schema] | None) -> Iterator[Document]:
    if schema is None:
        return
    described = _read_schema(schema())
    for name, each in described["properties"].items():
        # A query has no objects.
        if each.get("type") != "object":
            is_required = name in described.get("required", ())
            required = {"required": True} if is_required else {}
            yield {"name": name, "in": "query", **required, "schema": each}


def _body(body: Body | None, seed: Schema) -> Document:
    if body is None:
        return {}
    described = _read_schema(seed if body is SEED else body())
    content = {JSON: {"schema": described}}
    return {"requestBody": {"content": content, "required": "required" in described}}


def _responses(description: Description) -> Iterator[tuple[str, Document]]:
    for status, looks in description.answers.items():
        yield str(status), {"description": "Done.", "content": _content(looks)}
    refused = {*_OF_EVERY_REQUEST, *description.refuses, *(_OF_BODIES if description.body else ())}
    for status in sorted(refused):
        yield str(status), {"description": _WHY[status], "content": _content(_ERRORS)}


def _content(looks: JsonType | Content) -> Document:
    if isinstance(looks, Content):
        return {looks.kind: {"schema": {"type": "string"}}}
    return {JSON: {"schema": to_schema(looks)}}


def _read_schema(schema: Schema) -> JsonSchema:
    """A schema of marshmallow as JSON has it; what is within it stands in it."""
    from apispec import APISpec
    from apispec.ext.marshmallow import MarshmallowPlugin

    plugin = MarshmallowPlugin(schema_name_resolver=lambda _: "")
    APISpec("", "", "3.1.0", plugins=[plugin])
    assert plugin.converter is not None  # noqa: S101 - the line above has it made
    plugin.converter.add_attribute_function(_of_own_kind)  # type: ignore[no-untyped-call]
    read: JsonSchema = plugin.converter.schema2jsonschema(schema)  # type: ignore[no-untyped-call]
    return read


def _of_own_kind(self: Any, field: Any, **kwargs: Any) -> JsonSchema:
    """What apispec does not know of a field: our own kinds, and patterns as ECMA-262 has them."""
    if hasattr(field, "json_schema"):
        own: JsonSchema = field.json_schema()
        return own
    for rule in field.validators:
        if isinstance(rule, Regexp):
            pattern = str(rule.regex.pattern)
            return {"pattern": f"^(?:{pattern.removesuffix(_END)})$"}
    return {}
