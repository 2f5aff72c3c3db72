"""bounces.*, user.bounces and the like: what is sent, and what comes back."""

from typing import Any

import pytest

from emulator import PASSWORD, Reply, Service, World, fresh
from legacygrid.endpoints.sendgrid.suppressions import LISTS
from legacygrid.models import subusers, suppression
from legacygrid.models.account import Account
from legacygrid.models.listed_addresses import ListedAddresses
from legacygrid.models.suppression import (
    BLOCK,
    BOUNCE,
    INVALID,
    PAGE,
    SPAMREPORT,
    UNSUBSCRIBE,
    NewEntry,
    SuppressionFilter,
)
from legacygrid.reasons import UnknownSubuser
from legacygrid.serializers import profiles

#: The two back ends, by content type: compact JSON, and spaced JSON.
FRONT, PYTHON = "application/json", "text/html"
DONE, SPACED = '{"message":"success"}', '{"message": "success"}'
ABSENT, SPACED_ABSENT = '{"message":"Email does not exist"}', '{"message": "Email does not exist"}'

#: By call: what was sent, and what came back. June and July 2012, in their order.
OF_SUBUSERS = [
    ("user.bounces", {"task": "get"}, "[]"),
    ("user.bounces", {"email": "test@test.com", "task": "delete"}, ABSENT),
    ("user.unsubscribes", {"email": "test@test.com", "task": "add"}, DONE),
    ("user.unsubscribes", {"task": "get"}, '[{"email":"test@test.com"}]'),
    ("user.unsubscribes", {"email": "test@test.com", "task": "delete"}, DONE),
    ("user.unsubscribes", {"email": "test@test.com", "task": "delete"}, ABSENT),
    ("user.spamreports", {"task": "get"}, "[]"),
    ("user.spamreports", {"email": "test@test.com", "task": "delete"}, ABSENT),
    ("customer.invalidemails", {"task": "get"}, "[]"),
    ("customer.invalidemails", {"email": "test@testr.com", "task": "delete"}, ABSENT),
]
T = {"email": "test@example.com"}
OF_ACCOUNTS = [
    ("blocks.get", {}, FRONT, "[]"),
    ("blocks.delete", T, FRONT, ABSENT),
    ("bounces.get", {}, PYTHON, "[]"),
    ("bounces.delete", T, PYTHON, SPACED_ABSENT),
    ("invalidemails.get", {}, PYTHON, "[]"),
    ("invalidemails.delete", T, PYTHON, SPACED_ABSENT),
    ("spamreports.get", {}, PYTHON, "[]"),
    ("spamreports.delete", T, PYTHON, SPACED_ABSENT),
    ("unsubscribes.add", T, PYTHON, SPACED),
    ("unsubscribes.get", {}, PYTHON, '[{"email": "test@example.com"}]'),
    ("unsubscribes.delete", T, PYTHON, SPACED),
    ("unsubscribes.delete", T, PYTHON, SPACED_ABSENT),
    # January 2014.
    ("blocks.count", {}, PYTHON, '{"count": 0}'),
]


def test_the_recorded_exchanges(world: World) -> None:
    subuser = world.add()
    for call, params, body in OF_SUBUSERS:
        reply = world.call(f"{call}.json", "GET", user=subuser, **params)
        assert (reply.status, reply.headers["Content-Type"], reply.text) == (200, FRONT, body), (call, params)
    for call, params, type, body in OF_ACCOUNTS:
        reply = world.call(f"{call}.json", "GET", **params)
        assert (reply.status, reply.headers["Content-Type"], reply.text) == (200, type, body), (call, params)
    reply = world.service.form("/api/bounces.get.json", api_user=world.name, api_key="wrong")
    assert (reply.status, reply.text) == (403, '{"error": "Bad username / password"}')


# What is listed

#: By day and time in California.
NOON = {"2012-06-25": 1340650800.0, "2012-06-26": 1340737200.0, "2012-06-27": 1340823600.0}


def listed(
    world: World, kind: str, *entries: NewEntry, account: Account | None = None, day: str = "2012-06-27"
) -> None:
    """Put addresses on a list, at noon of a day in California; the clock stands still at its end."""
    with world.service.grid.store.writing():
        suppression.add_all(account or world.account, kind, entries, NOON[day])
    assert world.admin("PUT", "clock", {"frozen": "2012-06-28T06:59:00Z"}).status == 200


