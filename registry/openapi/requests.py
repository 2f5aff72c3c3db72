"""What a call takes, as OpenAPI has it: parameters of path, query and headers, and a body."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from marshmallow.fields import Field

from legacygrid.registry.conventions import FORMATS, named_task
from legacygrid.registry.path_templates import NUMBER
from legacygrid.registry.routes import ReadyTask, Route
from legacygrid.serializers.json_types import JsonSchema, any_of, not_null
from legacygrid.wsgi.rest import ARRAY

Document = dict[str, Any]
#: The field that names a task.
TASK = "task"
#: How a form spells an object: `permissions[email]=0`.
_BY_KEYS = {"style": "deepObject", "explode": True}


def describe_request(route: Route, verb: str, tasks: Iterable[ReadyTask]) -> Document:
    """The members `parameters` and `requestBody` of an operation, as far as it has them.

    :param tasks: those that may be meant.
    """
    tasks = tuple(tasks)
    parameters = [*_of_path(route, tasks), *_of_headers(route)]
    body: Document | None = None
    if verb == "GET":
        parameters += _of_query(route, tasks)
    elif verb == "DELETE":
        # Read in both places: values that a query has no words for come in the body.
        in_query = [each for each in _of_query(route, tasks) if _is_text(each["schema"])]
        parameters += in_query
        body = _body(route, tasks, {each["name"] for each in in_query})
    else:
        body = _body(route, tasks, set())
    described: Document = {"parameters": parameters} if parameters else {}
    return described | ({"requestBody": body} if body else {})


def _is_text(schema: JsonSchema) -> bool:
    return schema.get("type") == "string"


def _of_path(route: Route, tasks: tuple[ReadyTask, ...]) -> Iterator[Document]:
    for name in route.variables:
        schema: JsonSchema = {"type": "integer" if name == NUMBER else "string"}
        field = tasks[0].params.get(name)
        if field is not None:
            schema = not_null(_schema_of(field))
        described = {"description": _rule(field)} if field is not None else {}
        yield {"name": name, "in": "path", "required": True, **described, "schema": schema}
    if route.conventions.formats:
        yield {
            "name": "format",
            "in": "path",
            "required": True,
            "description": "that of the answer",
            "schema": {"type": "string", "enum": list(FORMATS)},
        }


def _of_headers(route: Route) -> Iterator[Document]:
    if route.operation.access.acts_for_subusers:
        yield {
            "name": "On-Behalf-Of",
            "in": "header",
            "description": "the subuser for whom the call is",
            "schema": {"type": "string"},
        }


def _of_query(route: Route, tasks: tuple[ReadyTask, ...]) -> Iterator[Document]:
    members = {ready.task.name: _members(route, ready) for ready in tasks}
    for name in dict.fromkeys(name for each in members.values() for name in each):
        takers = {task: each[name] for task, each in members.items() if name in each}
        schema = _of_all_tasks([not_null(member.schema) for member in takers.values()])
        parameter: Document = {"name": name, "in": "query", "schema": schema}
        needing = [task for task, member in takers.items() if member.is_required]
        rules = list(dict.fromkeys(member.rule for member in takers.values()))
        if len(needing) == len(members):
            parameter["required"] = True
        elif needing:
            rules.append(f"required with task={', '.join(needing)}")
        if name != TASK and any(rules):
            parameter["description"] = "; ".join(filter(None, rules))
        if schema.get("type") == "object":
            parameter |= _BY_KEYS
        yield parameter


def _of_all_tasks(schemas: list[JsonSchema]) -> JsonSchema:
    """One of the schemas; the tasks by their names, all of them."""
    if all("const" in each for each in schemas):
        return {"type": "string", "enum": [each["const"] for each in schemas]}
    return any_of(schemas)


class _Member(NamedTuple):
    """A parameter by its name on the wire, and its rule in words."""

    schema: JsonSchema
    rule: str
    is_required: bool = False


def _members(route: Route, ready: ReadyTask) -> dict[str, _Member]:
    """What a task takes in its query or its body, by the name on the wire."""
    members: dict[str, _Member] = {}
    name = ready.task.name
    if name and route.conventions.task is named_task:
        members[TASK] = _Member({"const": name}, ready.task.summary, is_required=True)
    if "subuser" in ready.wants:
        members["user"] = _Member({"type": "string"}, "a subuser of the caller", is_required=True)
    for name, field in ready.params.items():
        if name not in route.variables:
            schema = _schema_of(field)
            is_array = schema.get("type") == "array" and not route.conventions.takes_json
            members[f"{name}[]" if is_array else name] = _Member(
                schema,
                _rule(field),
                # Of a form, `to` is as good as `to[]`.
                is_required=field.required and not is_array,
            )
    return members


def _rule(field: Field[Any]) -> str:
    rule: str = field.rule()  # type: ignore[attr-defined]
    return rule


def _schema_of(field: Field[Any]) -> JsonSchema:
    schema: JsonSchema = field.json_schema()  # type: ignore[attr-defined]
    return schema


def _body(route: Route, tasks: tuple[ReadyTask, ...], elsewhere: set[str]) -> Document | None:
    """The body; none where there is nothing that it could have.

    :param elsewhere: the parameters that are not in it.
    """
    schemas = [_body_schema(route, ready, elsewhere) for ready in tasks]
    if not any(schema.get("properties") or "items" in schema for schema in schemas):
        return None
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    content = {
        kind: {"schema": schema, **_encoding(kind, schemas)} for kind in route.conventions.bodies
    }
    return {"content": content, "required": any("required" in each for each in schemas)}


def _body_schema(route: Route, ready: ReadyTask, elsewhere: set[str]) -> JsonSchema:
    members = _members(route, ready)
    if ARRAY in members and route.conventions.takes_json:
        return members[ARRAY].schema
    properties: JsonSchema = {name: {"type": "string"} for name in route.conventions.claimed}
    properties |= {
        name: {**each.schema, "description": each.rule} if each.rule else each.schema
        for name, each in members.items()
        if name not in elsewhere
    }
    schema: JsonSchema = {"type": "object", "properties": properties}
    required = [name for name, each in members.items() if each.is_required and name in properties]
    if required:
        schema["required"] = required
    if route.conventions.unknown == "raise":
        schema["additionalProperties"] = False
    return schema


def _encoding(kind: str, schemas: Iterable[JsonSchema]) -> Mapping[str, Any]:
    """How the objects of a form are spelled."""
    objects = {
        name: _BY_KEYS
        for schema in schemas
        for name, each in schema.get("properties", {}).items()
        if each.get("type") == "object"
    }
    return {"encoding": objects} if objects and not kind.endswith("json") else {}
