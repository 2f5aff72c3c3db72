"""Named snapshots of a world: saved, gone back to, listed, deleted."""

import gc
from collections.abc import Callable
from typing import Any

import pytest

from emulator import NEW, PASSWORD, World, fresh
from legacygrid.endpoints.control import snapshots as endpoint
from legacygrid.models import credentials
from legacygrid.models.copies import WORLD_TABLES
from legacygrid.models.settings import SMTP2GO, SmtpUser
from legacygrid.models.tables import TABLES


def save(world: World, name: str = "ready") -> dict[str, Any]:
    reply = world.admin("PUT", f"snapshots/{name}")
    assert reply.status == 201, reply.text
    told: dict[str, Any] = reply.json
    return told


def restore(world: World, name: str = "ready") -> None:
    reply = world.admin("POST", f"snapshots/{name}")
    assert reply.status == 200, reply.text


def everything(world: World) -> dict[str, Any]:
    """All that the control API tells of a world, but for the time."""
    told: dict[str, Any] = {name: world.admin("GET", name).json for name in ("state", "faults", "requests", "clock")}
    told["messages"] = world.outbox(whole=True)
    told["clock"].pop("now")
    return told


@pytest.fixture
def full(own_world: World) -> World:
    """A world with some of everything."""
    own_world.add("ada")
    own_world.credential("reader", email="1")
    own_world.domain("example.com")
    own_world.mail(to="bounced@example.com", subject="First", text="Grüße", **{"files[a.txt]": "x"})
    number = own_world.outbox()[0]["id"]
    for event in ("bounce", "block"):
        own_world.admin("POST", f"messages/{number}/events", {"event": event})
    own_world.admin(
        "POST", "faults", {"operation": "customer.delete", "status": 500, "times": 3, "probability": 0.9, "seed": 5}
    )
    own_world.call("customer.delete.json", user="nobody")
    own_world.admin("PUT", "clock", {"offset": -3600})
    return own_world


