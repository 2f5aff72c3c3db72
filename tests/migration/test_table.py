"""The table has a row for each call of Web API v2, and each row says what it has to."""

import re
from collections import Counter
from typing import Any

import pytest

from legacygrid.endpoints.sendgrid import SYSTEM
from legacygrid.endpoints.sendgrid_v3 import SYSTEM as V3
from legacygrid.migration import table
from legacygrid.migration.rows import MEANINGS, Kind, Row
from legacygrid.migration.scopes import find_scope
from legacygrid.migration.steps import list_asks
from legacygrid.registry.evidence import LEVELS
from legacygrid.registry.fidelity import list_tasks
from legacygrid.registry.operations import Task

EMULATED = [(operation.name, task) for operation, task in list_tasks([SYSTEM])]
MISSING = [gap.operation(name) for gap in SYSTEM.not_emulated for name in gap.names]
CALLS = {*((name, task.name) for name, task in EMULATED), *((name, "") for name in MISSING)}


def test_every_call_has_a_row_and_every_row_a_call() -> None:
    assert {(row.operation, row.task) for row in table.ROWS} == CALLS
    assert len(CALLS) > 120


@pytest.mark.parametrize(("operation", "task"), EMULATED, ids=lambda each: getattr(each, "name", each))
def test_the_example_of_each_operation_is_mapped(operation: str, task: Task) -> None:
    example = {**task.contract.example}
    if operation == "credentials/add":
        # The manual's is for the website alone, which no key is for.
        example.pop("permissions")
    row = table.find(operation, task.name, example)
    assert row
    assert row.kind is Kind.NONE or row.requests(example)


def test_each_request_can_be_tried_with_the_emulator() -> None:
    answered = {
        (task, _bare(f"/{operation.name}"))
        for family in V3.families
        for operation in family.operations.values()
        for task in operation.tasks
    }
    asked = {(each.verb, _bare(each.template)) for row in table.ROWS for each in row.requests(row.example)}
    assert asked - answered == set()
    assert len(asked) > 40


def _bare(template: str) -> str:
    """A path whose variables have no names: the table has its own."""
    return re.sub(r"\{[^}]*\}", "{}", template)


@pytest.mark.parametrize("row", table.ROWS, ids=lambda row: row.title)
def test_a_row_is_whole(row: Row) -> None:
    assert table.find(row.operation, row.task, row.example) is row
    assert row.evidence.level in LEVELS
    assert len(row.evidence.source) > 10
    asks = list(list_asks(row.steps))
    if row.kind is Kind.EXACT:
        assert len(asks) == 1
    if row.kind is Kind.FAN:
        assert len(asks) > 1 or asks[0][1] == "page"
    if row.kind is Kind.NONE:
        assert (asks, row.scopes, row.requests(row.example)) == ([], (), [])
        assert row.reason
        assert row.instead
    elif row.operation.startswith("newsletter/"):
        assert row.instead.startswith("/v3/marketing") or "/v3/marketing" in row.instead
    else:
        assert asks
        assert len(row.scopes) <= len(asks) + 1
    assert row.kind is not Kind.LOSSY or row.losses


@pytest.mark.parametrize("row", table.ROWS, ids=lambda row: row.title)
def test_texts_are_phrases_and_say_nothing_twice(row: Row) -> None:
    texts = [*row.losses, *row.inversions, *row.gains, row.reason, row.instead]
    assert [text for text in texts if text.endswith(".") or text != text.strip()] == []
    assert max(Counter(filter(None, texts)).values(), default=1) == 1


WHICH: list[tuple[str, str, dict[str, Any], str, list[str]]] = [
    ("customer.sendip", "append", {"user": "ada", "set": "none"}, "EXACT", ["PUT /v3/subusers/ada/ips"]),
    (
        "customer.sendip",
        "append",
        {"user": "ada", "set": "all"},
        "FAN",
        ["GET /v3/ips", "PUT /v3/subusers/ada/ips"],
    ),
    ("customer.limit", "total", {"user": "ada", "credits": "0"}, "NONE", []),
    ("customer.limit", "total", {"user": "ada", "credits": "9"}, "LOSSY", ["PUT /v3/subusers/ada/credits"]),
    ("customer.profile", "get", {"username": "ada"}, "LOSSY", ["GET /v3/subusers?username=ada"]),
    ("customer.profile", "get", {"username": "ada", "city": "Paris"}, "FAN", ["GET /v3/subusers"]),
    ("customer.apps", "activate", {"user": "ada", "name": "opentrack"}, "LOSSY", ["PATCH /v3/tracking_settings/open"]),
    ("customer.apps", "activate", {"name": "gravatar"}, "NONE", []),
    ("customer.apps", "activate", {"name": "pigeonpost"}, "NONE", []),
    ("customer.delete", "", {"user": "a/b c"}, "EXACT", ["DELETE /v3/subusers/a%2Fb%20c"]),
    ("bounces.delete", "", {"email": "a@example.com"}, "EXACT", ["DELETE /v3/suppression/bounces/a@example.com"]),
    ("bounces.delete", "", {"delete_all": "1"}, "EXACT", ["DELETE /v3/suppression/bounces"]),
]


@pytest.mark.parametrize(("operation", "task", "params", "kind", "requests"), WHICH)
def test_the_parameters_decide(
    operation: str, task: str, params: dict[str, Any], kind: str, requests: list[str]
) -> None:
    row = table.find(operation, task, params)
    assert row
    assert row.kind == kind
    found = [f"{each.verb} {each.target}" for each in row.requests(params)]
    assert found[: len(requests)] == requests


def to_pattern(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def test_scopes_are_those_that_v3_asks_for() -> None:
    asked = {(task.name, to_pattern(f"/{each.name}")): task.scopes for each, task in list_tasks([V3])}
    asks = [ask for row in table.ROWS for ask, _ in list_asks(row.steps)]
    known = [(ask, asked.get((ask.verb, to_pattern(ask.path)))) for ask in asks]
    assert [ask for ask, scopes in known if scopes and find_scope(ask.verb, ask.path) not in scopes] == []
    assert sum(bool(scopes) for _, scopes in known) > 200


def test_what_nobody_had_is_not_found_but_names_like_it_are() -> None:
    assert table.find("customer.ad") is None
    assert table.find("customer.profile", "fly") is None
    assert table.find_near("customer.ad")[0] == "customer.add"
    assert "customer.profile" in table.find_near("profile")


def test_every_class_and_every_rule_is_explained() -> None:
    assert list(MEANINGS) == list(Kind)
    assert [rule.name for rule in table.RULES] == ["credentials", "subuser", "xml", "get", "status", "arrays", "task"]
