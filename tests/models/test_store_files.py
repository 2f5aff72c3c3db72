"""The store's files are removed, replaced, locked or locked away under a server: it says so, and nothing is lost silently."""

import json
import os
import shutil
import sqlite3
import time
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shell import PASSWORD, Served, Shell

pytestmark = pytest.mark.waits

SUBUSER = {
    "api_user": "acme", "api_key": PASSWORD, "password": "somepass1", "confirm_password": "somepass1", "email": "a@example.com",
    "first_name": "a", "last_name": "b", "address": "c", "city": "d", "state": "e", "zip": "f", "country": "US", "phone": "1",
    "website": "example.com", "company": "g",
}  # fmt: skip
READ = {"api_user": "acme", "api_key": PASSWORD, "task": "get"}
#: Seconds within which health has to tell a change: one, and more on a busy machine, but less than SQLite waits for a
#: lock by itself (5).
SOON = 3.0


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "data").mkdir()
    return Shell(tmp_path)


@pytest.fixture
def served(shell: Shell) -> Iterator[Served]:
    with shell.serving(
        "--port", "0", "--database", "sqlite:///data/legacygrid.db", "--account", f"acme:{PASSWORD}"
    ) as served:
        yield served


@pytest.fixture
def store(shell: Shell, served: Served, request: pytest.FixtureRequest) -> Path:
    """The store's file; an answered write is in it. In a folder that has been as it is for long, less is looked at."""
    if getattr(request, "param", "new") == "old":
        os.utime(shell.folder / "data", (1, 1))
    assert add(served, "first") == (200, {"message": "success"})
    return shell.folder / "data" / "legacygrid.db"


def ask(served: Served, target: str, method: str = "POST", **params: str) -> tuple[int, Any]:
    try:
        return 200, served.call(target, method, **params)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def add(served: Served, name: str) -> tuple[int, Any]:
    return ask(served, "/apiv2/customer.add.json", **SUBUSER, username=name)


def names(served: Served) -> list[str]:
    return [row["username"] for row in ask(served, "/apiv2/customer.profile.json", **READ)[1]]


def health(served: Served) -> tuple[int, str]:
    """What health says, and it says so soon."""
    begin = time.monotonic()
    status, answer = ask(served, "/__admin/health", "GET")
    assert time.monotonic() - begin < SOON
    return status, answer["status"]


def health_becomes(served: Served, status: int) -> str:
    """What health says once it has seen a change, which it does soon."""
    begin = time.monotonic()
    while (said := health(served))[0] != status:
        assert time.monotonic() - begin < SOON, said
    return said[1]


def away(path: Path) -> Path:
    return path.with_name(f"{path.name}.away")


def move(*ends: str) -> Callable[[Path], None]:
    """Rename the store, or what is beside it."""

    def act(store: Path) -> None:
        for end in ends:
            beside = Path(f"{store}{end}")
            beside.rename(away(beside))

    return act


def replace(store: Path) -> None:
    """Put another store in its place, as somebody who restores a backup."""
    shutil.copy(store, away(store))
    other = store.with_name("other")
    shutil.copy(store, other)
    os.link(store, store.with_name("kept"))
    other.replace(store)


#: What is done to the store, what is said of it, and how it is taken back; where it can be.
DEEDS: dict[str, tuple[Callable[[Path], None], str, Callable[[Path], object] | None]] = {
    "the file is removed": (lambda store: store.unlink(), "the store's file was removed", None),
    "the file is moved": (move(""), "the store's file was removed", lambda store: away(store).rename(store)),
    "all files are moved": (
        move("", "-wal", "-shm"), "the store's file was removed",
        lambda store: [away(Path(f"{store}{end}")).rename(f"{store}{end}") for end in ("", "-wal", "-shm")]),
    "the file is replaced": (replace, "the store's file was replaced", lambda store: store.with_name("kept").replace(store)),
    "the log is removed": (move("-wal"), "the store's file -wal was removed", lambda store: away(Path(f"{store}-wal")).rename(f"{store}-wal")),
    "the index of the log is removed": (lambda store: Path(f"{store}-shm").unlink(), "the store's file -shm was removed", None),
    "the folder is moved": (
        lambda store: store.parent.rename(store.parent.with_name("elsewhere")), "the store's file was removed",
        lambda store: store.parent.with_name("elsewhere").rename(store.parent)),
    "a folder stands in its place": (lambda store: [move("")(store), store.mkdir()], "the store's file was replaced",
                                     lambda store: [store.rmdir(), away(store).rename(store)]),
    "the file is emptied": (lambda store: os.truncate(store, 0), "the store's file was emptied", None),
}  # fmt: skip


#: What shows in the time of a folder, and what does not.
AGED = ("the file is moved", "the file is replaced", "the file is emptied")
CASES = {deed: ("new", *DEEDS[deed]) for deed in DEEDS} | {
    f"{deed}, long after": ("old", *DEEDS[deed]) for deed in AGED
}


@pytest.mark.parametrize(("store", "act", "said", "take_back"), CASES.values(), ids=CASES, indirect=["store"])
def test_files_that_go(
    shell: Shell, served: Served, store: Path, act: Any, said: str, take_back: Callable[[Path], object] | None
) -> None:
    assert health(served) == (200, "ok")
    act(store)
    for number in range(5):
        status, answer = add(served, f"lost-{number}")
        assert (status, answer["error"]["code"]) == (503, 503)
    assert health_becomes(served, 503) == said
    assert ask(served, "/apiv2/customer.profile.json", **READ)[0] == 503
    if said == "the store's file was removed":
        assert not store.exists(), "nothing is put in its place"
    if take_back:
        take_back(store)
        assert health_becomes(served, 200) == "ok"
        assert add(served, "second")[0] == 200
        assert names(served) == ["first", "second"]
    log = served.log.read_text()
    assert log.count(" ERROR ") == 1
    assert log.count(f"{said}; calls are refused until it is back") == 1
    assert log.count("is back; calls are answered again") == (1 if take_back else 0)


def test_a_store_that_another_process_holds(served: Served, store: Path) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        assert health(served) in [(200, "ok"), (503, "another process holds the store")]
        assert health_becomes(served, 503) == "another process holds the store"
        # Reading goes on.
        assert names(served) == ["first"]
        connection.execute("ROLLBACK")
    assert health_becomes(served, 200) == "ok"


def test_each_look_is_a_write_but_no_more_than_two_a_second(served: Served, store: Path) -> None:
    def version() -> int:
        return int(connection.execute("PRAGMA data_version").fetchone()[0])

    with closing(sqlite3.connect(store)) as connection:
        versions = {version()}
        begin = time.monotonic()
        for _ in range(40):
            assert health(served) == (200, "ok")
            versions.add(version())
        assert len(versions) - 1 <= 2 * (time.monotonic() - begin) + 1
        assert len(versions) > 1
