"""Differences that the table of calls expects, logins of v2 and v3, and sequences of calls."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
import requests
from hypothesis import find, given

from emulator import NEW
from generated import budget
from legacygrid.endpoints import SYSTEMS
from legacygrid.migration import table
from legacygrid.migration.calls.shared import PROFILE
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


@pytest.fixture
def keyed(legacygrid: World) -> World:
    """A world with a key of v3, and a subuser."""
    keys = [{"key": f"SG.{legacygrid.key}"}]
    account = {"username": legacygrid.account, "password": legacygrid.key, "keys": keys}
    legacygrid.admin.seed({"version": 1, "accounts": [account]})
    legacygrid.add_subuser("bob")
    return legacygrid


class Port:
    """What a port asks of v3, with the key of the account."""

    def __init__(self, *asked: tuple[str, str, Any, str]) -> None:
        self.asked = asked

    def __call__(self, world: World) -> None:
        for verb, path, body, user in self.asked:
            headers = {"Authorization": f"Bearer SG.{world.key}"} | ({"On-Behalf-Of": user} if user else {})
            done = requests.request(verb, f"{world.url}/v3/{path}", json=body, headers=headers, timeout=10)
            assert done.ok, (verb, path, done.text)


def add(website: str | None) -> Port:
    made = {name: NEW[name] for name in ("password", "email")}
    profile = {name: NEW[name] for name in PROFILE if name in NEW} | {"website": website}
    if website is None:
        del profile["website"]
    return Port(
        ("POST", "subusers", {**made, "username": "carol", "ips": []}, ""), ("PATCH", "user/profile", profile, "carol")
    )


def key(scopes: list[str] | None, user: str) -> Port:
    body = {"name": "mail"} | ({} if scopes is None else {"scopes": scopes})
    return Port(("POST", "api_keys", body, user))


ADD = V2Call("customer.add", {**NEW, "username": "carol", "website": "example.com"})
LIMIT = V2Call("customer.limit", {"user": "bob", "task": "total", "credits": "0"})
YEARLY = {"credits": "100", "period": "monthly"}
RECURRING = V2Call(
    "customer.limit", {"user": "bob", "task": "recurring", **YEARLY, "enddate": "2090-01-01", "initial_credits": "40"}
)
LOGIN = V2Call("credentials/add", {"username": "rep", "password": "analytical1", "permissions": '{"web": 0, "api": 0}'})
DISABLED = ("PATCH", "subusers/bob", {"disabled": True}, "")
RECURS = {"type": "recurring", "total": 100, "reset_frequency": "monthly"}
PORTS: list[tuple[list[V2Call], Port, str]] = [
    ([ADD], add("example.com"), ""),
    ([ADD], add("http://example.com"), ""),
    ([ADD], add(None), "subuser carol: website not set, was http://example.com"),
    ([ADD], add("http://evil.test"), "subuser carol: website http://evil.test, was http://example.com"),
    ([ADD], add("evil.test"), "subuser carol: website evil.test, was http://example.com"),
    ([DISABLE, LIMIT], Port(DISABLED), ""),
    ([LIMIT], Port(DISABLED), ""),
    ([LIMIT], Port(("PUT", "subusers/bob/credits", {"type": "unlimited"}, "")), "subuser bob: credits.mode not set"),
    ([RECURRING], Port(("PUT", "subusers/bob/credits", RECURS, "")), ""),
    ([RECURRING], Port(("PUT", "subusers/bob/credits", {**RECURS, "total": 90}, "")), "subuser bob: credits.remain 90"),
    ([LOGIN], Port(("POST", "api_keys", {"name": "rep", "scopes": ["mail.send"]}, "")), ""),
    ([V2Call("filter.activate", {"name": "bcc"}), DISABLE], Port(DISABLED), ""),
]


@pytest.mark.parametrize(("calls", "port", "told"), PORTS)
def test_a_loss_excuses_what_v3_makes_of_it_alone(keyed: World, calls: list[V2Call], port: Port, told: str) -> None:
    try:
        keyed.assert_equivalent(lambda world: play(world, *calls), port)
        complaint = ""
    except AssertionError as error:
        complaint = str(error)
    different = complaint.partition("Different:")[2].partition("Expected")[0]
    assert told in different if told else not different, complaint


MAILS = [
    (True, ["mail.send"], "ada", ""),
    (True, ["mail.send", "stats.read"], "ada", "login mail of ada: there"),
    (True, None, "ada", "login mail of ada: there"),
    (True, ["mail.send"], "", "login mail of acme: there"),
    (False, ["mail.send"], "", "login mail of acme: there"),
    (False, None, "", "login mail of acme: there"),
]


@pytest.mark.parametrize(("as_subuser", "scopes", "owner", "told"), MAILS)
def test_a_key_is_for_the_mail_of_a_subuser(
    keyed: World, as_subuser: bool, scopes: list[str] | None, owner: str, told: str
) -> None:
    ada = keyed.add_subuser("ada")
    sign = {"api_user": "ada", "api_key": ada.key} if as_subuser else keyed.auth
    mail = {"to": "ada@example.org", "from": "engines@example.com", "subject": "Notes", "text": "See"}

    def send(world: World) -> None:
        assert requests.post(world.url_for("mail.send"), data={**sign, **mail}, timeout=10).ok

    def port(world: World) -> None:
        send(world)  # As the key would, which is what is looked at.
        key(scopes, owner)(world)

    if not told:
        keyed.assert_equivalent(send, port)
        return
    with pytest.raises(AssertionError, match=f"(?s)Different.*{told}"):
        keyed.assert_equivalent(send, port)


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
