"""The server dies at any moment, or is told to stop: what it answered with success is there afterwards."""

import contextlib
import itertools
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from signal import SIGINT, SIGTERM, Signals
from typing import Any

import pytest

from big_store import PARENT, make_store
from emulator import NEW, PASSWORD, fresh
from legacygrid.server.server import GRACE
from wire import SOON, Cut, Process, Wire, clean_environment, fields, request, settle, wait_until

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

NAME = "crash-parent"
THREADS = 6
CRASHES = 10
#: Answered writes, at least, before the server is killed.
WRITES = 40
SUCCESS = {"message": "success"}


class Gone(Exception):  # noqa: N818 - what happened, no error of the test
    """The server does not answer any more."""


def call(url: str, path: str, **params: str) -> Any:
    """What is answered to a call over a connection of its own.

    :raises Gone: nothing, or half of it.
    """
    try:
        with Wire(url) as wire:
            return wire.send(request("POST", f"{path}.json", fields(NAME, **params))).read().json
    except (ConnectionError, Cut):
        raise Gone from None


ABSENT = ""
State = dict[tuple[str, str], str]


def state(url: str) -> State:
    """Each subuser's first name, and each credential's permissions."""
    subusers = call(url, "/apiv2/customer.profile", task="get")
    credentials = call(url, "/api/credentials/get")
    return {("subuser", row["username"]): row["first_name"] for row in subusers} | {
        ("credential", row["name"]): json.dumps(row["permissions"]) for row in credentials
    }


class Witness:
    """A client that writes, and remembers what it was told."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answered = 0
        #: What each thing may be like: as the last write that was answered left it, or as the one after it wanted it.
        self.may_be: dict[tuple[str, str], set[str]] = {}

    def write_until_gone(self) -> None:
        """One write after the other."""
        with contextlib.suppress(Gone):
            for turn in itertools.count():
                self._subuser(fresh("crash"), is_kept=turn % 2 == 0)
                self._credential(fresh("crash"))

    def _subuser(self, name: str, is_kept: bool) -> None:
        new = NEW | {"username": name, "first_name": "new"}
        self._write(("subuser", name), "new", "/apiv2/customer.add", **new)
        changed = {"task": "set", "user": name, "first_name": "changed"}
        self._write(("subuser", name), "changed", "/apiv2/customer.profile", **changed)
        if not is_kept:
            self._write(("subuser", name), ABSENT, "/apiv2/customer.delete", user=name)

    def _credential(self, name: str) -> None:
        new = {"username": name, "password": "password1"}
        self._write(("credential", name), "{}", "/api/credentials/add", **new)
        self._write(("credential", name), '{"api": 0}', "/api/credentials/edit", username=name, permissions='{"api":0}')

    def _write(self, thing: tuple[str, str], becomes: str, path: str, **params: str) -> None:
        self.may_be.setdefault(thing, {ABSENT}).add(becomes)
        assert call(self.url, path, **params) == SUCCESS
        self.may_be[thing] = {becomes}
        self.answered += 1

    def contradictions(self, now: State) -> State:
        """What is otherwise than it can be."""
        found = {thing: now.get(thing, ABSENT) for thing in self.may_be}
        return {thing: like for thing, like in found.items() if like not in self.may_be[thing]}


@pytest.mark.takes(8)
def test_what_was_answered_survives_ten_crashes(tmp_path: Path) -> None:
    database = tmp_path / "x.db"
    options = f"sqlite:///{database}", "--account", f"{NAME}:{PASSWORD}"
    witnesses: list[Witness] = []
    for _ in range(CRASHES):
        with Process(tmp_path, *options) as server:
            assert contradictions(witnesses, server.url) == {}
            witnesses += crash(server)
    with Process(tmp_path, *options) as server:
        assert contradictions(witnesses, server.url) == {}
    connection = sqlite3.connect(database)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        ownerless = "SELECT id FROM account WHERE id NOT IN (SELECT account_id FROM login WHERE kind = 'owner')"
        assert connection.execute(ownerless).fetchall() == []
    finally:
        connection.close()


def crash(server: Process) -> list[Witness]:
    """Those who were writing when the server was killed."""
    witnesses = [Witness(server.url) for _ in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as threads:
        writing = [threads.submit(each.write_until_gone) for each in witnesses]
        try:
            assert wait_until(lambda: sum(each.answered for each in witnesses) >= WRITES)
        finally:
            server.kill()
        for each in writing:
            each.result(SOON)
    return witnesses


def contradictions(witnesses: list[Witness], url: str) -> State:
    now = state(url)
    return {thing: like for each in witnesses for thing, like in each.contradictions(now).items()}


# Told to stop


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with a list that no socket's buffers take in."""
    url = f"sqlite:///{tmp_path_factory.mktemp('stop') / 'x.db'}"
    make_store(url, 10_000)
    return url


def one_that_is_idle(url: str) -> Wire:
    wire = Wire(url).send(request("GET", "/__admin/health"))
    assert wire.read().status == 200
    return wire


def one_that_said_nothing(url: str) -> Wire:
    return Wire(url)


def half_a_head(url: str) -> Wire:
    return Wire(url).send(b"POST /apiv2/customer.add.json HTTP/1.1\r\nHost: loc")


def half_a_body(url: str) -> Wire:
    return Wire(url).send(request("POST", "/apiv2/customer.add.json", b"api_user=", Content_Length=1000))


def one_that_never_reads(url: str) -> Wire:
    wire = Wire(url, window=4096)
    wire.send(request("POST", "/apiv2/customer.profile.json", fields(PARENT, task="get")))
    return wire.await_answer()


#: Who is there, and the seconds that the end may take: nobody waits for those of whom nothing is due.
CLIENTS: dict[str, tuple[list[Callable[[str], Wire]], float]] = {
    "those who want nothing": ([one_that_is_idle, one_that_said_nothing, half_a_head], 2),
    "those who stall": ([half_a_body, one_that_never_reads], GRACE + 3),
}


@pytest.mark.parametrize(("clients", "seconds"), CLIENTS.values(), ids=CLIENTS)
def test_signals_end_it_beside(
    tmp_path: Path, database: str, clients: list[Callable[[str], Wire]], seconds: float
) -> None:
    with ExitStack() as stack:
        # A store has one server.
        for number in (SIGTERM, SIGINT):
            server = stack.enter_context(Process(tmp_path, database))
            for client in clients * 8:
                stack.enter_context(client(server.url))
            settle(server.url)
            server.signal(number)
            assert server.status(seconds) == 0
        assert "Traceback" not in server.log.read_text()


#: `serve`, to which a signal comes after it has listened and before it answers.
EARLY = """
import os
from legacygrid.cli import main
from legacygrid.server.server import Server

def run(self, ready, really_run=Server.run):
    os.kill(os.getpid(), {number})
    really_run(self, ready)

Server.run = run
main(["serve", "--port", "0", "--quiet", "--database", "sqlite:///:memory:"])
"""


@pytest.mark.parametrize("number", [SIGTERM, SIGINT])
def test_a_signal_before_it_answers_ends_it_too(number: Signals) -> None:
    command = [sys.executable, "-c", EARLY.format(number=int(number))]
    ended = subprocess.run(command, env=clean_environment(), timeout=SOON, capture_output=True)
    assert (ended.returncode, ended.stderr) == (0, b"")
