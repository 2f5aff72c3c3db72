"""The page of suppressions: who sees which, and that mail goes by what is done there."""

import re
from collections.abc import Iterator

import pytest
import requests

from desk import wrong_at
from emulator import World, fresh
from legacygrid.console.suppressions import NAMES, PAGE
from legacygrid.models import listed_addresses
from legacygrid.models.listed_addresses import WorldFilter
from legacygrid.models.suppression import KINDS
from sessions import Console, text_of

ADA, SCRIPT = "ada@example.com", '"<script>alert(1)</script>"@example.com'


@pytest.fixture
def house(own_world: World) -> World:
    """An account with a bounce, and its subuser with two unsubscribes."""
    own_world.add("sub")
    put(own_world, own_world.name, "bounce", ADA)
    put(own_world, "sub", "unsubscribe", ADA)
    put(own_world, "sub", "unsubscribe", "bob@example.com")
    return own_world


@pytest.fixture
def console(house: World) -> Iterator[Console]:
    """The owner, at the console."""
    with Console(house) as found:
        yield found.enter(house.name)


def put(world: World, account: str, kind: str, address: str, **more: str) -> None:
    entry = {"account": account, "kind": kind, "address": address, **more}
    assert world.admin("POST", "suppressions", entry).status == 201


def entries(world: World) -> set[tuple[str, str, str]]:
    listed = world.admin("GET", "suppressions").json["suppressions"]
    return {(each["account"], each["kind"], each["address"]) for each in listed}


def rows(reply: requests.Response) -> list[str]:
    """The addresses of the page, with their lists and accounts."""
    found = re.findall(r"<tr>\s*<th scope=\"row\">([^<]+)<", reply.text.partition("What the lists do")[0])
    return [each.strip() for each in found]


def outcome(world: World, address: str) -> str:
    """What becomes of a mail of the account to an address."""
    assert world.mail(to=address).json == {"message": "success"}
    found: str = world.message(to=address, limit=1)["recipients"][0]["outcome"]
    return found


def test_mail_goes_by_the_lists(own_world: World) -> None:
    with Console(own_world) as console:
        console.enter(own_world.name)
        assert "No addresses yet" in text_of(console.get("suppressions"))
        given = {"address": ADA, "kind": "spamreport", "reason": "said so", "status": "5.7.1", "ip": "192.0.2.7"}
        assert console.post("suppressions/add", **given).status_code == 303
        page = text_of(console.get("suppressions"))
        assert f"{ADA} is on the list now: Spam reports." in page
        assert f"{ADA} 5.7.1 said so said by 192.0.2.7 of {own_world.name} Spam reports" in page
        assert outcome(own_world, ADA) == "dropped"
        number = re.search(r"suppressions/(\d+)/remove", console.get("suppressions").text)
        assert number
        assert console.post(f"suppressions/{number[1]}/remove").status_code == 303
        assert f"{ADA} was taken off the list: Spam reports." in text_of(console.get("suppressions"))
        assert own_world.call("spamreports.get.json").json == []
        assert console.post(f"suppressions/{number[1]}/remove").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["bob@example.com", ADA, ADA]),
        ({"address": "ADA@"}, [ADA, ADA]),
        ({"address": "%"}, []),
        ({"kind": "unsubscribe"}, ["bob@example.com", ADA]),
        ({"kind": "bounce", "account": "SUB"}, []),
        ({"account": "sub", "address": "b"}, ["bob@example.com"]),
    ],
)
def test_a_search(console: Console, query: dict[str, str], found: list[str]) -> None:
    assert rows(console.get("suppressions", **query)) == found


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"kind": "bounces"}, {"kind": ["Choose one of these."]}),
        ({"account": "nobody"}, {"account": ["The account has no such subuser."]}),
        ({"account": "a\x00b"}, {"account": ["The account has no such subuser."]}),
    ],
)
def test_a_search_that_makes_no_sense(console: Console, query: dict[str, str], wrong: dict[str, list[str]]) -> None:
    reply = console.get("suppressions", **query)
    assert (reply.status_code, wrong_at(reply), rows(reply)) == (422, wrong, [])


def test_a_search_of_another_owners_account(house: World, console: Console) -> None:
    other = World(house.service, prefix=house.prefix)
    put(house, other.name, "bounce", "eve@example.com")
    assert "eve@example.com" not in console.get("suppressions").text
    assert console.get("suppressions", account=other.name).status_code == 422
    (entry,) = house.admin("GET", f"suppressions?account={other.name}").json["suppressions"]
    assert console.post(f"suppressions/{entry['id']}/remove").status_code == 404
    assert console.post("suppressions/add", address=ADA, kind="bounce", account=other.name).status_code == 422
    clear = {"kind": "bounce", "account": other.name, "understood": "y"}
    assert console.post("suppressions/clear", **clear).status_code == 422
    assert (other.name, "bounce", "eve@example.com") in entries(house)


