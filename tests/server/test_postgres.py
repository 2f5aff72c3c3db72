"""Servers over a store on PostgreSQL, which is cut off, restarted, locked or full: calls are answered, or refused with
503, and what was answered is there.
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from emulator import NEW, PASSWORD, fresh
from engines import make_schema
from postgres_server import PostgresServer
from wire import Process, Wire, fields, request, wait_until

pytestmark = [pytest.mark.waits, pytest.mark.takes(10)]
NAME = "acme"
SUCCESS = {"message": "success"}


@pytest.fixture
def database(postgres: PostgresServer) -> str:
    return make_schema(postgres.url)


def serve(folder: Path, database: str) -> Process:
    return Process(folder, database, "--account", f"{NAME}:{PASSWORD}", "--no-limits")


def call(url: str, name: str, **params: str) -> Any:
    with Wire(url) as wire:
        return wire.send(request("POST", f"/apiv2/{name}.json", fields(NAME, **params))).read()


def names(url: str) -> set[str]:
    return {row["username"] for row in call(url, "customer.profile", task="get").json}


class Writer:
    """Adds subusers one after the other until it shall end."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.added: set[str] = set()
        self.refused: set[str] = set()
        self.answers: set[int] = set()
        self.may_end = threading.Event()

    def run(self) -> None:
        while not self.may_end.is_set():
            name = fresh("cut")
            reply = call(self.url, "customer.add", **NEW | {"username": name})
            self.answers.add(reply.status)
            if reply.status == 200:
                assert reply.json == SUCCESS
                self.added.add(name)
            else:
                assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
                self.refused.add(name)


def cut_all(url: str) -> None:
    """End every connection to the database but this one."""
    with psycopg.connect(url, autocommit=True) as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        connection.execute(f"{others} AND application_name = 'legacygrid'")


def restart(postgres: PostgresServer) -> None:
    postgres.stop()
    postgres.start()


@pytest.mark.parametrize("trouble", ["cut", "restart"])
def test_no_answered_write_is_lost(tmp_path: Path, postgres: PostgresServer, database: str, trouble: str) -> None:
    with serve(tmp_path, database) as server, ThreadPoolExecutor(4) as threads:
        writers = [Writer(server.url) for _ in range(4)]
        ends = [threads.submit(writer.run) for writer in writers]
        for turn in range(1, 4):
            wait_until(lambda turn=turn: sum(len(each.added) for each in writers) > 40 * turn)
            cut_all(postgres.url) if trouble == "cut" else restart(postgres)
        least = sum(len(each.added) for each in writers) + 40
        wait_until(lambda: sum(len(each.added) for each in writers) > least)
        for writer in writers:
            writer.may_end.set()
        for end in ends:
            end.result(30)
        there = names(server.url)
    assert set().union(*(each.added for each in writers)) <= there
    # Of a commit whose answer was cut off, nobody knows; nothing else may be there.
    assert there <= set().union(*(each.added | each.refused for each in writers))
    with psycopg.connect(database) as connection:
        ownerless = "SELECT id FROM account WHERE id NOT IN (SELECT account_id FROM login WHERE kind = 'owner')"
        assert connection.execute(ownerless).fetchall() == []


def test_who_holds_the_lock_has_others_refused(tmp_path: Path, database: str) -> None:
    with serve(tmp_path, database) as server:
        with psycopg.connect(database) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(1279740228, hashtext(current_schema()))")
            reply = call(server.url, "customer.add", **NEW | {"username": fresh("held")})
            assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
            assert call(server.url, "profile.get").status in (200, 404)
        assert call(server.url, "customer.add", **NEW | {"username": fresh("free")}).json == SUCCESS


def test_servers_that_start_together_make_the_tables_once(tmp_path: Path, database: str) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(4) as threads:
        servers = [threads.submit(serve, tmp_path, database) for _ in range(4)]
        urls = [stack.enter_context(each.result(60)).url for each in servers]
        for number, url in zip(count(), urls, strict=False):
            assert call(url, "customer.add", **NEW | {"username": f"of-{number}"}).json == SUCCESS
        assert {json.dumps(sorted(names(url))) for url in urls} == {json.dumps([f"of-{n}" for n in range(4)])}
