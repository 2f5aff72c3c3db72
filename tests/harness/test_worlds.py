"""Worlds: emulators within the emulator, and the clock of each."""

from typing import Any

import pytest

from emulator import NEW, PASSWORD, Service, World, fresh
from members import OF_PRIMARY, OF_SUBUSER

SUCCESS = '{"message":"success"}'


@pytest.fixture
def pair(recorded: Service) -> tuple[World, World]:
    """Two worlds, with an account of the same name in each."""
    worlds = World(recorded, f"/~{fresh('left')}"), World(recorded, f"/~{fresh('right')}")
    for number, world in enumerate(worlds):
        account = {"username": "acme", "password": f"secret-{number}", "keys": [{"key": "SG.same-key"}]}
        world.admin("POST", "seed", {"version": 1, "accounts": [account]})
    return worlds


def as_acme(number: int) -> dict[str, str]:
    return {"api_user": "acme", "api_key": f"secret-{number}"}


def test_names_are_free_in_each(pair: tuple[World, World]) -> None:
    for number, world in enumerate(pair):
        new = NEW | {"username": "ada", "city": f"city {number}"} | as_acme(number)
        assert world.call("customer.add.json", **new).text == SUCCESS
        assert "already exists" in world.call("customer.add.json", **new).text
        assert (
            world.call("credentials/add.json", username="reader", password="password1", **as_acme(number)).status == 200
        )
    for number, world in enumerate(pair):
        (row,) = world.call("customer.profile.json", task="get", **as_acme(number)).json
        assert row["city"] == f"city {number}"


def test_credentials_are_numbered_in_each(pair: tuple[World, World]) -> None:
    for number, world in enumerate(pair):
        for name in ("reader", "writer"):
            world.call("credentials/add.json", username=name, password="password1", **as_acme(number))
        listed = world.call("credentials/get.json", **as_acme(number)).json
        assert [(row["id"], row["name"]) for row in listed] == [(1, "reader"), (2, "writer")]
    left, right = pair
    assert right.admin("PUT", "state", left.admin("GET", "state").json).status == 200
    left.admin("POST", "reset")
    left.call("credentials/add.json", username="first", password="password1", **as_acme(0))
    assert [row["id"] for row in left.call("credentials/get.json", **as_acme(0)).json] == [1]


def test_secrets_and_keys_open_their_own_alone(pair: tuple[World, World], recorded: Service) -> None:
    left, right = pair
    assert "wrong credentials" in left.call("profile.get.json", **as_acme(1)).text
    assert "wrong credentials" in recorded.form("/api/profile.get.json", **as_acme(0)).text
    left.call("profile.set.json", city="Leftville", **as_acme(0))
    by_key = {"api_user": "apikey", "api_key": "SG.same-key"}
    assert left.call("profile.get.json", **by_key).json[0]["city"] == "Leftville"
    assert right.call("profile.get.json", **by_key).json[0]["city"] == ""
    bearer = {"Authorization": "Bearer SG.same-key"}
    reply = recorded.send("GET", f"{left.prefix}/api/profile.get.json", headers=bearer)
    assert reply.json[0]["city"] == "Leftville"


def test_nothing_done_in_one_is_seen_in_the_other(pair: tuple[World, World]) -> None:
    left, right = pair
    for number, world in enumerate(pair):
        world.call("customer.add.json", **NEW | {"username": "ada"} | as_acme(number))
    left.admin("POST", "faults", {"status": 500})
    left.admin("PUT", "clock", {"frozen": "2014-01-21T10:00:00Z"})
    left.call("customer.profile.json", task="setUsername", user="ada", username="augusta", **as_acme(0))
    assert right.call("customer.auth.json", user="ada", password="somepass1", **as_acme(1)).text == SUCCESS
    assert not right.admin("GET", "clock").json["frozen"]
    assert [told["operation"] for told in right.journal()] == ["customer.add", "customer.auth"]
    right.admin("POST", "reset")
    assert len(left.journal()) == 2
    assert left.admin("GET", "faults").json["faults"]
    assert left.admin("GET", "clock").json["frozen"]


