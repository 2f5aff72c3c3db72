"""What comes to servers of one store that no friend sends: all of it through a process that passes pages on."""

import json
import os
import signal
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from emulator import NEW, fresh
from engines import make_schema
from estates import OPTIONS, OWNER, Estate, serving
from legacygrid.harness.peers.announcement import Announcement
from legacygrid.harness.peers.followers import GREETED
from legacygrid.harness.peers.shared_journal import LOST
from postgres_server import PostgresServer
from shell import Shell
from wire import Cut, Process, Wire, fields, request, wait_until

pytestmark = [pytest.mark.waits, pytest.mark.takes(15)]
JSON = "application/json"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """Workers, which answer; their supervisor leads."""
    folder = tmp_path_factory.mktemp("attacked")
    with serving(folder, f"sqlite:///{folder}/store.db", 1, 2) as estate:
        yield estate


@pytest.fixture
def world(servers: Estate) -> Estate:
    return servers.world()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request("GET", "/__admin/clock", X_Padded="  padded \t"), 200),
        (request("GET", "/__admin/clock", X_Odd="\t!#$%&'*+-.^_`|~"), 200),
        (b"GET /__admin/clock HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 403),
        (b"GET /__admin/clock HTTP/1.1\r\nHost: localhost\r\nX-Name: caf\xc3\xa9\xff\r\n\r\n", 200),
        (b"GET /__admin/clock HTTP/1.1\r\nHost: \r\n\r\n", 200),
        (b"GET /__admin/clock HTTP/1.0\r\n\r\n", 200),
        (b"GET http://localhost/__admin/clock HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
        (b"GET /__admin/caf\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
        (b"PROPFIND /__admin/clock HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    ],
)
def test_what_one_server_takes_is_passed_on(servers: Estate, sent: bytes, status: int) -> None:
    assert servers.send(sent).status == status


@pytest.mark.parametrize("begun", [b"", b'{"only": ["requests"]'], ids=["none", "half"])
def test_half_a_request_is_not_carried_out(world: Estate, begun: bytes) -> None:
    """Without its body, a reset would reset all."""
    name = fresh("kept")
    world.add(name)
    sent = request("POST", f"{world.prefix}/__admin/reset", begun, Content_Type=JSON, Content_Length=len(begun) + 9)
    with Wire(world.next_url) as wire:
        reply = wire.send(sent).end().read()
    assert (reply.status, reply.text) == (400, '{"errors":{"body":["was cut short"]}}\n')
    assert world.names() == {name}


def test_strangers_at_the_port_of_the_servers_keep_none_of_them_out(tmp_path: Path) -> None:
    """Their connections are many, and more than the one that leads may have open."""
    database = f"sqlite:///{tmp_path}/store.db"
    with Process(tmp_path, database, "--workers", "2", *OPTIONS, files=70) as server, ExitStack() as opened:
        servers = Estate([server])
        note = tmp_path / "store.db-leader"
        assert note.stat().st_mode & 0o077 == 0
        leader = json.loads(note.read_text())
        address = leader["host"], leader["port"]
        strangers = [opened.enter_context(socket.create_connection(address)) for _ in range(100)]
        assert wait_until(lambda: servers.add(fresh()).json == {"message": "success"})
        for each in strangers:
            each.close()
        end_workers(server)
        assert wait_until(lambda: is_answering(servers))


def is_answering(servers: Estate) -> bool:
    try:
        return servers.admin("GET", "clock").status == 200
    except (Cut, OSError):
        return False


def test_a_stranger_who_says_nothing_is_let_go_for_another(servers: Estate) -> None:
    leader = json.loads((servers.servers[0].log.parent.parent / "store.db-leader").read_text())
    address = leader["host"], leader["port"]
    with ExitStack() as opened:
        first, *_ = [opened.enter_context(socket.create_connection(address)) for _ in range(GREETED + 8)]
        first.settimeout(3)
        assert len(first.recv(64)) == 32
        assert first.recv(1) == b""
        assert servers.admin("GET", "clock").status == 200


def test_a_server_passes_on_no_page_that_it_was_told_to_do_without(tmp_path: Path, postgres: PostgresServer) -> None:
    database = make_schema(postgres.url)
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    with (
        Process(folders[0], database, *OPTIONS) as full,
        Process(folders[1], database, "--no-admin", "--no-console", *OPTIONS) as bare,
    ):
        for path, told in (("/__admin/clock", 200), ("/console/login", 200)):
            assert [Estate([each]).send(request("GET", path)).status for each in (full, bare)] == [told, 404]


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["alone", "workers"])
def test_an_address_for_servers_that_cannot_be_had_is_told(
    tmp_path: Path, postgres: PostgresServer, options: Sequence[str]
) -> None:
    with socket.create_server(("127.0.0.2", 0)) as taken:
        port = taken.getsockname()[1]
        refused = "Error: cannot listen on {}: Address already in use\n"
        table = {
            f"127.0.0.2:{port}": refused.format(f"127.0.0.2:{port}"),
            f"127.0.0.2:{port - 1}": refused.format(f"127.0.0.2:{port}"),
            "203.0.113.9:7000": "Error: cannot listen on 203.0.113.9:7000: Cannot assign requested address\n",
            "127.0.0.1:65535": "Error: --peer-address: the next port is used, too; 65535 has none\n",
        }
        database = make_schema(postgres.url)
        command = ("serve", "--port", "0", "--database", database, *options)
        told = {each: Shell(tmp_path).run(*command, "--peer-address", each) for each in table}
    assert {each: (ran.code, ran.err) for each, ran in told.items()} == {
        each: (1, words) for each, words in table.items()
    }


def thread_states(pid: int) -> set[str]:
    """What the threads of a process do, as /proc has it: T is stopped."""
    return {each.read_text().rpartition(") ")[2][0] for each in Path(f"/proc/{pid}/task").glob("*/stat")}


def test_a_server_that_stood_still_hears_first_what_was_set_meanwhile(tmp_path: Path, postgres: PostgresServer) -> None:
    with serving(tmp_path, make_schema(postgres.url), 2, 1) as servers:
        first, second = (Estate([each]) for each in servers.servers)
        # Neither needs the one that leads for the log-in any more.
        assert [each.call("profile.get").status for each in (first, second)] == [200] * 2
        fault = {"operation": "profile.get", "status": 418, "body": "no"}
        with Wire(second.next_url) as wire:
            servers.servers[1].signal(signal.SIGSTOP)
            try:
                # Until all of its threads stand still, one may answer yet.
                assert wait_until(lambda: thread_states(servers.servers[1].number) == {"T"})
                wire.send(request("POST", "/api/profile.get.json", fields(OWNER)))
                assert first.admin("POST", "faults", fault).status == 201
                assert first.admin("PUT", "clock", {"frozen": "2014-01-21T10:00:00Z"}).status == 200
            finally:
                servers.servers[1].signal(signal.SIGCONT)
            assert wire.read().status == 418
        (call,) = first.journal("outcome=fault")
        assert call["time"] == "2014-01-21T10:00:00.000Z"


def test_a_call_of_a_process_that_ended_is_not_pending_for_ever(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    with serving(tmp_path, f"sqlite:///{file}", 1, 2) as servers, closing(sqlite3.connect(file)) as other:
        assert servers.call("profile.get").status == 200
        with Wire(servers.next_url) as wire:
            # It waits for its turn to write.
            other.execute("BEGIN IMMEDIATE")
            body = fields(OWNER, **NEW | {"username": fresh()})
            wire.send(request("POST", "/apiv2/customer.add.json", body))
            assert wait_until(lambda: outcomes(servers) == ["pending"])
            end_workers(servers.servers[0])
            other.rollback()
        assert wait_until(lambda: is_answering(servers))
        assert wait_until(lambda: outcomes(servers) == ["done"])
        (call,) = servers.journal("operation=customer.add")
        assert (call["status"], call["hints"]) == (None, [LOST])


def outcomes(servers: Estate) -> list[str]:
    return [each["outcome"] for each in servers.journal("operation=customer.add")]


def end_workers(server: Process) -> None:
    # Each was started by a thread of its own.
    lists = []
    for each in Path(f"/proc/{server.number}/task").glob("*/children"):
        # A thread may have ended meanwhile.
        with suppress(OSError):
            lists.append(each.read_text())
    workers = [int(number) for numbers in lists for number in numbers.split()]
    assert len(workers) == 2
    for worker in workers:
        os.kill(worker, signal.SIGKILL)


def test_a_server_of_another_version_is_told_of_as_such() -> None:
    told = Announcement("127.0.0.1", 1, 2, "secret", "here")._asdict() | {"language": 99, "further": []}
    leader = Announcement.read(json.dumps(told))
    assert leader
    assert leader.find_trouble().startswith("the server that leads is of another version")
