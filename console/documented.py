"""What the OpenAPI document of a system says of a task, for the page of its operation."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from legacygrid.grid import current_grid
from legacygrid.registry import spelling
from legacygrid.registry.openapi.documents import find_operation
from legacygrid.registry.openapi.requests import TASK, Document
from legacygrid.registry.routes import ReadyTask, Route
from legacygrid.serializers.json_types import JsonSchema

#: How much a level is set in.
_INDENT = "  "
#: Characters of an array or an object that stands in one line.
_LINE = 60


class DocumentedAnswer(NamedTuple):
    """What is answered with one status.

    :param contents: what it looks like, by its type; none for one without a body.
    :param said: when that is, in Markdown.
    """

    status: str
    contents: Mapping[str, str]
    said: str


class DocumentedParameter(NamedTuple):
    """Where a parameter stands, and what it looks like."""

    place: str
    looks: str


def list_answers(route: Route, ready: ReadyTask) -> Iterator[DocumentedAnswer]:
    """What a task may answer; for an operation of several tasks, what each of them may."""
    document, operation = _find(route, ready)
    for status, response in operation["responses"].items():
        name = response.get("$ref", "").rpartition("/")[2]
        told = document["components"]["responses"][name] if name else response
        contents = {
            kind: draw(content["schema"]) for kind, content in told.get("content", {}).items()
        }
        yield DocumentedAnswer(status, contents, told["description"])


def find_parameters(route: Route, ready: ReadyTask) -> Mapping[str, DocumentedParameter]:
    """The parameters of a task by their names; in a form, an array has `[]` behind its own."""
    document, operation = _find(route, ready)
    found = {
        each["name"]: DocumentedParameter(each["in"], draw(each["schema"]))
        for each in operation.get("parameters", ())
    }
    for content in operation.get("requestBody", {}).get("content", {}).values():
        name = content["schema"]["$ref"].rpartition("/")[2]
        schema = _of_task(document["components"]["schemas"][name], ready)
        members = schema.get("properties", {}).items()
        found |= {key: DocumentedParameter("body", draw(each)) for key, each in members}
    return found


def _find(route: Route, ready: ReadyTask) -> tuple[Document, Document]:
    document = current_grid().openapi[route.system.name]
    return document, find_operation(document, route, spelling.verb(route, ready))


def _of_task(schema: JsonSchema, ready: ReadyTask) -> JsonSchema:
    """What a task takes, of a body that may be one of several tasks'."""
    for each in schema.get("oneOf", ()):
        if each["properties"].get(TASK, {}).get("const") == ready.task.name:
            found: JsonSchema = each
            return found
    return schema


def draw(schema: JsonSchema, level: int = 0) -> str:
    """What fits a schema, drawn as JSON with the types in the places of values."""
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(draw(each, level) for each in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return " | ".join(map(json.dumps, schema.get("enum", [schema.get("const")])))
    kind = schema.get("type", "any")
    if kind == "array":
        return _bracket("[", [draw(schema["items"], level + 1)], "]", level)
    if kind == "object":
        members = [
            f"{json.dumps(name)}: {draw(each, level + 1)}"
            for name, each in schema.get("properties", {}).items()
        ]
        others = schema.get("additionalProperties")
        if isinstance(others, dict):
            members.append(f"...: {draw(others, level + 1)}")
        return _bracket("{", members, "}", level)
    return " | ".join(kind) if isinstance(kind, list) else str(kind)


def _bracket(begin: str, parts: list[str], end: str, level: int) -> str:
    line = f"{begin}{', '.join(parts)}{end}"
    if len(line) <= _LINE and "\n" not in line:
        return line
    inside, outside = _INDENT * (level + 1), _INDENT * level
    lines = ",\n".join(f"{inside}{part}" for part in parts)
    return f"{begin}\n{lines}\n{outside}{end}"