def test_a_subuser_sees_its_own_alone(house: World) -> None:
    with Console(house) as console:
        console.enter("sub", "somepass1")
        assert rows(console.get("suppressions")) == ["bob@example.com", ADA]
        assert "Account or subuser" not in console.get("suppressions").text
        bounce = house.admin("GET", "suppressions?kind=bounce").json["suppressions"][0]["id"]
        assert console.post(f"suppressions/{bounce}/remove").status_code == 404
        assert console.post("suppressions/add", address="x@example.com", kind="block").status_code == 303
        assert ("sub", "block", "x@example.com") in entries(house)


def test_a_credential_that_does_not_manage_the_account(house: World) -> None:
    name = house.credential(fresh("cred"))
    with Console(house) as console:
        console.enter(name, "password1")
        for reply in (
            console.get("suppressions"),
            console.post("suppressions/add"),
            console.post("suppressions/clear"),
        ):
            assert reply.status_code == 403
        assert "Suppressions" not in console.get("requests").text
    assert len(entries(house)) == 3


BAD: list[tuple[dict[str, str], dict[str, list[str]]]] = [
    ({"address": "", "kind": "bounce"}, {"address": ["Length must be between 1 and 320."]}),
    ({"address": "x" * 321, "kind": "bounce"}, {"address": ["Length must be between 1 and 320."]}),
    ({"address": "a\x01b", "kind": "bounce"}, {"address": ["Address contains characters that XML 1.0 forbids."]}),
    ({"address": ADA, "kind": "x"}, {"kind": [f"Must be one of: {', '.join(KINDS)}."]}),
    ({"address": ADA, "kind": "block", "status": "550", "ip": "here"},
     {"status": ["Status must look like 5.1.1."], "ip": ["Not a valid IP address."]}),
    ({"address": ADA.upper(), "kind": "bounce"}, {"address": ["It is on that list already."]}),
    ({"address": ADA, "kind": "bounce", "account": "nobody"}, {"account": ["The account has no such subuser."]}),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wrong"), BAD)
def test_an_address_that_is_refused(
    house: World, console: Console, given: dict[str, str], wrong: dict[str, list[str]]
) -> None:
    reply = console.post("suppressions/add", **given)
    assert (reply.status_code, wrong_at(reply)) == (422, wrong)
    assert len(entries(house)) == 3


def test_a_list_is_emptied_once_that_is_confirmed(house: World, console: Console) -> None:
    given = {"kind": "unsubscribe", "account": "sub"}
    reply = console.post("suppressions/clear", **given)
    assert wrong_at(reply) == {"understood": ["Nothing was deleted: the box is not ticked."]}
    assert len(entries(house)) == 3
    assert console.post("suppressions/clear", **given, understood="y").status_code == 303
    said = "2 addresses of sub taken off the list: Unsubscribes."
    assert said in text_of(console.get("suppressions"))
    assert entries(house) == {(house.name, "bounce", ADA)}
    reply = console.post("suppressions/clear", kind="all", understood="y")
    assert wrong_at(reply) == {"kind": ["Choose one of these."]}


def test_a_name_that_is_a_script_is_shown_as_text(house: World, console: Console) -> None:
    put(house, "sub", "block", SCRIPT, reason=SCRIPT)
    page = console.get("suppressions")
    assert "<script>alert" not in page.text
    assert SCRIPT in text_of(page)


def test_many_are_shown_page_by_page(own_world: World) -> None:
    addresses = [f"reader-{number}@example.com" for number in range(PAGE * 2 + 1)]
    for address in addresses:
        own_world.call("unsubscribes.add.json", email=address)
    with Console(own_world) as console:
        console.enter(own_world.name)
        seen: list[str] = []
        link = "/console/suppressions"
        while link:
            reply = console.get(link.partition("/console/")[2])
            seen += rows(reply)
            found = re.search(r'<a href="([^"]+)" rel="next"', reply.text)
            link = found[1].replace("&amp;", "&") if found else ""
        assert seen == addresses[::-1]
        last = console.get("suppressions", before=1)
        assert "there are no older ones" in text_of(last)


def test_every_kind_has_a_name() -> None:
    assert set(NAMES) == set(KINDS)


def test_one_look_at_a_page_reads_no_more_than_it_shows(house: World) -> None:
    with house.service.grid.store.snapshot():
        found = WorldFilter(primary=house.account.id).find_newest(2)
        assert [each.entry.address for each in found] == ["bob@example.com", ADA]
        assert listed_addresses.count(WorldFilter(primary=house.account.id)) == 3