ADA = NewEntry("Ada@example.com", "550 5.1.1 <no/such>", "5.1.1", "192.0.2.1")
BOB = NewEntry("bob@example.com", "full", "4.2.2", "192.0.2.2")
CREATED = "2012-06-27 12:00:00"
REASON, ESCAPED = "550 5.1.1 <no/such>", "550 5.1.1 &lt;no/such&gt;"
#: By call: the keys in their order, and the list and the entry in XML.
ENTRIES = [
    ("bounces.get", BOUNCE, "status created reason email", "bounces"),
    ("blocks.get", BLOCK, "status created reason email", "blocks"),
    ("invalidemails.get", INVALID, "reason created email", "invalidemails"),
    ("spamreports.get", SPAMREPORT, "ip email created", "spamreports"),
    ("unsubscribes.get", UNSUBSCRIBE, "email created", "unsubscribes"),
    ("user.bounces", BOUNCE, "email status reason created", "bounces"),
    ("user.spamreports", SPAMREPORT, "email ip created", "spamreports"),
    ("user.unsubscribes", UNSUBSCRIBE, "email created", "unsubscribes"),
    ("customer.invalidemails", INVALID, "email reason created", "invalidemails"),
]


@pytest.mark.parametrize(("call", "kind", "keys", "root"), ENTRIES)
def test_an_entry_in_both_formats(own_world: World, call: str, kind: str, keys: str, root: str) -> None:
    is_own, params = call.endswith(".get"), {"date": "1"}
    account = None
    if not is_own:
        params |= {"user": own_world.add(), "task": "get"}
        account = Account.get(Account.username == params["user"], Account.world == own_world.prefix[2:])
    listed(own_world, kind, ADA, account=account)
    told = dict(zip(NewEntry._fields, ADA, strict=True)) | {"email": ADA.address, "created": CREATED}
    wanted = {key: told[key] for key in keys.split()}
    for entry in (wanted, {key: text for key, text in wanted.items() if key != "created"}):
        reply = own_world.call(f"{call}.json", **params)
        assert [list(row.items()) for row in reply.json] == [list(entry.items())]
        children = "".join(f"<{key}>{text}</{key}>" for key, text in entry.items()).replace(REASON, ESCAPED)
        item = root.removesuffix("s")
        reply = own_world.call(f"{call}.xml", **params)
        assert reply.text == f"<{root}><{item}>{children}</{item}></{root}>"
        params |= {"date": "0"}
    # A list of others is empty, and that of the account is not its subuser's.
    assert own_world.call("profile.get.json").json[0]["username"] == own_world.name
    if not is_own:
        own = f"{call.partition('.')[2]}.get.json"
        assert own_world.call(own).text == "[]"


def test_days_are_those_of_the_account(own_world: World) -> None:
    listed(own_world, BOUNCE, ADA)
    with own_world.service.grid.store.writing():
        own_world.account.change(time_zone="Asia/Tokyo")
    (row,) = own_world.call("bounces.get.json", date="1").json
    assert row["created"] == "2012-06-28 04:00:00"
    assert own_world.call("bounces.count.json", start_date="2012-06-28").json == {"count": 1}


@pytest.fixture
def three(own_world: World) -> World:
    """A world with a bounce on each of three days, the last of which is today."""
    for day, entry in zip(NOON, (ADA, BOB, NewEntry("carol@example.com")), strict=True):
        listed(own_world, BOUNCE, entry, day=day)
    return own_world


NARROWED: list[tuple[dict[str, str], str]] = [
    ({}, "ABc"),
    ({"days": "1"}, "c"),
    ({"days": "2"}, "bc"),
    ({"days": "9" * 30}, "Abc"),
    ({"start_date": "2012-06-26"}, "bc"),
    ({"end_date": "2012-06-26"}, "Ab"),
    ({"start_date": "2012-06-26", "end_date": "2012-06-26"}, "b"),
    ({"start_date": "0001-01-01", "end_date": "2012-06-27"}, "Abc"),
    ({"start_date": "2012-06-25", "days": "2"}, "bc"),
    ({"start_date": "9999-12-31"}, ""),
    ({"start_date": "", "days": "", "type": "", "limit": "", "email": ""}, "Abc"),
    ({"type": "hard"}, "A"),
    ({"type": "soft"}, "b"),
    ({"email": "ADA@example.com"}, "A"),
    ({"email": "nobody@example.com"}, ""),
    ({"limit": "2"}, "Ab"),
    ({"offset": "1"}, "bc"),
    ({"limit": "1", "offset": "1"}, "b"),
    ({"limit": "9" * 30, "offset": "2"}, "c"),
    ({"offset": "9" * 30}, ""),
    ({"nickname": "x", "user": "nobody"}, "Abc"),
]


@pytest.mark.parametrize(("params", "found"), NARROWED)
def test_a_list_is_narrowed(three: World, params: dict[str, str], found: str) -> None:
    def initials(reply: Reply) -> str:
        return "".join(row["email"][0] for row in reply.json)

    assert initials(three.call("bounces.get.json", **params)).lower() == found.lower()
    counted = {name: params[name] for name in ("start_date", "end_date", "type") if name in params}
    if counted == params:
        assert three.call("bounces.count.json", **params).json == {"count": len(found)}
        assert three.call("bounces.count.xml", **params).text == f"<result><count>{len(found)}</count></result>"


