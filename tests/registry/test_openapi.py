"""The OpenAPI documents: what answers is in them, as it answers."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from calls import every_task
from documents import of_everything, of_systems
from legacygrid.endpoints import SYSTEMS
from legacygrid.endpoints.control.openapi import merge
from legacygrid.registry.operations import Operation, Task
from legacygrid.registry.route_table import build_table
from legacygrid.serializers.answers import NO_BODY
from legacygrid.serializers.json_types import Literals, MapOf, any_of, not_null, to_schema
from legacygrid.serializers.profiles import SWITCHES, profile
from paths import ROOT

NAMES = [*(system.name for system in SYSTEMS), "control"]
#: A notation, and the schema that it stands for.
NOTATIONS: list[tuple[Any, Any]] = [
    (str, {"type": "string"}),
    ((int, None), {"type": ["integer", "null"]}),
    ((str, (int, None)), {"type": ["string", "integer", "null"]}),
    ((str, str), {"type": "string"}),
    ((str, Literals(("a",))), {"anyOf": [{"type": "string"}, {"type": "string", "enum": ["a"]}]}),
    ([float], {"type": "array", "items": {"type": "number"}}),
    (MapOf(bool), {"type": "object", "additionalProperties": {"type": "boolean"}}),
    (object, {}),
    (
        {"a": str, "b?": int},
        {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
            "additionalProperties": False,
            "required": ["a"],
        },
    ),
    ({}, {"type": "object", "properties": {}, "additionalProperties": False}),
]
#: A schema, and the same without null.
WITHOUT_NULL: list[tuple[Any, Any]] = [
    ({"type": ["string", "null"]}, {"type": "string"}),
    ({"type": ["string", "integer", "null"]}, {"type": ["string", "integer"]}),
    ({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}, {"type": "string", "maxLength": 3}),
    ({"type": "string"}, {"type": "string"}),
    ({"enum": ["a"]}, {"enum": ["a"]}),
]


@pytest.mark.parametrize(("notation", "schema"), NOTATIONS, ids=str)
def test_notation(notation: Any, schema: Any) -> None:
    assert to_schema(notation) == schema


@pytest.mark.parametrize("wrong", ["text", 7, bytes], ids=str)
def test_what_is_no_notation(wrong: Any) -> None:
    with pytest.raises((TypeError, KeyError)):
        to_schema(wrong)


@pytest.mark.parametrize(("schema", "without"), WITHOUT_NULL, ids=str)
def test_without_null(schema: Any, without: Any) -> None:
    assert not_null(schema) == without


@pytest.mark.parametrize("name", NAMES)
def test_is_valid(name: str) -> None:
    assert list(OpenAPIV31SpecValidator(of_everything()[name]).iter_errors()) == []


def test_is_valid_as_one() -> None:
    whole = merge(of_everything())
    assert list(OpenAPIV31SpecValidator(whole).iter_errors()) == []
    assert len(whole["paths"]) == sum(len(each["paths"]) for each in of_everything().values())


@pytest.mark.parametrize("name", NAMES)
def test_its_file_is_current(name: str) -> None:
    """`make docs` writes them."""
    kept = json.loads((ROOT / f"docs/openapi/{name}.json").read_text("utf-8"))
    assert kept == of_everything()[name], "docs/openapi is not current: make docs"


def test_each_path_is_there() -> None:
    table = build_table(SYSTEMS, profile())
    found = {path for document in of_systems().values() for path in document["paths"]}
    wanted = {
        path.replace("*", "{number}") + (".{format}" if route.conventions.formats else "")
        for path, route in table.items()
    }
    assert found == wanted


def test_each_profile_has_documents() -> None:
    """Those of the other values of each switch are valid by their making: nothing of it is missing."""
    for name, switch in SWITCHES.items():
        for value in switch.values:
            of_systems(profile("recorded", {name: value}))


@every_task
def test_its_success_is_described(operation: Operation, task: Task) -> None:
    contract = task.contract
    rows = contract.rows(profile()) if contract.rows else None
    answers = operation.family.conventions.describe_answer(rows, contract.status)
    assert object not in answers.values()
    assert (NO_BODY in answers.values()) == (contract.status in (202, 204))


@every_task
def test_each_kind_of_parameters_is_described(operation: Operation, task: Task) -> None:
    for name, field in task.contract.params(profile()).items():
        schema: Mapping[str, Any] = field.json_schema()  # type: ignore[attr-defined]
        assert schema, name
        assert any_of([schema]) == schema  # type: ignore[list-item]
