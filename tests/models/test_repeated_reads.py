"""What every call asks for is read again after each change of the store, whoever made it, and not before."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from emulator import World
from engines import SQLITE_ALONE
from legacygrid.models import repeated_reads
from legacygrid.models.account import Account
from legacygrid.models.database import Store, bound
from legacygrid.models.login import Login
from legacygrid.models.lookup import find_login

pytestmark = SQLITE_ALONE
CITY = "UPDATE account SET city = ? WHERE id = ?"


def city(world: World) -> str:
    found = find_login(world.name)
    assert found is not None
    return str(found[1].city)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Those that this thread's connection runs in the block."""
    seen: list[str] = []
    bound.connection().set_trace_callback(seen.append)
    try:
        yield seen
    finally:
        bound.connection().set_trace_callback(None)


def by_another_process(store: Store, account: Account) -> None:
    with closing(sqlite3.connect(Path(bound.database), isolation_level=None)) as other:
        other.execute(CITY, ("Turin", account.id))


def by_this_process(store: Store, account: Account) -> None:
    with store.writing():
        account.change(city="Turin")


def by_this_connection(store: Store, account: Account) -> None:
    bound.connection().execute(CITY, ("Turin", account.id))


@pytest.mark.parametrize("change", [by_another_process, by_this_process, by_this_connection])
def test_changes_are_seen(store: Store, world: World, change: Callable[[Store, Account], None]) -> None:
    assert city(world) == ""
    change(store, world.account)
    assert city(world) == "Turin"


def test_what_is_asked_again_and_again_is_read_once(world: World) -> None:
    assert (city(world), city(world)) == ("", "")
    with statements() as seen:
        assert city(world) == ""
    assert seen == ["PRAGMA data_version"]


def test_who_writes_at_each_call_does_not_look_for_changes(store: Store, world: World) -> None:
    for name in ("Turin", "Genoa"):
        with store.writing():
            world.account.change(city=name)
        with statements() as seen:
            assert city(world) == name
        assert [each.partition(" ")[0] for each in seen] == ["SELECT"]


def test_what_is_rolled_back_is_forgotten(world: World) -> None:
    own = bound.connection()
    assert city(world) == ""
    own.execute("BEGIN IMMEDIATE")
    own.execute(CITY, ("Turin", world.account.id))
    assert city(world) == "Turin"
    own.execute("ROLLBACK")
    assert city(world) == ""


def test_a_snapshot_stays_as_it_is(store: Store, world: World) -> None:
    assert city(world) == ""
    with store.snapshot():
        assert Login.select().count()
        by_another_process(store, world.account)
        assert city(world) == ""
    assert city(world) == "Turin"


def test_names_that_nobody_has_fill_no_memory(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(repeated_reads, "_MOST", 3)
    for number in range(10):
        assert find_login(f"{world.name}-{number}") is None
        assert len(bound.connection()._remembered) <= 3
