"""`/__admin/suppressions`: lists of suppressed addresses, as a harness fills and reads them."""

import re
from typing import Any

import pytest

from emulator import World, fresh
from engines import explain
from legacygrid.models.listed_addresses import WorldFilter
from legacygrid.models.suppression import KINDS, PAGE, Suppression

ADA, BOB = "ada@example.com", "bob@example.com"
NO_FIELD = "there is no such field; there are account, kind, address"
BAD_KIND = "Must be one of: block, unsubscribe, bounce, invalid, spamreport."


@pytest.fixture
def filled(own_world: World) -> World:
    """A world whose account has a bounce, and whose subuser has two unsubscribes."""
    own_world.add("sub")
    assert own_world.admin("PUT", "clock", {"frozen": "2012-06-27T19:00:00Z"}).status == 200
    bounce = {"account": own_world.name, "kind": "bounce", "address": ADA, "reason": "550 no such user"}
    assert own_world.admin("POST", "suppressions", bounce).status == 201
    for address in (ADA, BOB):
        entry = {"account": "sub", "kind": "unsubscribe", "address": address}
        assert own_world.admin("POST", "suppressions", entry).status == 201
    return own_world


def there(world: World, query: str = "") -> list[tuple[str, str, str]]:
    reply = world.admin("GET", f"suppressions{query}")
    assert reply.status == 200, reply.text
    return [(each["account"], each["kind"], each["address"]) for each in reply.json["suppressions"]]


def test_an_entry_is_told_whole(filled: World) -> None:
    (entry,) = filled.admin("GET", f"suppressions?account={filled.name}").json["suppressions"]
    assert entry == {
        "id": entry["id"], "time": "2012-06-27T19:00:00.000Z", "world": filled.prefix[2:], "account": filled.name,
        "kind": "bounce", "address": ADA, "reason": "550 no such user", "status": "5.1.1", "ip": "",
    }  # fmt: skip
    assert filled.call("bounces.get.json", date="1").json == [
        {"status": "5.1.1", "created": "2012-06-27 12:00:00", "reason": "550 no such user", "email": ADA}
    ]


def test_what_is_there_stays_as_it_is(filled: World) -> None:
    again = {"account": filled.name, "kind": "bounce", "address": ADA.upper(), "reason": "other"}
    reply = filled.admin("POST", "suppressions", again)
    assert (reply.status, reply.json["reason"], reply.json["address"]) == (200, "550 no such user", ADA)


def test_all_that_an_entry_may_say(filled: World) -> None:
    told = {"kind": "spamreport", "address": BOB, "reason": "r", "status": "4.2.2", "ip": "192.0.2.7"}
    reply = filled.admin("POST", "suppressions", told | {"account": "SUB", "time": "2011-01-01T00:00:00+09:00"})
    assert reply.status == 201
    assert reply.json == reply.json | told | {"account": "sub", "time": "2010-12-31T15:00:00.000Z"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_taken(own_world: World, kind: str) -> None:
    entry = {"account": own_world.name, "kind": kind, "address": ADA}
    assert own_world.admin("POST", "suppressions", entry).status == 201
    assert there(own_world) == [(own_world.name, kind, ADA)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "aAB"),
        ("?account=sub", "AB"),
        ("?account=SUB&kind=unsubscribe", "AB"),
        ("?account=sub&kind=bounce", ""),
        ("?kind=bounce", "a"),
        ("?address=ADA@example.com", "aA"),
        ("?address=bob@example.com", "B"),
        ("?kind=spamreport", ""),
    ],
)
def test_entries_are_found_and_removed(filled: World, query: str, found: str) -> None:
    rows = {"a": (filled.name, "bounce", ADA), "A": ("sub", "unsubscribe", ADA), "B": ("sub", "unsubscribe", BOB)}
    assert there(filled, query) == [rows[each] for each in found]
    assert filled.admin("DELETE", f"suppressions{query}").json == {"removed": len(found)}
    assert there(filled) == [row for name, row in rows.items() if name not in found]