BAD: list[tuple[dict[str, str], str]] = [
    ({"end_date": "2012-06-28"}, "error in end_date: end date is in the future"),
    ({"start_date": "2012-06-27", "end_date": "2012-06-26"}, "error in end_date: end date is before start date"),
    *[({"start_date": odd}, "error in start_date: must be a day such as 2012-06-27")
      for odd in ("yesterday", "2012-6-27", "20120627", "2012-02-30", "2012-06-27T00:00", "0000-01-01", "\uff12012-06-27")],
    *[({"days": odd}, "error in days: must be a whole number of 1 or more") for odd in ("0", "-1", "1.5", "x", "\u00b2")],
    ({"limit": "0"}, "error in limit: must be a whole number of 1 or more"),
    ({"offset": "-1"}, "error in offset: must be a whole number of 0 or more"),
    ({"type": "Hard"}, "error in type: must be hard or soft"),
    ({"date": "yes"}, "Date can only be 0 or 1."),
    ({"email[]": "a@example.com"}, "Email can only be a single text"),
    ({"days": "0", "type": "x"}, "error in days: must be a whole number of 1 or more; error in type: must be hard or soft"),
]  # fmt: skip


@pytest.mark.parametrize(("params", "text"), BAD)
def test_what_is_wrong_is_said(three: World, params: dict[str, str], text: str) -> None:
    reply = three.call("bounces.get.json", **params)
    assert (reply.status, reply.json) == (400, {"error": text})
    reply = three.call("user.bounces.json", task="get", user=three.add(), **params)
    assert (reply.status, reply.json) == (200, {"message": "error", "errors": text.split("; ")})


@pytest.mark.parametrize("call", ["user.bounces", "user.unsubscribes", "user.spamreports", "customer.invalidemails"])
def test_the_subuser_has_to_be_the_callers(world: World, call: str) -> None:
    others = World(world.service).add()
    for params in ({"user": others}, {"user": "nobody-of-that-name"}, {}):
        reply = world.call(f"{call}.json", task="get", **params)
        assert (reply.status, reply.text) == (200, '{"error":{"code":400,"message":"User does not exist"}}')
    reply = world.call(f"{call}.json", task="count", user=world.add())
    assert reply.text == '{"error":{"code":404,"message":"Not found"}}'


def test_a_subuser_has_lists_of_its_own(world: World) -> None:
    name = world.add()
    who = {"api_user": name, "api_key": "somepass1"}
    assert world.call("unsubscribes.add.json", **who, **T).text == SPACED
    assert world.call("unsubscribes.get.json").text == "[]"
    assert world.call("user.unsubscribes.json", task="get", user=name).json == [T]
    assert world.call("user.unsubscribes.json", task="get", **who, user=name).json["error"]["code"] == 401


# What is added and deleted


@pytest.mark.parametrize(
    ("email", "json"),
    [
        ("a@example.com", {"message": "success"}),
        ("A@EXAMPLE.com", {"message": "success"}),
        ("test@example.com", {"message": "Email already exists"}),
        ("TEST@example.com", {"message": "Email already exists"}),
        ("", {"error": "Email is required"}),
        ("nobody", {"error": "Email is not a valid email address"}),
        ("x" * 320 + "@example.com", {"error": "Email can only be up to 320 characters."}),
    ],
)
def test_an_address_is_added_once(world: World, email: str, json: dict[str, str]) -> None:
    subuser = world.add()
    world.call("unsubscribes.add.json", **T)
    world.call("user.unsubscribes.json", task="add", user=subuser, **T)
    reply = world.call("unsubscribes.add.json", email=email)
    assert (reply.status, reply.json) == (400 if "error" in json else 200, json)
    reply = world.call("user.unsubscribes.json", task="add", user=subuser, email=email)
    wanted = {"message": "error", "errors": [json["error"]]} if "error" in json else json
    assert (reply.status, reply.json) == (200, wanted)
    reply = world.call("unsubscribes.add.xml", **T)
    assert (reply.status, reply.text) == (200, "<result><message>Email already exists</message></result>")


DELETED: list[tuple[dict[str, str], str]] = [
    ({"email": "ada@EXAMPLE.com"}, "bc"),
    ({"type": "soft"}, "Ac"),
    ({"type": "hard", "email": "ada@example.com"}, "bc"),
    ({"start_date": "2012-06-26"}, "A"),
    ({"end_date": "2012-06-26"}, "c"),
    ({"start_date": "2012-06-26", "end_date": "2012-06-26"}, "Ac"),
    ({"start_date": "9999-12-31"}, "Abc"),
    ({"delete_all": "1"}, ""),
    ({"delete_all": "1", "email": "bob@example.com"}, "Ac"),
]


