"""Differences that the table of calls expects, logins of v2 and v3, and sequences of calls."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
import requests
from hypothesis import find, given

from generated import budget
from legacygrid.endpoints import SYSTEMS
from legacygrid.migration import table
from legacygrid.migration.check.expected import CONCERNS, Concern
from legacygrid.testing import V2Call, World, call_sequences


@pytest.mark.parametrize("concern", CONCERNS, ids=lambda each: f"{each.operation} {each.word or each.task}")
def test_each_concern_is_in_the_table(concern: Concern) -> None:
    rows = [row for row in table.ROWS if row.operation == concern.operation and concern.task in ("", row.task)]
    assert any(concern.says(row) for row in rows)


def play(world: World, *calls: V2Call) -> None:
    for call in calls:
        requests.post(world.url_for(call.operation), data={**world.auth, **call.params}, timeout=10)


DISABLE = V2Call("customer.disable", {"user": "bob"})
ENABLE = DISABLE._replace(operation="customer.enable")
PASSWORD = V2Call("customer.password", {"user": "bob", "password": "difference2", "confirm_password": "difference2"})
MONITOR = V2Call("customer.monitor", {"task": "create", "name": "watch", "email": "w@example.com", "frequency": "5"})


@pytest.mark.parametrize("lost", [PASSWORD, MONITOR], ids=lambda call: call.operation)
def test_what_v3_has_nothing_for_is_listed_and_passes(legacygrid: World, lost: V2Call) -> None:
    legacygrid.add_subuser("bob")
    legacygrid.assert_equivalent(lambda world: play(world, DISABLE, lost), lambda world: play(world, DISABLE))
    with pytest.raises(AssertionError, match=r"(?s)Different.*subuser bob: active.*Expected.*v3: customer\."):
        legacygrid.assert_equivalent(lambda world: play(world, DISABLE, lost), lambda world: play(world, ENABLE))


def seeding(world: World, **logins: list[Mapping[str, Any]]) -> None:
    """What a port leaves; and a call, without which there is nothing to compare."""
    world.admin.seed({"version": 1, "accounts": [{"username": world.account, "password": world.key, **logins}]})
    play(world, V2Call("customer.profile", {"task": "get"}))


CREDENTIAL = {"name": "reports", "password": "analytical1"}
LOGINS = [
    ({}, None, []),
    ({"email": 1}, None, []),
    ({"web": 0}, None, []),
    ({"api": 0}, ["mail.send"], []),
    ({"email": 0}, ["user.profile.read"], []),
    ({}, ["mail.send"], ["login reports of acme: may call the API false, was true"]),
    ({"email": 0}, None, ["login reports of acme: may send mail true, was false"]),
]


@pytest.mark.parametrize(("permissions", "scopes", "told"), LOGINS)
def test_logins_are_what_they_may_do(
    legacygrid: World, permissions: Mapping[str, int], scopes: list[str] | None, told: list[str]
) -> None:
    credential = {**CREDENTIAL, "permissions": {**permissions, "web": 0}}
    key = {"label": "reports", "key": "SG.reports"} | ({"calls": scopes} if scopes else {})
    try:
        legacygrid.assert_equivalent(
            lambda world: seeding(world, credentials=[credential]), lambda world: seeding(world, keys=[key])
        )
        complaint = ""
    except AssertionError as error:
        complaint = str(error)
    assert [line.strip() for line in complaint.splitlines() if "login reports" in line] == [
        f"state: {each}" for each in told
    ]


def test_a_person_who_has_joined_is_a_teammate(legacygrid: World) -> None:
    """The permission `web` alone becomes a teammate, of whom a port may go on with the same name."""
    person = {**CREDENTIAL, "permissions": {"email": 0, "api": 0}}
    teammate = {
        **CREDENTIAL,
        "kind": "teammate",
        "settings": {"email": "reports@example.com", "scopes": ["stats.read"]},
    }
    legacygrid.assert_equivalent(
        lambda world: seeding(world, credentials=[person]), lambda world: seeding(world, credentials=[teammate])
    )


CHANGES = ("customer.add", "customer.profile set", "customer.limit", "credentials/edit")


@budget(50)
@given(calls=call_sequences(CHANGES, subusers=("ada", "bob"), max_size=3))
def test_sequences_of_some_calls(calls: list[V2Call]) -> None:
    for call in calls:
        assert call.operation in {name.partition(" ")[0] for name in CHANGES}
        assert call.operation != "customer.profile" or call.task == "set"
        assert call.params.get("user", "ada") in ("ada", "bob")
        assert call.params.get("confirm_password") == call.params.get("password")
        assert call.operation != "credentials/edit" or isinstance(
            json.loads(call.params.get("permissions", "{}")), dict
        )


def has_call(operation: str, calls: list[V2Call]) -> bool:
    return any(call.operation == operation for call in calls)


def test_sequences_of_all_calls_change_something() -> None:
    names = {operation.name for family in SYSTEMS[0].families for operation in family.operations.values()}
    seen: set[str] = set()

    @budget(200)
    @given(calls=call_sequences())
    def collect(calls: list[V2Call]) -> None:
        seen.update(call.operation for call in calls)

    collect()
    assert len(seen) > 20
    assert seen <= names
    assert "profile.get" not in seen
    for wanted in ("customer.add", "mail.send"):
        assert find(call_sequences(), partial(has_call, wanted), settings=budget(5000))


def test_no_such_operation() -> None:
    with pytest.raises(ValueError, match=r"there is no operation 'customer\.ad'"):
        call_sequences(["customer.ad"])
