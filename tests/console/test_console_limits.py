"""Credits and IP addresses on a subuser's page: by the rules of the calls, and seen at the other doors."""

from collections.abc import Iterator
from typing import Any

import pytest

from desk import wrong_at
from emulator import Service, World, fresh
from legacygrid.models import ip_addresses, subusers
from legacygrid.models.database import Store
from legacygrid.serializers import profiles
from sessions import Console, text_of

CREDITS = "Credits can only be a whole number from 0 to 1000000000000."
#: What the form of a limit sends.
LIMIT = {"credits": "400", "period": "daily", "startdate": "", "enddate": "", "initial_credits": ""}


@pytest.fixture
def console(own_world: World) -> Iterator[Console]:
    """The owner, at the console, with a subuser `ada`."""
    own_world.add("ada")
    with Console(own_world) as found:
        yield found.enter(own_world.name)


def page(world: World, rest: str = "") -> str:
    return f"subusers/{subusers.find(world.account, 'ada').id}{rest}"


def left(world: World) -> Any:
    """What customer.limit tells of the subuser."""
    found = world.call("customer.limit.json", task="retrieve", user="ada").json
    return (found[0]["credit"], found[0]["credit_remain"]) if found else None


def test_a_limit_from_its_start_to_its_end(own_world: World, console: Console) -> None:
    assert own_world.admin("PUT", "clock", {"frozen": "2012-06-27T19:00:00Z"}).status == 200
    assert "has no limit: it sends as much as it likes" in text_of(console.get(page(own_world)))
    more = {"startdate": "2012-06-28", "enddate": "2012-07-30", "initial_credits": "1000"}
    assert console.post(page(own_world, "/credits"), **LIMIT | more).status_code == 303
    assert left(own_world) == ("400", "1000")
    told = text_of(console.get(page(own_world)))
    assert "The limit of ada was set." in told
    assert "Left 1,000 Filled up again daily, to 400 First day 2012-06-28 Last day 2012-07-30" in told
    shown = console.get(page(own_world, "/credits")).text
    for value in ('value="400"', 'value="2012-06-28"', 'value="2012-07-30"', '<option selected value="daily">'):
        assert value in shown
    assert console.post(page(own_world, "/credits/change"), credits="24", change="increment").status_code == 303
    assert "ada got 24 more credits." in text_of(console.get(page(own_world)))
    assert left(own_world) == ("0", "1024")
    assert console.post(page(own_world, "/credits/change"), credits="9999", change="decrement").status_code == 303
    assert left(own_world) == ("0", "0")
    assert "Left 0 no mail Filled up again never Set on 2012-06-27" in text_of(console.get(page(own_world)))
    assert console.post(page(own_world, "/credits"), **LIMIT | {"period": "", "credits": "7"}).status_code == 303
    assert left(own_world) == ("0", "7")
    assert console.post(page(own_world, "/credits/none")).status_code == 303
    assert left(own_world) is None


@pytest.mark.parametrize(
    ("path", "given", "wrong"),
    [
        ("/credits", LIMIT | {"credits": ""}, {"credits": ["Credits is required"]}),
        ("/credits", LIMIT | {"credits": "ten", "period": ""}, {"credits": [CREDITS]}),
        ("/credits", LIMIT | {"period": "hourly"}, {"period": ["Period can only be daily, weekly or monthly."]}),
        ("/credits", LIMIT | {"startdate": "soon"}, {"startdate": ["Startdate can only be a day such as 2012-06-27."]}),
        ("/credits/change", {"credits": "", "change": "increment"}, {"credits": ["Credits is required"]}),
        ("/credits/change", {"credits": "-4", "change": "decrement"}, {"credits": [CREDITS]}),
        ("/credits/change", {"credits": "1\x00", "change": "decrement"}, {"credits": ["Credits contains characters that XML 1.0 forbids"]}),
    ],
)  # fmt: skip
def test_a_limit_that_is_refused(
    own_world: World, console: Console, path: str, given: dict[str, str], wrong: dict[str, list[str]]
) -> None:
    reply = console.post(page(own_world, path), **given)
    assert (reply.status_code, wrong_at(reply)) == (422, wrong)
    assert left(own_world) is None


def test_neither_more_nor_fewer(own_world: World, console: Console) -> None:
    for change in ({}, {"change": "total"}):
        assert console.post(page(own_world, "/credits/change"), credits="5", **change).status_code == 400
    assert left(own_world) is None


def addresses(world: World) -> list[str]:
    return [each["ip"] for each in world.call("customer.sendip.json", task="list", user="ada").json["ips"]]


def test_the_addresses_that_are_ticked(own_world: World, console: Console) -> None:
    with own_world.service.grid.store.writing():
        for address in ("192.0.2.1", "2001:db8::1"):
            ip_addresses.add(own_world.account, address)
    assert console.get(page(own_world)).text.count('name="ip"') == 2
    assert console.post(page(own_world, "/ips"), ip=["2001:db8::1"]).status_code == 303
    assert addresses(own_world) == ["2001:db8::1"]
    assert 'value="2001:db8::1" checked' in console.get(page(own_world)).text
    assert console.post(page(own_world, "/ips"), ip=["192.0.2.1", "2001:db8::1"]).status_code == 303
    assert addresses(own_world) == ["192.0.2.1", "2001:db8::1"]
    for foreign, said in (
        ("198.51.100.1", "The account has one of these IP addresses no more."),
        ("one", "Invalid ip parameter"),
    ):
        reply = console.post(page(own_world, "/ips"), ip=[foreign])
        assert (reply.status_code, said in text_of(reply)) == (422, True)
    assert len(addresses(own_world)) == 2
    assert console.post(page(own_world, "/ips")).status_code == 303
    assert addresses(own_world) == []


def test_who_cannot_send_without_an_address(store: Store) -> None:
    service = Service(store, profiles.profile("recorded", {"ip_required": "on"}))
    try:
        world = World(service, prefix=f"/~{fresh('world')}")
        world.add("ada")
        with Console(world) as console:
            console.enter(world.name)
            told = text_of(console.get(page(world)))
            assert "ip_required is on." in told
            assert "has no IP address, so its mail is refused" in told
            assert console.post(page(world, "/ips"), ip=["192.0.2.33"]).status_code == 303
            assert "so its mail is refused" not in text_of(console.get(page(world)))
    finally:
        service.stop()


@pytest.mark.parametrize("path", ["/credits", "/credits/change", "/credits/none", "/ips"])
def test_a_subuser_of_somebody_else(own_world: World, console: Console, path: str) -> None:
    other = World(own_world.service, prefix=own_world.prefix)
    theirs = subusers.find(other.account, other.add()).id
    assert console.post(f"subusers/{theirs}{path}", credits="1", change="increment").status_code == 404
    with Console(own_world) as ada:
        ada.enter("ada", "somepass1")
        assert ada.post(page(own_world, path)).status_code == 403
