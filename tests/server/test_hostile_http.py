"""What a client can do to the memory of the server, and what it may not say after the head of its request."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from emulator import PASSWORD, Service, World
from legacygrid.models.database import Store
from legacygrid.reasons import NoRoom
from legacygrid.serializers import profiles
from legacygrid.server import http_protocol, received_body
from legacygrid.server.memory_budget import MemoryBudget, Reservation
from legacygrid.server.received_body import FREE, BodyStorage, ReceivedBody
from wire import Process, Wire, chunked, fields, request, wait_until

MAIL = "/api/mail.send.json"
PROFILE = "/api/profile.get.json"

# Heads


def head(size: int) -> list[bytes]:
    """Requests whose head has about so many bytes."""
    return [
        request("GET", "/" + "x" * size),
        request("GET", "/?x=" + "x" * size),
        request("GET", "/?x=" + "é" * (size // 6)),
        request("GET", "/", X="x" * size),
        request("GET", "/", **{f"X{number}": "x" * (size // 100) for number in range(100)}),
    ]


HEADS = ["path", "query", "raw query", "one header", "many headers"]


@pytest.mark.parametrize("place", range(5), ids=HEADS)
def test_a_head_of_half_the_limit_is_read(recorded: Service, place: int) -> None:
    with Wire(recorded.url) as wire:
        assert wire.send(head(http_protocol.MAX_HEAD // 2)[place]).read().status in (200, 404)


@pytest.mark.parametrize("place", range(5), ids=HEADS)
def test_a_head_over_the_limit_is_431(recorded: Service, place: int) -> None:
    with Wire(recorded.url) as wire:
        reply = wire.send(head(http_protocol.MAX_HEAD + 10_000)[place][:-2]).read()
        assert (reply.status, reply.text) == (431, "The head of the request is too large.")
        assert wire.is_closed()


# Trailers

TRAILERS = {
    "a key": "Authorization: Bearer {key}",
    "a type": "Content-Type: text/plain",
    "a coding": "Content-Encoding: gzip",
    "an address": "X-Forwarded-For: 10.0.0.1",
    "a host": "Host: elsewhere.example",
}


@pytest.mark.parametrize("trailer", TRAILERS.values(), ids=TRAILERS)
@pytest.mark.parametrize("knows", [False, True], ids=["nobody", "owner"])
def test_trailers_change_nothing(world: World, trailer: str, knows: bool) -> None:
    world.service.grid.seeding.register_key(world.name, f"key-of-{world.name}-0123456789")
    form = fields(world.name) if knows else b"a=b"
    body = chunked(form) + b"0\r\n" + trailer.format(key=f"key-of-{world.name}-0123456789").encode() + b"\r\n\r\n"
    with Wire(world.service.url) as wire:
        reply = wire.send(request("POST", PROFILE, body, Transfer_Encoding="chunked")).read()
        assert reply.status == 200
        assert ("wrong credentials" in reply.text) is not knows
        # The next request has headers again.
        key = f"Bearer key-of-{world.name}-0123456789"
        assert wire.send(request("GET", PROFILE, Authorization=key)).read().status == 200


# Bodies


def test_a_budget_has_shares() -> None:
    budget = MemoryBudget(10, share=6)
    assert budget.take(6, "a")
    assert not budget.take(1, "a")
    assert budget.take(4, "b")
    assert not budget.take(1, "c")
    budget.give_back(6, "a")
    assert budget.take(6, "c")
    assert budget.left == 0


def test_a_reservation_gives_all_back() -> None:
    budget = MemoryBudget(10)
    with Reservation(budget, 20) as reservation:
        assert reservation.grow(4) is None
        assert reservation.grow(9) is None
        assert isinstance(reservation.grow(11), NoRoom)
        assert budget.left == 1
    assert budget.left == 10


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> BodyStorage:
    monkeypatch.setattr(received_body, "IN_MEMORY", 4 * FREE)
    monkeypatch.setattr(received_body, "ON_DISK", 16 * FREE)
    return BodyStorage(limits_addresses=True)


@pytest.mark.parametrize("pieces", [[], [1], [FREE], [FREE + 1], [1, FREE, FREE], [FREE] * 6, [1] * 5 + [FREE] * 5])
def test_a_body_is_read_as_it_came(storage: BodyStorage, pieces: list[int]) -> None:
    whole = b""
    with ReceivedBody(storage, "10.0.0.1") as body:
        for number, size in enumerate(pieces):
            body.add(bytes([number]) * size)
            whole += bytes([number]) * size
        assert body.length == len(whole)
        # Once on the loop, and once on a thread.
        assert body.open().read() == body.open().read() == whole
    assert (storage.memory.left, storage.disk.left) == (4 * FREE, 16 * FREE)


def test_a_very_large_body_is_on_disk_at_once(storage: BodyStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received_body, "LARGE", 2 * FREE)
    with ReceivedBody(storage, "10.0.0.1") as body:
        for left in ((4, 16), (2, 16), (4, 13), (4, 12)):
            body.add(b"x" * FREE)
            assert (storage.memory.left, storage.disk.left) == (left[0] * FREE, left[1] * FREE)
        assert body.open().read() == b"x" * FREE * 4


def test_who_has_its_share_is_refused_and_others_are_not(storage: BodyStorage) -> None:
    with ExitStack() as stack:
        for address in ("10.0.0.1", "10.0.0.2"):
            large = stack.enter_context(ReceivedBody(storage, address))
            for _ in range(8):
                large.add(b"x" * FREE)
            with pytest.raises(NoRoom):
                large.add(b"x")
        stack.enter_context(ReceivedBody(storage, "10.0.0.2")).add(b"x" * FREE)
        with ReceivedBody(storage, "10.0.0.3") as other:
            other.add(b"x" * FREE)
            other.add(b"x" * FREE)
            assert other.open().read() == b"x" * FREE * 2
    assert (storage.memory.left, storage.disk.left) == (4 * FREE, 16 * FREE)


def test_a_full_disk_is_no_room(storage: BodyStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_full(**_: object) -> object:
        return Path("/dev/full").open("wb", buffering=0)

    monkeypatch.setattr(tempfile, "TemporaryFile", open_full)
    with ReceivedBody(storage, "10.0.0.1") as body:
        body.add(b"x" * FREE)
        body.add(b"x" * FREE)
        with pytest.raises(NoRoom):
            body.add(b"x" * FREE)
    assert storage.disk.left == 16 * FREE


@pytest.fixture
def narrow(store: Store, storage: BodyStorage) -> Iterator[Service]:
    """A server with little room for bodies."""
    service = Service(store, profiles.profile("recorded"), limits_addresses=True)
    yield service
    service.stop()


def mail(sender: World, size: int) -> bytes:
    return fields(sender.name, **{"from": "a@example.com", "to": "b@example.com", "subject": "s", "text": "x" * size})


def test_mail_is_taken_from_the_disk(narrow: Service) -> None:
    sender = World(narrow)
    with Wire(narrow.url) as wire:
        reply = wire.send(request("POST", MAIL, mail(sender, 7 * FREE))).read()
    assert reply.json == {"message": "success"}


@pytest.mark.parametrize("suffix", ["json", "xml"])
def test_no_room_is_503_in_the_asked_format_and_there_is_some_again(narrow: Service, suffix: str) -> None:
    sender, other = World(narrow), World(narrow)
    half = request("POST", MAIL, b"x" * (6 * FREE), Content_Length=7 * FREE)
    bodies = narrow.server.bridge.bodies
    with Wire(narrow.url, source="127.0.0.2") as greedy:
        greedy.send(half)
        assert wait_until(lambda: bodies.disk.left == 10 * FREE)
        with Wire(narrow.url, source="127.0.0.2") as wire:
            reply = wire.send(request("POST", f"/api/mail.send.{suffix}", b"x" * (6 * FREE))).read()
            assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
            assert "Too much is being sent at once; try again later" in reply.text
            assert reply.text.startswith("{" if suffix == "json" else "<")
        with Wire(narrow.url, source="127.0.0.2") as wire:
            reply = wire.send(request("POST", "/__admin/seed", b"x" * (6 * FREE))).read()
            assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
            assert reply.json == {"errors": {"body": ["has no room just now"]}}
        # Small ones, and those of others.
        with Wire(narrow.url, source="127.0.0.2") as wire:
            assert wire.send(request("POST", PROFILE, fields(sender.name))).read().status == 200
        with Wire(narrow.url, source="127.0.0.3") as wire:
            assert wire.send(request("POST", MAIL, mail(other, 6 * FREE))).read().status == 200
    assert wait_until(lambda: bodies.disk.left == 16 * FREE)
    with Wire(narrow.url, source="127.0.0.2") as wire:
        assert wire.send(request("POST", MAIL, mail(sender, 6 * FREE))).read().status == 200
    assert (bodies.memory.left, bodies.disk.left) == (4 * FREE, 16 * FREE)


@pytest.mark.waits
def test_half_bodies_and_half_heads_take_little_memory(tmp_path: Path) -> None:
    size = 8 * 1024 * 1024
    half = request("POST", MAIL, b"x" * (size - 1), Content_Length=size)
    with (
        Process(tmp_path, "sqlite:///x.db", "--account", f"owner:{PASSWORD}", is_anew=True) as process,
        ExitStack() as stack,
    ):
        with Wire(process.url) as wire:
            assert wire.send(request("GET", "/__admin/health")).read().status == 200
        before = process.memory()
        for _ in range(20):
            stack.enter_context(Wire(process.url)).send(half)
        for _ in range(100):
            stack.enter_context(Wire(process.url)).send(b"GET /?" + b"x" * 60_000)
        with Wire(process.url) as wire:
            reply = wire.send(request("GET", f"{PROFILE}?{fields('owner').decode()}")).read()
            assert reply.status == 200
        # The budget, half heads of 60 KB, and what the system buffers.
        assert process.memory() - before < 110