def test_a_subuser_is_called_and_calls_in_its_world(pair: tuple[World, World]) -> None:
    for number, world in enumerate(pair):
        world.call("customer.add.json", **NEW | {"username": "ada", "first_name": f"Ada {number}"} | as_acme(number))
    told = [world.call("profile.get.json", api_user="ada", api_key="somepass1").json[0] for world in pair]
    assert [row["first_name"] for row in told] == ["Ada 0", "Ada 1"]


@pytest.mark.parametrize("prefix", ["/~", "/~a b", "/~" + "x" * 65, "/~%2e%2e%2f", "/~ä"])
def test_what_names_no_world_is_an_unknown_path(recorded: Service, prefix: str) -> None:
    from urllib.parse import quote

    reply = recorded.send("GET", f"{quote(prefix, safe='/~%')}/apiv2/customer.profile.json")
    assert (reply.status, reply.text) == (404, '{"error":{"code":"404","message":null}}')


def test_a_world_has_a_front_page(own_world: World) -> None:
    page = own_world.service.send("GET", f"{own_world.prefix}/").body.decode()
    assert f"{own_world.service.url}{own_world.prefix}/apiv2/customer.profile.json" in page


def test_the_hint_for_an_unknown_name_fits_the_world(own_world: World) -> None:
    own_world.call("profile.get.json", api_user="acme")
    (told,) = own_world.journal()
    assert told["refusal"]["hint"] == (
        f"api_user 'acme' is unknown here; to add it: POST a seed to {own_world.prefix}/__admin/seed"
    )


# The clock


def created(world: World, name: str) -> str:
    """When a credential was made, in Pacific time."""
    found = world.call("credentials/get.xml", username=name).xml.find("credential/created_at")
    assert found is not None
    return found.text or ""


def test_a_frozen_clock_dates_what_is_written(own_world: World) -> None:
    assert own_world.admin("PUT", "clock", {"frozen": "2014-01-21T18:30:05Z"}).json == {
        "now": "2014-01-21T18:30:05.000Z", "frozen": True, "offset": 0.0,
    }  # fmt: skip
    own_world.credential("reader")
    assert created(own_world, "reader") == "2014-01-21 10:30:05"
    assert {told["time"] for told in own_world.journal()} == {"2014-01-21T18:30:05.000Z"}
    own_world.admin("PUT", "clock", {"advance": 3600})
    own_world.call("credentials/edit.json", username="reader", password="password2")
    updated = own_world.call("credentials/get.xml", username="reader").xml.find("credential/updated_at")
    assert updated is not None
    assert updated.text == "2014-01-21 11:30:05"
    assert created(own_world, "reader") == "2014-01-21 10:30:05"


def test_a_moved_clock_goes_on(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2030-01-01T00:00:00Z"})
    assert own_world.admin("PUT", "clock", {"offset": -86400 * 365}).json["frozen"] is False
    own_world.admin("PUT", "clock", {"advance": 60})
    told = own_world.admin("GET", "clock").json
    assert told["offset"] == 60 - 86400 * 365
    assert own_world.admin("PUT", "clock", {}).json["offset"] == 0


def test_a_clock_stays_within_the_calendar(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "9999-12-29T00:00:00Z"})
    reply = own_world.admin("PUT", "clock", {"advance": 86400 * 2})
    assert (reply.status, reply.json) == (400, {"errors": {"advance": ["leaves the years 1 to 9999"]}})
    own_world.credential("reader")
    assert created(own_world, "reader").startswith("9999-12-28")


