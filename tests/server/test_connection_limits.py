"""How many clients may be connected, in all and from one address, and who has to leave first."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from emulator import Service
from legacygrid.models.database import Store
from legacygrid.serializers import profiles
from legacygrid.server import shared_state
from legacygrid.server.connection_limits import ConnectionLimits
from legacygrid.wsgi.hosts import source_of
from wire import Process, Wire, request, wait_until

HEALTH = request("GET", "/__admin/health")
#: Answered at once, and not on a thread.
CALL = request("GET", "/nothing")
TOTAL = 16


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.2", "127.0.0.2"),
        ("::ffff:127.0.0.2", "127.0.0.2"),
        ("::1", "::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_whom_an_address_counts_as(address: str, source: str) -> None:
    assert source_of(address) == source


class Client:
    """A connection that remembers its end."""

    def __init__(self) -> None:
        self.is_dropped = False

    def drop(self) -> None:
        self.is_dropped = True


def fill(limits: ConnectionLimits, address: str, count: int, idle: bool = True) -> list[Client]:
    clients = [Client() for _ in range(count)]
    for client in clients:
        assert limits.admit(client, address)
        if idle:
            limits.mark_idle(client)
    return clients


def dropped(clients: list[Client]) -> list[int]:
    return [place for place, client in enumerate(clients) if client.is_dropped]


def test_one_address_loses_its_own() -> None:
    limits = ConnectionLimits(6, 3)
    others, own = fill(limits, "10.0.0.1", 1), fill(limits, "10.0.0.2", 3)
    assert limits.admit(Client(), "10.0.0.2")
    assert dropped(own) == [0]
    assert dropped(others) == []
    assert len(limits) == 4


def test_the_longest_idle_goes_first() -> None:
    limits = ConnectionLimits(3)
    clients = fill(limits, "10.0.0.1", 3)
    limits.mark_busy(clients[0])
    limits.mark_idle(clients[0])
    fill(limits, "10.0.0.2", 2)
    assert dropped(clients) == [1, 2]


def test_who_is_busy_stays() -> None:
    limits = ConnectionLimits(4, 2)
    busy = fill(limits, "10.0.0.1", 2, idle=False)
    assert not limits.admit(Client(), "10.0.0.1")
    assert limits.admit(Client(), "10.0.0.2")
    limits.release(busy[0])
    limits.release(busy[0])
    assert limits.admit(Client(), "10.0.0.1")
    assert dropped(busy) == []


def test_a_total_of_busy_ones_refuses_everybody() -> None:
    limits = ConnectionLimits(2)
    fill(limits, "10.0.0.1", 2, idle=False)
    assert not limits.admit(Client(), "10.0.0.2")
    assert len(limits) == 2


def test_without_a_limit_by_address_the_total_holds() -> None:
    limits = ConnectionLimits(2)
    clients = fill(limits, "10.0.0.1", 3)
    assert dropped(clients) == [0]


def test_what_is_not_counted_may_be_marked() -> None:
    limits = ConnectionLimits(1)
    client = Client()
    limits.mark_idle(client)
    limits.mark_busy(client)
    limits.release(client)
    assert len(limits) == 0


# Over sockets


@pytest.fixture
def small(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A server with few connections, half of them for one address."""
    monkeypatch.setattr(shared_state, "count_connections", lambda: TOTAL)
    service = Service(store, profiles.profile("recorded"), limits_addresses=True)
    yield service
    service.stop()


def connections(service: Service) -> int:
    return len(service.server.state.limits)


@pytest.mark.parametrize("begin", [b"", b"GET / HT", HEALTH], ids=["silent", "half-head", "kept-alive"])
def test_idle_ones_leave_room_for_neighbours(small: Service, begin: bytes) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(Wire(small.url, source="127.0.0.2")).send(begin) for _ in range(3 * TOTAL)]
        assert wait_until(lambda: connections(small) == TOTAL // 2)
        with Wire(small.url, source="127.0.0.3") as neighbour:
            assert neighbour.send(HEALTH).read().status == 200
            assert neighbour.send(HEALTH).read().status == 200
        with Wire(small.url, source="127.0.0.2") as one_more:
            assert one_more.send(HEALTH).read().status == 200
        if begin != HEALTH:
            assert idle[0].is_closed()
    assert wait_until(lambda: connections(small) == 0)


def test_who_sends_bodies_keeps_the_other_half_free(small: Service) -> None:
    half = request("POST", "/api/mail.send.json", b"x" * 100, Content_Length=1000)
    with ExitStack() as stack:
        busy = [stack.enter_context(Wire(small.url, source="127.0.0.2")).send(half) for _ in range(TOTAL)]
        assert wait_until(lambda: connections(small) == TOTAL // 2)
        refused = [wire for wire in busy if wire.answers_within(0.2)]
        assert len(refused) == TOTAL // 2
        assert {wire.read().status for wire in refused} == {503}
        with Wire(small.url, source="127.0.0.3") as neighbour:
            assert neighbour.send(HEALTH).read().status == 200


def test_a_server_of_tests_has_no_limits_by_address(recorded: Service) -> None:
    assert recorded.server.state.limits.by_address is None


# Open files

ROOM = 120


@pytest.fixture
def few_files(tmp_path: Path) -> Iterator[Process]:
    """A server that may have few files open, and cannot have more."""
    with Process(tmp_path, "sqlite:///x.db", "--no-limits", files=ROOM) as process:
        yield process


@pytest.mark.waits
@pytest.mark.parametrize("begin", [b"", CALL], ids=["silent", "kept-alive"])
def test_clients_that_are_too_many_leave_room_and_a_line(few_files: Process, begin: bytes) -> None:
    with Wire(few_files.url) as first:
        # What answers there is imported now, and not while there are no files left.
        assert first.send(CALL).read().status == 404
    with ExitStack() as stack:
        for _ in range(3 * ROOM):
            stack.enter_context(Wire(few_files.url)).send(begin)
        with Wire(few_files.url) as one_more:
            assert one_more.send(CALL).read().status == 404
    assert wait_until(lambda: "clients are connected" in few_files.log.read_text())
    (line,) = few_files.log.read_text().splitlines()
    assert f"Open files are limited to {ROOM}; raise that by `ulimit -n`" in line


@pytest.mark.waits
def test_while_there_is_no_room_clients_wait_and_are_served_later(few_files: Process) -> None:
    half = request("POST", "/api/profile.get.json", b"x" * 10, Content_Length=1000)
    with ExitStack() as stack:
        waiting = stack.enter_context(ExitStack())
        busy = stack.enter_context(ExitStack())
        for _ in range(ROOM):
            busy.enter_context(Wire(few_files.url)).send(half)
        assert wait_until(lambda: "clients are connected" in few_files.log.read_text())
        client = waiting.enter_context(Wire(few_files.url)).send(HEALTH)
        assert not client.answers_within(0.3)
        busy.close()
        assert client.read().status == 200


@pytest.mark.waits
def test_one_address_that_has_too_many_has_a_line(tmp_path: Path) -> None:
    with Process(tmp_path, "sqlite:///x.db", files=ROOM) as process, ExitStack() as stack:
        for _ in range(ROOM):
            stack.enter_context(Wire(process.url, source="127.0.0.2"))
        assert wait_until(lambda: process.log.read_text() != "")
        (line,) = process.log.read_text().splitlines()
        assert "one address has 18 connections, as many as one may have" in line
        with Wire(process.url) as neighbour:
            assert neighbour.send(HEALTH).read().status == 200