@pytest.mark.parametrize(("params", "left"), DELETED)
def test_what_is_meant_is_deleted(three: World, params: dict[str, str], left: str) -> None:
    assert three.call("bounces.delete.json", **params).text == SPACED
    assert [row["email"][0] for row in three.call("bounces.get.json").json] == list(left)


@pytest.mark.parametrize(
    ("params", "status", "json"),
    [
        ({}, 400, {"error": "Email is required"}),
        ({"email": ""}, 400, {"error": "Email is required"}),
        ({"delete_all": "0"}, 400, {"error": "Email is required"}),
        ({"delete_all": "yes"}, 400, {"error": "Delete all can only be 0 or 1."}),
        ({"email": "dave@example.com"}, 200, {"message": "Email does not exist"}),
        ({"email": "ada@example.com", "type": "soft"}, 200, {"message": "Email does not exist"}),
        ({"end_date": "2099-01-01"}, 400, {"error": "error in end_date: end date is in the future"}),
    ],
)
def test_nothing_else_is_deleted(three: World, params: dict[str, str], status: int, json: dict[str, str]) -> None:
    reply = three.call("bounces.delete.json", **params)
    assert (reply.status, reply.json) == (status, json)
    assert three.call("bounces.count.json").json == {"count": 3}


@pytest.fixture
def older(store: Any) -> Any:
    """An emulator as an older page of the manual has unsubscribes.delete, and blocks.get was in 2014."""
    service = Service(store, profiles.profile("recorded", {"unsubscribes_delete": "all", "blocks": "2014"}))
    yield service
    service.stop()


def test_two_pages_of_the_manual(world: World, older: Service) -> None:
    who = {"api_user": world.name, "api_key": PASSWORD}
    for address in ("a@example.com", "b@example.com"):
        world.call("unsubscribes.add.json", email=address)
    reply = world.call("unsubscribes.delete.json")
    assert (reply.status, reply.json) == (400, {"error": "Email is required"})
    assert older.form("/api/unsubscribes.delete.json", **who, email="a@example.com").text == SPACED
    assert world.call("unsubscribes.get.json").json == [{"email": "b@example.com"}]
    assert older.form("/api/unsubscribes.delete.json", **who).text == SPACED
    assert world.call("unsubscribes.get.json").text == "[]"
    reply = older.form("/api/blocks.delete.json", **who, **T)
    assert (reply.text, reply.headers["Content-Type"]) == (SPACED_ABSENT, PYTHON)
    reply = older.form("/api/bounces.delete.json", **who)
    assert reply.status == 400


@pytest.mark.parametrize("name", LISTS)
def test_each_list_is_a_list_of_its_own(own_world: World, name: str) -> None:
    for each in LISTS.values():
        listed(own_world, each.kind, ADA)
    deleted = own_world.call(f"{name}.delete.json", email=ADA.address)
    assert deleted.json == {"message": "success"}
    there = [other for other in LISTS if own_world.call(f"{other}.get.json").json]
    assert there == [other for other in LISTS if other != name]


# Long lists


def test_a_long_list_comes_in_pages_and_tells_all(own_world: World) -> None:
    count = 1501
    entries = [NewEntry(f"reader-{number}@example.com", "no such user", "5.1.1") for number in range(count)]
    listed(own_world, BOUNCE, *entries)
    for params, first, last in (({}, 0, count), ({"offset": "199", "limit": "1001"}, 199, 1200)):
        rows = own_world.call("bounces.get.json", date="1", **params).json
        assert [row["email"] for row in rows] == [each.address for each in entries[first:last]]
        root = own_world.call("bounces.get.xml", date="1", **params).xml
        assert [each.findtext("email") for each in root] == [each.address for each in entries[first:last]]
    assert own_world.call("bounces.count.json").json == {"count": count}
    assert own_world.call("bounces.delete.json", delete_all="1").text == SPACED
    assert own_world.call("bounces.get.json").text == "[]"


def test_a_page_is_read_when_it_is_sent(own_world: World) -> None:
    listed(own_world, BOUNCE, *[NewEntry(f"{fresh('reader')}@example.com") for _ in range(450)])
    entries = iter(ListedAddresses(SuppressionFilter(own_world.account, BOUNCE)))
    seen = [next(entries)]
    own_world.call("bounces.delete.json", delete_all="1")
    assert len([*seen, *entries]) == PAGE


def test_a_subuser_that_is_deleted_meanwhile(own_world: World) -> None:
    ada = subusers.find(own_world.account, own_world.add())
    ada.remove()
    with pytest.raises(UnknownSubuser), own_world.service.grid.store.writing():
        suppression.add(ada, UNSUBSCRIBE, "bob@example.com", 0)
