"""user/webhooks/parse/settings: the hostnames of v2's parse.*, with switches that are booleans."""

from typing import Any

import pytest

from emulator import World, fresh
from v3_api import Api, errors_of

PATH = "user/webhooks/parse/settings"
URL = "http://127.0.0.1:9/parse"
NOT_FOUND = (404, [{"field": None, "message": "not found"}])


def test_a_hostname_from_first_to_last(own_world: World) -> None:
    v3, host = Api(own_world), f"{fresh('in')}.example.com"
    assert v3.does("GET", PATH) == {"result": []}
    told = v3.does("POST", PATH, {"hostname": host.upper(), "url": URL, "send_raw": True}, status=201)
    assert told == {"url": URL, "hostname": host, "spam_check": False, "send_raw": True}
    assert list(told) == ["url", "hostname", "spam_check", "send_raw"]
    assert own_world.call("parse.get.json").json == {"parse": [{"hostname": host, "url": URL, "spam_check": 0}]}
    one = f"{PATH}/{host}"
    assert v3.does("PATCH", one, {}) == told
    changed = v3.does("PATCH", one, {"spam_check": True, "url": f"{URL}/2", "hostname": "other.example.com"})
    assert changed == {**told, "spam_check": True, "url": f"{URL}/2"} == v3.does("GET", f"{PATH}/{host.upper()}")
    own_world.call("parse.update.json", hostname=host, spam_check="0")
    assert v3.does("GET", PATH) == {"result": [{**changed, "spam_check": False}]}
    assert v3.does("DELETE", one, status=204) is None
    assert own_world.call("parse.get.json").json == {"parse": []}
    for method in ("GET", "PATCH", "DELETE"):
        assert errors_of(v3(method, one)) == NOT_FOUND


def test_a_subuser_has_its_own(own_world: World) -> None:
    v3, sub = Api(own_world), own_world.add()
    host = f"{fresh('sub')}.example.com"
    v3.does("POST", PATH, {"hostname": host, "url": URL}, user=sub, status=201)
    assert v3.does("GET", PATH) == {"result": []}
    assert errors_of(v3("GET", f"{PATH}/{host}")) == NOT_FOUND
    listed = own_world.call("customer.parse.json", task="get", user=sub).json
    assert listed == {"parse": [{"hostname": host, "url": URL, "spam_check": 0}]}


REFUSED: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({}, [("hostname", "hostname is required"), ("url", "url is required")]),
    ({"hostname": "a b", "url": URL}, [("hostname", "hostname must be a hostname")]),
    ({"hostname": "a.example", "url": URL, "spam_check": 1}, [("spam_check", "spam_check must be a boolean")]),
    ({"hostname": "taken.example.com", "url": URL}, [("hostname", "mail to taken.example.com is parsed already")]),
]


@pytest.mark.parametrize(("given", "said"), REFUSED)
def test_what_does_not_fit(own_world: World, given: dict[str, Any], said: list[tuple[str, str]]) -> None:
    v3 = Api(own_world)
    other = World(own_world.service, own_world.prefix)
    other.call("parse.set.json", hostname="taken.example.com", url=URL)
    errors = [{"field": field, "message": text} for field, text in said]
    assert errors_of(v3("POST", PATH, given)) == (400, errors)
    assert v3.does("GET", PATH) == {"result": []}