CHANGES: dict[str, Callable[[World], object]] = {
    "nothing": lambda world: None,
    "a subuser more": lambda world: world.add("bob"),
    "a subuser less": lambda world: world.call("customer.delete.json", user="ada"),
    "other names": lambda world: world.call("customer.profile.json", task="setUsername", user="ada", username="eve"),
    "a credential less": lambda world: world.call("credentials/remove.json", username="reader"),
    "more mail": lambda world: world.mail(),
    "no mail": lambda world: world.admin("DELETE", "messages"),
    "no faults": lambda world: world.admin("DELETE", "faults"),
    "another fault": lambda world: world.admin("POST", "faults", {"status": 503}),
    "another time": lambda world: world.admin("PUT", "clock", {"frozen": "2015-03-01T00:00:00Z"}),
    "a reset": lambda world: world.admin("POST", "reset", {"only": ["state", "messages", "faults", "clock"]}),
    "another state": lambda world: world.admin(
        "PUT", "state", {"version": 1, "accounts": [{"username": "ada", "password": "other-pw1"}]}
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_world_is_as_it_was(full: World, name: str) -> None:
    before = everything(full)
    told = save(full)
    assert (told["name"], told["accounts"], told["messages"]) == ("ready", 2, 1)
    CHANGES[name](full)
    for _ in range(2):
        full.call("customer.enable.json", user="ada")
        restore(full)
        assert everything(full) == before
    full.mail(to="bounced@example.com", subject="Second")
    assert full.message(subject="Second")["recipients"][0]["outcome"] == "dropped"
    assert full.call("profile.get.json", api_user="ada", api_key="somepass1").json[0]["username"] == "ada"


def test_faults_go_on_from_where_they_were(own_world: World) -> None:
    def statuses() -> list[int]:
        return [own_world.call("customer.enable.json", user="x").status for _ in range(12)]

    own_world.admin(
        "POST",
        "faults",
        {"operation": "customer.enable", "status": 500, "times": 8, "after": 2, "probability": 0.5, "seed": 7},
    )
    statuses()
    save(own_world)
    first = statuses()
    restore(own_world)
    assert statuses() == first
    assert set(first) == {200, 500}


def test_what_a_login_has_sent_counts_as_it_did(own_world: World) -> None:
    name = fresh("smtp")
    grid = own_world.service.grid
    limit = SmtpUser(custom_ratelimit=True, custom_ratelimit_value=1, custom_ratelimit_period="day")
    with grid.store.writing():
        credentials.add(own_world.account, name, grid.secrets.hash(PASSWORD), kind=SMTP2GO, settings=limit)
        from legacygrid.models.allowance import Sent
        from legacygrid.models.login import Login

        login = Login.get(Login.name == name)
        Sent.create(account=own_world.account, login_number=login.number, at=grid.clock.now(), emails=1)
    save(own_world)
    own_world.admin("POST", "reset", {"only": ["state"]})
    restore(own_world)
    assert Sent.select().where(Sent.account == own_world.account).count() == 1


def test_a_large_one_leaves_no_file_open(own_world: World) -> None:
    """Python warns of a file that nobody closed, and a warning is an error here."""
    own_world.mail(text="x" * 2_000_000)
    save(own_world)
    save(own_world)
    restore(own_world)
    assert own_world.admin("DELETE", "snapshots/ready").json == {"removed": 1}
    gc.collect()


def test_another_world_is_left_alone(full: World) -> None:
    other = World(full.service, prefix=f"/~{fresh('other')}")
    other.add("ada")
    save(full)
    save(other, "ready")
    other.mail(subject="Elsewhere")
    before = everything(other)
    restore(full)
    assert everything(other) == before
    assert other.admin("POST", "snapshots/more").status == 404


def test_the_world_without_a_name_has_its_own(full: World) -> None:
    world = World(full.service)
    inside, before = everything(full), world.admin("GET", "state").json
    save(world, fresh("snap"))
    name = world.admin("GET", "snapshots").json["snapshots"][-1]["name"]
    world.add(fresh("sub"))
    restore(world, name)
    assert world.admin("GET", "state").json == before
    assert everything(full) == inside
    assert world.admin("DELETE", f"snapshots/{name}").json == {"removed": 1}


def test_numbers_of_credentials_are_not_given_twice(own_world: World) -> None:
    own_world.credential("first")
    save(own_world)
    second = created(own_world, "second")
    restore(own_world)
    assert created(own_world, "third") > second
    own_world.admin("DELETE", "state")


def created(world: World, name: str) -> int:
    world.credential(name)
    accounts = world.admin("GET", "state").json["accounts"]
    return int(next(each["id"] for account in accounts for each in account["credentials"] if each["name"] == name))


def test_snapshots_are_listed_replaced_and_deleted(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2015-03-01T00:00:00Z"})
    for name in ("one", "two", "one"):
        own_world.mail()
        save(own_world, name)
    assert own_world.admin("GET", "snapshots").json == {
        "snapshots": [
            {"name": "two", "time": "2015-03-01T00:00:00.000Z", "accounts": 1, "messages": 2},
            {"name": "one", "time": "2015-03-01T00:00:00.000Z", "accounts": 1, "messages": 3},
        ]
    }
    restore(own_world, "two")
    assert len(own_world.outbox()) == 2
    assert own_world.admin("DELETE", "snapshots/two").json == {"removed": 1}
    for method in ("POST", "DELETE"):
        gone = own_world.admin(method, "snapshots/two")
        assert (gone.status, gone.json) == (404, {"errors": {"name": ["there is no snapshot 'two'"]}})
    assert own_world.admin("DELETE", "snapshots").json == {"removed": 1}
    assert own_world.admin("GET", "snapshots").json == {"snapshots": []}


def test_a_world_that_ends_takes_its_snapshots_along(own_world: World) -> None:
    save(own_world)
    own_world.admin("POST", "reset")
    assert len(own_world.admin("GET", "snapshots").json["snapshots"]) == 1, "a reset leaves them"
    own_world.admin("DELETE", "state")
    assert own_world.admin("GET", "snapshots").json == {"snapshots": []}


@pytest.mark.parametrize("name", ["a b", "x" * 65, "%C3%A4", "a%0Ab", "~"])
def test_a_name_that_is_none(own_world: World, name: str) -> None:
    reply = own_world.admin("PUT", f"snapshots/{name.replace(' ', '%20')}")
    assert (reply.status, reply.json) == (400, {"errors": {"name": ["must be 1 to 64 letters, digits and . _ -"]}})


def test_there_is_an_end_to_their_number_and_size(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "MAX_COUNT", 1)
    save(own_world, "one")
    save(own_world, "one")
    reply = own_world.admin("PUT", "snapshots/two")
    assert (reply.status, reply.json) == (409, {"errors": {"name": ["there are 1 snapshots; delete one before"]}})
    own_world.mail()
    monkeypatch.setattr(endpoint, "MAX_MAIL", 10)
    assert own_world.admin("PUT", "snapshots/one").status == 413
    restore(own_world, "one")
    assert own_world.outbox() == []


def test_a_snapshot_holds_every_table_of_the_store() -> None:
    tables = {table._meta.table_name for table in TABLES}
    # Numbers go on, whatever comes back.
    assert set(WORLD_TABLES) | {"sequence"} == tables


def test_no_secret_is_in_it(own_world: World) -> None:
    own_world.call("customer.add.json", **NEW | {"username": "ada"})
    save(own_world)
    rows = own_world.service.grid.world_snapshots.find(own_world.prefix[2:], "ready").rows  # type: ignore[union-attr]
    content = rows._file.read()  # type: ignore[union-attr]
    assert b"ada" in content
    assert PASSWORD.encode() not in content
    assert NEW["password"].encode() not in content
