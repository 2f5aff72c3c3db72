"""ips, and those of a subuser: the addresses of v2's customer.ip and customer.sendip."""

from typing import Any

import pytest

from emulator import World
from legacygrid.models import ip_addresses
from v3_api import Api, errors_of

NOT_FOUND = (404, [{"field": None, "message": "not found"}])
#: In the order in which the account got them; there are more than a page has by itself.
ADDRESSES = [f"192.0.2.{number}" for number in (40, 9, *range(50, 60))]


@pytest.fixture
def world(own_world: World) -> World:
    with own_world.service.grid.store.writing():
        for address in ADDRESSES:
            ip_addresses.add(own_world.account, address)
    return own_world


def test_a_page_has_ten(world: World) -> None:
    v3 = Api(world)
    told = v3.does("GET", "ips")
    assert [each["ip"] for each in told] == ADDRESSES[:10]
    assert told[0] == {
        "ip": ADDRESSES[0], "pools": [], "whitelabeled": False, "start_date": None, "subusers": [], "warmup": False,
        "assigned_at": None,
    }  # fmt: skip


PAGES: list[tuple[str, list[str]]] = [
    ("limit=2", ADDRESSES[:2]),
    ("limit=5&offset=10", ADDRESSES[10:]),
    ("ip=192.0.2.9", ["192.0.2.9"]),
    ("ip=192.0.2.200", []),
    ("limit=3&sort_by_direction=asc&exclude_whitelabels=true", ["192.0.2.9", "192.0.2.40", "192.0.2.50"]),
    ("limit=2&sort_by_direction=desc", ["192.0.2.59", "192.0.2.58"]),
    ("subuser=nobody", []),
]


@pytest.mark.parametrize(("query", "addresses"), PAGES)
def test_pages_and_filters(world: World, query: str, addresses: list[str]) -> None:
    assert [each["ip"] for each in Api(world).does("GET", f"ips?{query}")] == addresses


REFUSED = [
    ("ips?limit=0", "limit", "limit must be 1 to 2147483647"),
    ("ips?offset=-1", "offset", "offset must be 0 to 2147483647"),
    ("ips?ip=x", "ip", "ip must be an IP address"),
    ("ips?sort_by_direction=up", "sort_by_direction", "sort_by_direction must be asc or desc"),
    ("ips?exclude_whitelabels=1", "exclude_whitelabels", "exclude_whitelabels must be true or false"),
]


@pytest.mark.parametrize(("path", "field", "said"), REFUSED)
def test_a_query_that_does_not_fit(own_world: World, path: str, field: str, said: str) -> None:
    assert errors_of(Api(own_world)("GET", path)) == (400, [{"field": field, "message": said}])


def test_a_subusers_addresses_are_replaced(world: World) -> None:
    v3, (sub, other) = Api(world), (world.add(), world.add())
    path, first = f"subusers/{sub}/ips", ADDRESSES[:2]
    assert v3.does("PUT", path, first) == {"ips": first}
    assert [each["ip"] for each in world.call("customer.sendip.json", task="list", user=sub).json["ips"]] == first
    assert v3.does("PUT", path, ADDRESSES[1:3]) == {"ips": ADDRESSES[1:3]}
    world.call("customer.sendip.json", task="append", user=other, set="specify", ip=ADDRESSES[1])
    assert v3.does("GET", f"ips/{ADDRESSES[1]}") == {
        "ip": ADDRESSES[1], "subusers": [sub, other], "rdns": "", "pools": [], "warmup": False, "start_date": None,
        "whitelabeled": False,
    }  # fmt: skip
    assert [each["ip"] for each in v3.does("GET", f"ips?subuser={sub}")] == ADDRESSES[1:3]
    assigned = [{"ip": each, "pools": [], "warmup": False, "start_date": None} for each in ADDRESSES[1:3]]
    assert v3.does("GET", "ips/assigned") == assigned
    assert v3.does("PUT", path, []) == {"ips": []}
    assert [each["ip"] for each in v3.does("GET", "ips/assigned")] == [ADDRESSES[1]]


SETS: list[tuple[Any, dict[str, Any]]] = [
    (["198.51.100.1"], {"field": None, "message": "unable to validate IPs at this time"}),
    (["x"], {"field": "body", "message": "body[0] must be an IP address"}),
    ([5], {"field": "body", "message": "body[0] must be a string"}),
    ({}, {"field": "body", "message": "the body must be an array"}),
    (None, {"field": "body", "message": "the body must be an array"}),
]


@pytest.mark.parametrize(("body", "said"), SETS)
def test_what_cannot_be_a_subusers(world: World, body: Any, said: dict[str, Any]) -> None:
    v3, sub = Api(world), world.add()
    v3.does("PUT", f"subusers/{sub}/ips", ADDRESSES[:1])
    assert errors_of(v3("PUT", f"subusers/{sub}/ips", body)) == (400, [said])
    assert [each["ip"] for each in v3.does("GET", f"ips?subuser={sub}")] == ADDRESSES[:1]


def test_who_is_unknown(own_world: World) -> None:
    v3 = Api(own_world)
    assert errors_of(v3("PUT", "subusers/nobody/ips", [])) == NOT_FOUND
    assert errors_of(v3("GET", "ips/198.51.100.1")) == NOT_FOUND
    assert errors_of(v3("GET", "ips/x")) == NOT_FOUND


@pytest.mark.parametrize("path", ["ips/pools", "ips/pools/x/ips", "ips/remaining", "ips/warmup"])
def test_what_is_not_kept_of_addresses(own_world: World, path: str) -> None:
    status, (error, *_) = errors_of(Api(own_world)("GET", path))
    assert (status, error["field"]) == (501, None)
    assert "is not emulated" in error["message"]
