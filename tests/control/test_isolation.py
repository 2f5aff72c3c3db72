"""What is one account's stays there: the audit log, and a reset that names an account."""

from collections.abc import Iterator
from typing import Any

import pytest

from cmc import ApiUsers, api_user
from emulator import Service, World, fresh
from legacygrid.auth.rate_limits import Limits, Rate
from legacygrid.models import subusers
from legacygrid.models.account import Account
from legacygrid.models.login import Login

PARTS = ["state", "requests", "messages", "faults"]


def seeded(name: str, sub: str = "") -> dict[str, Any]:
    """A document with an account, and a subuser if wanted."""
    inner = [{"username": sub, "password": "secret-8"}] if sub else []
    return {"version": 1, "accounts": [{"username": name, "password": "secret-9", "subusers": inner}]}


def account(world: World, name: str) -> World:
    """Another account of the same world."""
    other = World(world.service, world.prefix)
    other.name = name
    return other


# The audit log


@pytest.fixture
def house(own_world: World) -> dict[str, ApiUsers]:
    """API users of an account and of two of its subusers, each let in once."""
    users = {"parent": api_user(own_world, role="admin")}
    for name in ("one", "two"):
        under = World(own_world.service, own_world.prefix)
        under.account = subuser(own_world, fresh(name))
        users[name] = api_user(under, role="admin")
    for user in users.values():
        user.sent()
    return users


def subuser(world: World, name: str) -> Account:
    """A subuser of the world's account."""
    with world.service.grid.store.writing():
        return subusers.add(world.account, name, world.service.grid.secrets.hash("password1"))


def logged(user: ApiUsers, path: str = "auditlogs/list") -> set[str]:
    """Whose logins an API user sees."""
    return {row["account"] for row in user.rows(path, type="login")}


@pytest.mark.parametrize("path", ["auditlogs/list", "auditlogs/download"])
def test_a_subuser_sees_its_own_log_alone(house: dict[str, ApiUsers], path: str) -> None:
    assert logged(house["one"], path) == {house["one"].name}
    assert logged(house["two"], path) == {house["two"].name}
    assert logged(house["parent"], path) == {user.name for user in house.values()}


def test_a_log_does_not_pass_to_a_new_account_of_the_name(own_world: World) -> None:
    api_user(own_world, role="admin").sent()
    assert own_world.admin("PUT", "state", seeded(own_world.name)).status == 200
    after = World(own_world.service, own_world.prefix)
    after.account = Account.get((Account.world == own_world.account.world) & (Account.username == own_world.name))
    user = api_user(after, role="admin")
    assert logged(user) == {user.name}


# A reset of an account


@pytest.fixture
def twins(recorded: Service) -> Iterator[tuple[World, World]]:
    """Accounts of the same name in two worlds, each with mail, calls and a fault."""
    name = fresh("twin")
    pair = World(recorded, f"/~{fresh('left')}"), World(recorded, f"/~{fresh('right')}")
    for world in pair:
        assert world.admin("POST", "seed", seeded(name)).status == 200
        fill(world, name)
    yield pair
    for world in pair:
        world.admin("DELETE", "faults")


def fill(world: World, name: str) -> None:
    """Mail, calls and a fault of an account."""
    world.name = name
    assert world.mail(api_key="secret-9").status == 200
    assert world.admin("POST", "faults", {"account": name, "after": 9, "delay": 1}).status == 201


def held(world: World, name: str) -> tuple[int, int, int]:
    """Messages, calls and faults that are there of an account."""
    faults = [fault for fault in world.admin("GET", "faults").json["faults"] if fault["account"] == name]
    return len(world.outbox(account=name)), len(world.journal(account=name)), len(faults)


