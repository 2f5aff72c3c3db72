"""Reads that take long leave the event loop before they begin, and those that do not stay on it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cmc import api_user
from emulator import NEW, Reply, Service, World, fresh
from legacygrid.models import credentials
from legacygrid.models.account import Account
from legacygrid.models.settings import CREDENTIAL, SMTP2GO
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane, WouldBlock
from smtp2go_api import Api

FEW, MANY = 30, 60


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[Lane]:
    """The lanes to which calls leave."""
    lanes: list[Lane] = []
    may_block = blocking.about_to_block

    def watched(lane: Lane = Lane.WRITE) -> None:
        try:
            may_block(lane)
        except WouldBlock:
            lanes.append(lane)
            raise

    monkeypatch.setattr(blocking, "about_to_block", watched)
    return lanes


def make(service: Service, logins: int, subusers: int) -> World:
    """An account with so many further logins, half of them SMTP2GO's, and so many subusers."""
    world = World(service)
    with service.grid.store.writing():
        for number in range(logins):
            kind = (CREDENTIAL, SMTP2GO)[number % 2]
            credentials.enter(world.account, f"{fresh(kind)}@example.com", "", kind, {})
        rows = [{"parent": world.account, "username": fresh("sub"), "email": NEW["email"]} for _ in range(subusers)]
        Account.insert_many(rows).execute()
    assert world.call("profile.get.json").status == 200
    return world


def lend(world: World) -> Iterator[World]:
    """Its subusers have no owners: none of them stays for other tests."""
    yield world
    with world.service.grid.store.writing():
        world.account.remove()


@pytest.fixture(scope="module")
def few(recorded: Service) -> Iterator[World]:
    yield from lend(make(recorded, FEW, FEW))


@pytest.fixture(scope="module")
def many(recorded: Service) -> Iterator[World]:
    yield from lend(make(recorded, MANY, 1100))


def search(world: World, **body: Any) -> Reply:
    return Api(world)("subaccounts/search", **body)


#: A read, and whether it leaves the loop where there are few, and where there are many.
READS: dict[str, tuple[Callable[[World], Reply], bool, bool]] = {
    "subusers": (lambda world: world.call("customer.profile.json", task="get"), False, False),
    "subusers, filtered": (lambda world: world.call("customer.profile.json", task="get", email="sub"), False, True),
    "subusers that are off": (lambda world: world.call("customer.profile.xml", task="get", active="0"), False, True),
    "credentials": (lambda world: world.call("credentials/get.json"), False, True),
    "SMTP users": (lambda world: Api(world)("users/smtp/view"), False, True),
    "pools": (lambda world: Api(world)("dedicated_ips/view"), False, True),
    "subaccounts": (search, False, False),
    "subaccounts, a long page": (lambda world: search(world, page_size=500), True, True),
    "subaccounts, a search": (lambda world: search(world, search_terms=["sub"], fuzzy_search=True), False, True),
    "subaccounts, many terms": (lambda world: search(world, search_terms=list("abcdef")), True, True),
}


@pytest.mark.parametrize("read", READS)
def test_only_long_reads_leave_the_loop(few: World, many: World, left: list[Lane], read: str) -> None:
    ask, *leaves = READS[read]
    for world, does in zip((few, many), leaves, strict=True):
        assert ask(world).status == 200
        assert [lane for lane in left if lane is Lane.READ] == [Lane.READ] * does
        left.clear()


@pytest.mark.parametrize("name", ["blocks/list", "unsubscribes/download", "bounces/list"])
def test_lists_of_mail_leave_the_loop(own_world: World, left: list[Lane], name: str) -> None:
    user = api_user(own_world, role="admin", download=True)
    assert user.call(f"{name}.json", server_composition="pro").status == 200
    assert Lane.READ in left