BAD: list[tuple[str, str, Any, dict[str, list[str]]]] = [
    ("GET", "?account=nobody", None, {"account": ["there is no account 'nobody'"]}),
    ("DELETE", "?account=", None, {"account": ["there is no account ''"]}),
    ("GET", "?kind=bounces", None, {"kind": [BAD_KIND]}),
    ("DELETE", "?email=a@example.com", None, {"email": [NO_FIELD]}),
    ("POST", "", {}, {name: ["Missing data for required field."] for name in ("account", "kind", "address")}),
    ("POST", "", {"account": "nobody", "kind": "bounce", "address": ADA}, {"account": ["there is no account 'nobody'"]}),
    ("POST", "", {"account": "sub", "kind": "x", "address": ""},
     {"kind": [BAD_KIND], "address": ["Length must be between 1 and 320."]}),
    ("POST", "", {"account": "sub", "kind": "bounce", "address": "a\x01b", "reason": "\x00"},
     {"address": ["contains characters that XML 1.0 forbids"], "reason": ["contains characters that XML 1.0 forbids"]}),
    ("POST", "", {"account": "sub", "kind": "bounce", "address": ADA, "status": "550"}, {"status": ["must look like 5.1.1"]}),
    ("POST", "", {"account": "sub", "kind": "bounce", "address": ADA, "ip": "here"}, {"ip": ["Not a valid IP address."]}),
    ("POST", "", {"account": "sub", "kind": "bounce", "address": ADA, "time": "now"},
     {"time": ["must be a time such as 2015-03-01T12:00:00Z"]}),
    ("POST", "?kind=bounce", {"account": "sub"}, {"kind": ["goes into the JSON body"]}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "query", "body", "errors"), BAD)
def test_a_bad_request_names_its_field(
    filled: World, method: str, query: str, body: Any, errors: dict[str, list[str]]
) -> None:
    reply = filled.admin(method, f"suppressions{query}", body)
    assert (reply.status, reply.json) == (400, {"errors": errors})
    assert len(there(filled)) == 3


def test_a_world_sees_its_own_lists_alone(filled: World) -> None:
    other = World(filled.service, prefix=f"/~{fresh('other')}")
    assert there(other) == []
    assert other.admin("DELETE", "suppressions").json == {"removed": 0}
    assert other.admin("GET", "suppressions?account=sub").status == 400
    reply = filled.service.send("GET", "/__admin/suppressions")
    assert {"sub", filled.name} <= {each["account"] for each in reply.json["suppressions"]}


def test_a_reset_takes_them_back(filled: World) -> None:
    assert filled.admin("POST", "reset", {"only": ["state"]}).status == 200
    assert there(filled) == []


def test_a_long_list_is_told_whole(own_world: World) -> None:
    addresses = [f"reader-{number}@example.com" for number in range(401)]
    for address in addresses:
        own_world.call("unsubscribes.add.json", email=address)
    assert [row[2] for row in there(own_world)] == addresses


STATUS: list[tuple[dict[str, Any], dict[str, list[str]] | None]] = [
    ({"event": "bounce", "status": "5.2.2"}, None),
    ({"event": "block", "status": "4.7.1"}, None),
    ({"event": "bounce", "status": "6.0.0"}, {"status": ["must look like 5.1.1"]}),
    ({"event": "bounce", "status": "5.1.1 "}, {"status": ["must look like 5.1.1"]}),
    ({"event": "defer", "status": "4.2.2"}, {"status": ["goes with bounce and block alone"]}),
    ({"event": "spamreport", "status": "4.2.2"}, {"status": ["goes with bounce and block alone"]}),
]


@pytest.mark.parametrize(("event", "errors"), STATUS)
def test_a_bounce_may_have_a_status(own_world: World, event: dict[str, Any], errors: Any) -> None:
    own_world.mail()
    reply = own_world.admin("POST", f"messages/{own_world.outbox()[0]['id']}/events", event)
    assert reply.status == (400 if errors else 200)
    listed = own_world.admin("GET", "suppressions").json["suppressions"]
    if errors:
        assert (reply.json, listed) == ({"errors": errors}, [])
    else:
        assert [(each["kind"], each["status"]) for each in listed] == [(event["event"], event["status"])]


@pytest.mark.parametrize("narrowed", ["world", "account", "primary", "account kind", "world kind"])
def test_no_page_of_a_long_list_is_sorted(filled: World, narrowed: str) -> None:
    """Each would look through all that there is: a hundred thousand took half a minute."""
    number = filled.account.id
    every = {"world": filled.prefix[2:], "account": number, "primary": number, "kind": "bounce"}
    wanted = WorldFilter(**{name: every[name] for name in narrowed.split()})
    page = wanted._select().where(Suppression.id > 0).order_by(Suppression.id).limit(PAGE)
    sql, params = page.sql()
    with filled.service.grid.store.snapshot():
        plan = explain(sql, params)
    assert not re.search(r"TEMP B-TREE FOR ORDER BY|Sort", plan), plan