def test_a_reset_in_the_nameless_world_leaves_the_named_ones(recorded: Service, twins: tuple[World, World]) -> None:
    nameless, name = World(recorded), twins[0].name
    assert nameless.admin("POST", "seed", seeded(name)).status == 200
    fill(nameless, name)
    try:
        before = [held(world, name) for world in twins]
        assert before == [(1, 1, 1), (1, 1, 1)]
        assert nameless.admin("POST", "reset", {"account": name}).json == {"reset": PARTS}
        assert [held(world, name) for world in twins] == before
        # Without a prefix, what all worlds hold is told.
        assert held(nameless, name) == (2, 2, 2)
    finally:
        nameless.admin("DELETE", "faults")


def test_a_reset_leaves_the_audit_log_of_other_worlds(recorded: Service, own_world: World) -> None:
    user = api_user(own_world, role="admin")
    user.sent()
    nameless = World(recorded)
    assert nameless.admin("POST", "seed", seeded(own_world.name)).status == 200
    assert nameless.admin("POST", "reset", {"account": own_world.name}).status == 200
    assert len(user.rows("auditlogs/list", type="login")) == 2


def test_a_reset_of_an_account_counts_no_other_anew(own_world: World) -> None:
    name = fresh("counted")
    assert own_world.admin("POST", "seed", seeded(name)).status == 200
    limits, rate = own_world.service.grid.limits, Rate(2, 60)
    limits.take(rate, own_world.account, "any", 1.0)
    assert own_world.admin("POST", "reset", {"account": name}).status == 200
    assert limits.count(rate, own_world.account, "any", 1.0) == 1


def test_limits_forget_accounts_by_their_numbers() -> None:
    limits, rate = Limits(), Rate(2, 60)
    one, two = Account(id=1, world="w"), Account(id=2, world="w")
    for each in (one, two):
        limits.take(rate, each, "any", 1.0)
    limits.forget("w", {1})
    assert [limits.count(rate, each, "any", 1.0) for each in (one, two)] == [0, 1]


@pytest.mark.parametrize("spelled", [str.upper, str.lower, str.title])
def test_the_case_of_the_name_does_not_matter(twins: tuple[World, World], spelled: Any) -> None:
    world = twins[0]
    assert held(world, world.name) == (1, 1, 1)
    assert world.admin("POST", "reset", {"account": spelled(world.name)}).json == {"reset": PARTS}
    assert held(world, world.name) == (0, 0, 0)


@pytest.mark.parametrize("part", PARTS)
def test_a_subuser_cannot_be_reset_by_itself(own_world: World, part: str) -> None:
    name, sub = fresh("house"), fresh("sub")
    assert own_world.admin("POST", "seed", seeded(name, sub)).status == 200
    assert own_world.mail(api_user=sub, api_key="secret-8").status == 200
    reply = own_world.admin("POST", "reset", {"account": sub, "only": [part]})
    said = f"{sub!r} is a subuser; name the account that it belongs to"
    assert (reply.status, reply.json) == (400, {"errors": {"account": [said]}})
    assert len(own_world.outbox()) == 1
    assert len(own_world.journal(operation="mail.send")) == 1


def test_mail_under_an_earlier_name_and_of_subusers_goes(own_world: World) -> None:
    name, sub, later = fresh("early"), fresh("sub"), fresh("late")
    assert own_world.admin("POST", "seed", seeded(name, sub)).status == 200
    assert own_world.mail(api_user=name, api_key="secret-9").status == 200
    assert own_world.mail(api_user=sub, api_key="secret-8").status == 200
    assert own_world.mail().status == 200
    own_world.call("profile.setUsername.json", api_user=name, api_key="secret-9", username=later)
    assert Login.get(Login.name == later)
    own_world.call("customer.delete.json", api_user=later, api_key="secret-9", user=sub)
    assert own_world.admin("POST", "reset", {"account": later, "only": ["messages", "requests"]}).status == 200
    assert [message["account"] for message in own_world.outbox()] == [own_world.name]
    assert {call["account"] for call in own_world.journal()} == {own_world.name}
