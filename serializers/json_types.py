"""What JSON looks like, written short, and the JSON Schema (2020-12) that it stands for.

`str`, `int`, `float`, `bool` and `None` are values of that type, `object` is anything. `[X]` is an
array of X, and `(X, Y)` is one or the other. `{"name": X, "more?": Y}` is an object with these
members and no others, of which the second may be left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: A type, or a list, tuple, mapping, `AnyOf` or `MapOf` of such.
JsonType = Any
JsonSchema = dict[str, Any]
_NAMES: Mapping[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    None: "null",
    list: "array",
    dict: "object",
}


@dataclass(frozen=True)
class Literals:
    """One of some texts."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class MapOf:
    """An object whose members may be called anything.

    :param value: what each of them is.
    """

    value: JsonType


def to_schema(json: JsonType) -> JsonSchema:
    """The JSON Schema of what looks so.

    :raises TypeError: it is no such notation.
    """
    if json is object:
        return {}
    if isinstance(json, type) or json is None:
        return {"type": _NAMES[json]}
    if isinstance(json, Literals):
        return {"type": "string", "enum": list(json.texts)}
    if isinstance(json, MapOf):
        return {"type": "object", "additionalProperties": to_schema(json.value)}
    if isinstance(json, list):
        (element,) = json
        return {"type": "array", "items": to_schema(element)}
    if isinstance(json, tuple):
        return any_of(map(to_schema, json))
    if isinstance(json, Mapping):
        return _object(json)
    raise TypeError(f"{json!r} is not what JSON looks like")


def any_of(schemas: Iterable[JsonSchema]) -> JsonSchema:
    """What fits one of the schemas; of bare types, an array of their names."""
    each_once: list[JsonSchema] = []
    each_once.extend(schema for schema in schemas if schema not in each_once)
    if len(each_once) == 1:
        return each_once[0]
    if all(schema.keys() == {"type"} for schema in each_once):
        names = (_names_of(schema) for schema in each_once)
        return {"type": list(dict.fromkeys(name for each in names for name in each))}
    return {"anyOf": each_once}


def _names_of(schema: JsonSchema) -> list[str]:
    names: str | list[str] = schema["type"]
    return [names] if isinstance(names, str) else names


def or_null(schema: JsonSchema) -> JsonSchema:
    """What fits a schema, or null."""
    return any_of([schema, to_schema(None)])


def not_null(schema: JsonSchema) -> JsonSchema:
    """What fits a schema, but for null: in a query and in a path there is none."""
    null = to_schema(None)
    if isinstance(schema.get("type"), list):
        schema = {"anyOf": [{"type": name} for name in schema["type"]]}
    others = [each for each in schema.get("anyOf", ()) if each != null]
    return any_of(others) if others else schema


def _object(json: Mapping[str, JsonType]) -> JsonSchema:
    members = {name.removesuffix("?"): to_schema(each) for name, each in json.items()}
    schema: JsonSchema = {"type": "object", "properties": members, "additionalProperties": False}
    if required := [name for name in json if not name.endswith("?")]:
        schema["required"] = required
    return schema