def test_a_seed_is_dated_by_the_clock(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2014-01-21T18:30:05Z"})
    account = {"username": "acme", "password": PASSWORD, "credentials": [{"name": "reader", "password": "password1"}]}
    own_world.admin("POST", "seed", {"version": 1, "accounts": [account]})
    own_world.name = "acme"
    assert created(own_world, "reader") == "2014-01-21 10:30:05"


def test_a_world_is_taken_away_whole_and_alone(pair: tuple[World, World]) -> None:
    left, right = pair
    for number, world in enumerate(pair):
        world.call("customer.add.json", **NEW | {"username": "ada"} | as_acme(number))
        world.admin("POST", "faults", {"operation": "customer.delete", "status": 500})
        world.admin("PUT", "clock", {"frozen": "2015-03-01T00:00:00Z"})
    left.admin("DELETE", "state")
    # Nothing is there that a reset would go back to, either.
    left.admin("POST", "reset", {"only": ["state"]})
    assert told(left) == ([], [], [], False)
    accounts, requests, faults, is_frozen = told(right)
    assert [each["subusers"][0]["username"] for each in accounts if each["username"] == "acme"] == ["ada"]
    assert (len(requests), len(faults), is_frozen) == (1, 1, True)


def told(world: World) -> tuple[list[Any], list[Any], list[Any], bool]:
    """What there is: accounts, calls, faults, and whether the clock stands still."""
    names = ("state", "accounts"), ("requests", "requests"), ("faults", "faults"), ("clock", "frozen")
    accounts, requests, faults, frozen = (world.admin("GET", path).json[name] for path, name in names)
    return accounts, requests, faults, frozen


def test_what_one_was_seeded_with_outlives_the_end_of_another(pair: tuple[World, World]) -> None:
    staying, ending = pair
    assert ending.admin("DELETE", "state").json == {"removed": ending.prefix.removeprefix("/~")}
    assert staying.admin("PUT", "state", {"version": 1, "accounts": []}).json == {"added": 0}
    for world, accounts in ((staying, ["acme"]), (ending, [])):
        assert world.admin("POST", "reset", {"only": ["state"]}).status == 200
        assert [each["username"] for each in world.admin("GET", "state").json["accounts"]] == accounts


def members(world: World) -> list[dict[str, Any]]:
    """What the account `rich` and its subuser have, beside their profiles and their logins."""
    (rich,) = [each for each in world.admin("GET", "state").json["accounts"] if each["username"] == "rich"]
    return [
        {name: each[name] for name in wanted if name in each}
        for each, wanted in zip((rich, *rich["subusers"]), (OF_PRIMARY, OF_SUBUSER), strict=True)
    ]


def test_what_accounts_have_is_each_worlds_own(recorded: Service) -> None:
    left, right = (World(recorded, f"/~{fresh('rich')}") for _ in "lr")
    rich = {
        "username": "rich",
        "password": PASSWORD,
        "subusers": [{"username": "ada", "password": PASSWORD, **OF_SUBUSER}],
    }
    for world in (left, right):
        seeded = world.admin("POST", "seed", {"version": 1, "accounts": [{**rich, **OF_PRIMARY}]})
        assert seeded.json["added"] == 2, "also hostnames, which no two accounts of a world share"
        assert members(world) == [OF_PRIMARY, OF_SUBUSER]
        world.name = "rich"
    left.admin("DELETE", "suppressions")
    for call, params in [
        ("customer.limit", {"task": "none"}),
        ("customer.sendip", {"task": "append", "set": "none"}),
        ("customer.monitor", {"task": "detach"}),
        ("customer.parse", {"task": "delete", "hostname": "sub.example.com"}),
    ]:
        assert left.call(f"{call}.json", user="ada", **params).text == SUCCESS, call
    changed = members(left)[1]
    assert [name for name in ("credits", "ips", "monitors", "parse") if changed.get(name)] == []
    assert members(right) == [OF_PRIMARY, OF_SUBUSER]
    assert left.admin("POST", "reset", {"only": ["state"]}).status == 200
    assert members(left) == [OF_PRIMARY, OF_SUBUSER]
    left.admin("DELETE", "state")
    assert members(right) == [OF_PRIMARY, OF_SUBUSER]
