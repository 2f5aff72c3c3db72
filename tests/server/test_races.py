"""Clients that want the same thing at the same moment: one of them gets it, and the others are told."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from emulator import NEW, PASSWORD, Reply, World, fresh
from legacygrid.models import subusers
from legacygrid.models.login import Login
from legacygrid.models.names import name_key
from wire import SOON

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

CLIENTS = 32
ROUNDS = 3
SUCCESS = {"message": "success"}
#: What each call says to those who come too late.
TAKEN = ({"message": "error", "errors": ["Username already exists"]}, {"error": "Username already exists"})
NO_USER = {"error": {"code": 400, "message": "User does not exist"}}
NO_CREDENTIAL = {"error": "Credential does not exist"}

Contender = Callable[[], Reply]
Kind = Callable[[World, str], Contender]


def race(contenders: list[Contender]) -> list[Reply]:
    """What is answered to the calls, when all of them start at once."""
    start = threading.Barrier(len(contenders))

    def run(call: Contender) -> Reply:
        start.wait(SOON)
        return call()

    with ThreadPoolExecutor(len(contenders)) as threads:
        return list(threads.map(run, contenders))


# Each makes ready what it needs, and returns the call that wants the name.


def adding(world: World, name: str) -> Contender:
    return partial(world.call, "customer.add.json", **(NEW | {"username": name}))


def adding_a_credential(world: World, name: str) -> Contender:
    return partial(world.call, "credentials/add.json", username=name, password="password1")


def renaming_somebody(world: World, name: str) -> Contender:
    return partial(world.call, "customer.profile.json", task="setUsername", user=world.add(), username=name)


def renaming_oneself(world: World, name: str) -> Contender:
    return partial(World(world.service).call, "profile.setUsername.json", username=name)


RACES = {
    "customer.add": [adding],
    "credentials/add": [adding_a_credential],
    "customer.profile setUsername": [renaming_somebody],
    "profile.setUsername": [renaming_oneself],
    "customer.add and credentials/add": [adding, adding_a_credential],
    "all of them": [adding, adding_a_credential, renaming_somebody, renaming_oneself],
}
#: What is put after the name. Casefold makes one of each row; the sharp s is two letters then.
SPELLINGS = {"the same": ["x"], "in other cases": ["strasse", "STRASSE", "Straße", "straSSe"]}


@pytest.mark.parametrize("endings", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("kinds", RACES.values(), ids=RACES)
def test_one_of_many_gets_the_name(world: World, kinds: list[Kind], endings: list[str]) -> None:
    name = fresh("wanted")
    # Every kind of call meets every spelling.
    turns = [(kinds[turn % len(kinds)], endings[turn // len(kinds) % len(endings)]) for turn in range(CLIENTS)]
    replies = race([kind(world, name + ending) for kind, ending in turns])
    told = [reply.json for reply in replies]
    assert all(reply.status in (200, 400) for reply in replies)
    assert told.count(SUCCESS) == 1, told
    assert sum(document in TAKEN for document in told) == CLIENTS - 1, told
    assert Login.select().where(Login.key == name_key(name + endings[0])).count() == 1


def test_one_of_many_owners_gets_the_name(world: World) -> None:
    name = fresh("wanted")
    worlds = [World(world.service) for _ in range(CLIENTS)]
    told = [reply.json for reply in race([adding(owner, name) for owner in worlds])]
    assert told.count(SUCCESS) == 1, told
    assert sum(len(owner.rows()) for owner in worlds) == 1, "who is refused leaves nothing behind"


def test_credentials_never_share_a_number(world: World) -> None:
    names = [fresh("cred") for _ in range(CLIENTS)]
    replies = race([adding_a_credential(world, name) for name in names])
    assert [reply.json for reply in replies] == [SUCCESS] * CLIENTS
    listed = world.call("credentials/get.json").json
    assert len({each["id"] for each in listed}) == CLIENTS
    assert sorted(each["name"] for each in listed) == sorted(names)


# Changes of what is deleted meanwhile

SUBUSER_CHANGES: list[tuple[str, dict[str, str]]] = [
    ("customer.profile", {"task": "set", "first_name": "Augusta"}),
    ("customer.profile", {"task": "setEmail", "email": "augusta@example.com"}),
    ("customer.password", {"password": "difference2", "confirm_password": "difference2"}),
    ("customer.enable", {}),
    ("customer.disable", {}),
    ("customer.website_enable", {}),
    ("customer.website_disable", {}),
    # Its own name in capitals, so that the others still find it.
    ("customer.profile", {"task": "setUsername"}),
]
CREDENTIAL_CHANGES: list[tuple[str, dict[str, str]]] = [
    ("credentials/edit", {"password": "difference2"}),
    ("credentials/edit", {"permissions": '{"api": 1}'}),
    ("credentials/edit", {"permissions": '{"email": 0}'}),
    ("credentials/edit", {}),
] * 2


def changes_until_refused(world: World, call: str, params: dict[str, str], began: threading.Barrier) -> list[Reply]:
    """All answers to a change that is asked for again and again; `began` is passed after the first."""
    replies = [world.call(f"{call}.json", **params)]
    began.wait(SOON)
    while replies[-1].json == SUCCESS:
        replies.append(world.call(f"{call}.json", **params))
    return replies


@pytest.mark.parametrize("round", range(ROUNDS))
def test_a_subuser_is_deleted_under_its_changes(world: World, round: int) -> None:
    name = world.add()
    began = threading.Barrier(len(SUBUSER_CHANGES) + 1)
    own = [
        (call, {"user": name, **params, **({"username": name.upper()} if params.get("task") == "setUsername" else {})})
        for call, params in SUBUSER_CHANGES
    ]
    with ThreadPoolExecutor(len(own)) as threads:
        changing = [threads.submit(changes_until_refused, world, call, params, began) for call, params in own]
        began.wait(SOON)
        assert world.call("customer.delete.json", user=name).json == SUCCESS
        replies = [each.result(SOON) for each in changing]
    for told in replies:
        assert all(reply.status == 200 for reply in told)
        assert [reply.json for reply in told] == [SUCCESS] * (len(told) - 1) + [NO_USER]
    assert world.rows() == []
    assert not Login.is_taken(name_key(name))


@pytest.mark.parametrize("round", range(ROUNDS))
def test_a_credential_is_removed_under_its_changes(world: World, round: int) -> None:
    name = world.credential()
    began = threading.Barrier(len(CREDENTIAL_CHANGES) + 1)
    with ThreadPoolExecutor(len(CREDENTIAL_CHANGES)) as threads:
        changing = [
            threads.submit(changes_until_refused, world, call, {"username": name, **params}, began)
            for call, params in CREDENTIAL_CHANGES
        ]
        began.wait(SOON)
        assert world.call("credentials/remove.json", username=name).json == SUCCESS
        replies = [each.result(SOON) for each in changing]
    for told in replies:
        assert all(reply.status in (200, 400) for reply in told)
        assert [reply.json for reply in told] == [SUCCESS] * (len(told) - 1) + [NO_CREDENTIAL]
    assert world.call("credentials/get.json").json == []


DELETIONS = [
    ("customer.delete", "user", World.add, NO_USER),
    ("credentials/remove", "username", World.credential, NO_CREDENTIAL),
]


@pytest.mark.parametrize(("call", "field", "make", "refusal"), DELETIONS, ids=[case[0] for case in DELETIONS])
def test_one_of_many_deletes(world: World, call: str, field: str, make: Callable[[World], str], refusal: Any) -> None:
    name = make(world)
    told = [reply.json for reply in race([partial(world.call, f"{call}.json", **{field: name})] * CLIENTS)]
    assert told.count(SUCCESS) == 1
    assert told.count(refusal) == CLIENTS - 1


def test_a_change_does_not_hit_the_next_subuser(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A subuser is deleted, and another one added, while a new password of the first is being hashed."""
    gone, secrets = world.add(), world.service.grid.secrets
    hashing, go_on, really_hash = threading.Event(), threading.Event(), type(secrets).hash

    def hash_slowly(self: Any, secret: str) -> str:
        hashed = really_hash(self, secret)
        if secret == "intended-for-gone1":
            hashing.set()
            assert go_on.wait(SOON)
        return hashed

    monkeypatch.setattr(type(secrets), "hash", hash_slowly)
    params = {"user": gone, "password": "intended-for-gone1", "confirm_password": "intended-for-gone1"}
    with ThreadPoolExecutor(1) as thread:
        change = thread.submit(world.call, "customer.password.json", **params)
        try:
            assert hashing.wait(SOON)
            assert world.call("customer.delete.json", user=gone).json == SUCCESS
            # No call could add one: the lane for hashes is taken.
            with world.service.grid.store.writing():
                heir = subusers.add(world.account, fresh("heir"), really_hash(secrets, NEW["password"])).username
        finally:
            go_on.set()
        told = change.result(SOON).json
    own_password = world.call("customer.auth.json", user=heir, password=NEW["password"]).json
    assert (told, own_password) == (NO_USER, SUCCESS)


def test_a_cold_password_is_checked_for_all_who_bring_it(world: World) -> None:
    replies = race([partial(world.call, "profile.get.json")] * CLIENTS)
    assert [reply.json[0]["username"] for reply in replies] == [world.name] * CLIENTS
    wrong = {"api_user": world.name, "api_key": f"not-{PASSWORD}"}
    replies = race([partial(world.service.form, "/api/profile.get.json", **wrong)] * CLIENTS)
    assert {reply.text for reply in replies} == {
        '{"error":{"code":401,"message":"Permission denied, wrong credentials"}}'
    }
