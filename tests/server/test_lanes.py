"""The threads that hash: who has which turn, and whom guesses cannot keep waiting."""

import asyncio
import http.client
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from legacygrid.server import fair_queue, lanes
from legacygrid.server.fair_queue import FairQueue
from legacygrid.server.lanes import Lanes
from legacygrid.server.server import Server
from legacygrid.server.threads import Threads
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane, TryLater, Turn, WouldBlock
from legacygrid.wsgi.environ_keys import AGAIN
from wire import SOON

#: Who waits, group and member in their order, and who gets which turn.
TURNS: dict[str, tuple[str, str]] = {
    "one": ("a1", "a1"),
    "one after the other": ("a1 a1 a1", "a1 a1 a1"),
    "another address": ("a1 a1 a1 b1", "a1 b1 a1 a1"),
    "another name": ("a1 a1 a1 a2", "a1 a2 a1 a1"),
    "another name of many": ("a1 a2 a3 a3 b1 b1", "a1 b1 a2 b1 a3 a3"),
    "two that have much": ("a1 a1 a1 b1 b1 b1", "a1 b1 a1 b1 a1 b1"),
}


def in_loop(run: Callable[[], Any]) -> Any:
    """What a function returns that needs an event loop."""

    async def main() -> Any:
        return await asyncio.wait_for(run(), SOON)

    return asyncio.run(main())


@pytest.mark.parametrize(("waiting", "turns"), TURNS.values(), ids=TURNS)
def test_who_comes_next(waiting: str, turns: str) -> None:
    async def run() -> list[str]:
        queue, names = FairQueue(), {}
        for text in waiting.split():
            place = asyncio.get_running_loop().create_future()
            names[place] = text
            queue.push(Turn(*text), place)
        assert len(queue) == len(names)
        return [names[queue.pop()] for _ in names]

    assert in_loop(run) == turns.split()


def test_one_address_has_so_many_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_queue, "MAX_OF_GROUP", 3)

    async def run() -> int:
        queue = FairQueue()
        for number in range(3):
            queue.push(Turn("a", str(number)), asyncio.get_running_loop().create_future())
        with pytest.raises(TryLater):
            queue.push(Turn("a", "4"), asyncio.get_running_loop().create_future())
        queue.push(Turn("b"), asyncio.get_running_loop().create_future())
        return len(queue)

    assert in_loop(run) == 4


def test_who_has_most_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_queue, "MAX_WAITING", 4)

    async def run() -> list[bool]:
        queue, loop = FairQueue(), asyncio.get_running_loop()
        places = [loop.create_future() for _ in range(6)]
        for group, place in zip("aaabb", places, strict=False):
            queue.push(Turn(group), place)
        assert isinstance(places[2].exception(), TryLater), "the last of those who had most"
        with pytest.raises(TryLater):
            queue.push(Turn("a"), places[5])
        return [place.done() for place in places]

    assert in_loop(run) == [False, False, True, False, False, False]


class Bench:
    """Lanes, and hashes that take until they may end."""

    def __init__(self) -> None:
        self.lanes = Lanes()
        self.may_end = threading.Event()
        self.began: list[str] = []

    def hash(self, name: str = "") -> None:
        blocking.about_to_hash()
        self.began.append(name)
        assert self.may_end.wait(SOON)

    def guess(self, turn: Turn, is_gone: Callable[[], bool] = lambda: False) -> "asyncio.Task[None]":
        pause = WouldBlock(Lane.HASH)
        pause.turn = turn
        return asyncio.ensure_future(self.lanes.run_after(pause, is_gone, self.hash, turn.group))

    async def began_with(self, count: int) -> None:
        """Wait until so many have begun."""
        async with asyncio.timeout(SOON):
            while len(self.began) < count:
                await asyncio.sleep(0.001)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(lanes, "_cores", lambda: 2)
    return Bench()


def test_guesses_leave_a_thread_to_whom_they_are_not_of(bench: Bench) -> None:
    async def run() -> list[str]:
        guesses = [bench.guess(Turn("guesser", str(number))) for number in range(20)]
        await bench.began_with(1)
        known = bench.guess(Turn("tenant", is_known=True))
        await bench.began_with(2)
        before = list(bench.began)
        bench.may_end.set()
        await asyncio.gather(known, *guesses)
        return before

    assert in_loop(run) == ["guesser", "tenant"]


def test_tenants_leave_a_thread_to_who_logs_in(bench: Bench) -> None:
    async def run() -> list[str]:
        first = bench.guess(Turn("new", "client"))
        tenants = [bench.guess(Turn("tenant", is_known=True)) for _ in range(20)]
        second = bench.guess(Turn("newer", "client"))
        await bench.began_with(2)
        before = list(bench.began)
        bench.may_end.set()
        await asyncio.gather(first, second, *tenants)
        return before

    assert in_loop(run) == ["new", "tenant"]


def test_tenants_have_all_threads_that_nobody_else_wants(bench: Bench) -> None:
    async def run() -> None:
        tenants = [bench.guess(Turn("tenant", is_known=True)) for _ in range(5)]
        await bench.began_with(2)
        bench.may_end.set()
        await asyncio.gather(*tenants)

    in_loop(run)
    assert len(bench.began) == 5


def test_what_writes_does_not_wait_for_hashes(bench: Bench) -> None:
    async def run() -> str:
        hashes = [bench.guess(Turn("any", is_known=each % 2 == 0)) for each in range(20)]
        await bench.began_with(2)
        written = await bench.lanes.run(lambda: False, lambda: threading.current_thread().name)
        bench.may_end.set()
        await asyncio.gather(*hashes)
        return written

    assert in_loop(run).startswith("legacygrid-write")


def test_what_hashes_begins_again_in_its_lane(bench: Bench) -> None:
    bench.may_end.set()
    threads = []

    def work() -> str:
        threads.append(threading.current_thread().name.rpartition("_")[0])
        bench.hash("here")
        blocking.about_to_block()
        return "done"

    assert in_loop(lambda: bench.lanes.run(lambda: False, work)) == "done"
    assert threads == ["legacygrid-write", "legacygrid-hash"]


#: The lane of a thread, and what it leaves to another lane. A call goes round in no circle: whoever
#: reads long may do everything.
LEFT_TO_OTHERS = {
    Lane.WRITE: {Lane.READ, Lane.HASH, Lane.HEALTH},
    Lane.READ: set(),
    Lane.HASH: {Lane.READ},
    Lane.HEALTH: {Lane.WRITE, Lane.READ, Lane.HASH},
}


@pytest.mark.parametrize("lane", Lane)
def test_what_a_thread_leaves_to_others(lane: Lane) -> None:
    def refused(wanted: Lane) -> bool:
        try:
            blocking.about_to_block(wanted)
        except WouldBlock as pause:
            return pause.lane is wanted
        return False

    async def run() -> set[Lane]:
        pause = WouldBlock(lane)
        return await Lanes().run_after(pause, lambda: False, lambda: set(filter(refused, Lane)))

    assert in_loop(run) == LEFT_TO_OTHERS[lane]


def test_who_stops_reading_waits_for_what_is_read(bench: Bench) -> None:
    async def run() -> list[str]:
        ended: list[str] = []

        def read() -> None:
            bench.hash("reader")
            ended.append("read")

        reader = asyncio.ensure_future(bench.lanes.read(read))
        await bench.began_with(1)
        reader.cancel()
        await asyncio.sleep(0)
        assert not reader.done()
        bench.may_end.set()
        await asyncio.gather(reader, return_exceptions=True)
        return ended

    assert in_loop(run) == ["read"]


def test_nobody_hashes_for_who_is_gone(bench: Bench) -> None:
    gone = threading.Event()

    async def run() -> list[Any]:
        first = bench.guess(Turn("here"))
        second = bench.guess(Turn("gone"), gone.is_set)
        third = bench.guess(Turn("here too"))
        await bench.began_with(1)
        gone.set()
        bench.may_end.set()
        return await asyncio.gather(first, second, third, return_exceptions=True)

    _, second, _ = in_loop(run)
    assert isinstance(second, TryLater)
    assert bench.began == ["here", "here too"]


def test_who_stops_waiting_takes_no_thread_along(bench: Bench) -> None:
    async def run() -> None:
        first, second, third = (bench.guess(Turn(str(number))) for number in range(3))
        await bench.began_with(1)
        second.cancel()
        bench.may_end.set()
        await asyncio.gather(first, second, third, return_exceptions=True)
        await bench.guess(Turn("next"))

    in_loop(run)
    assert bench.began == ["0", "2", "next"]


def tell_threads(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer with the names of the threads that read it, one a chunk."""
    lane = Lane(environ["QUERY_STRING"])
    try:
        blocking.about_to_block(lane)
    except WouldBlock as pause:
        environ[AGAIN] = pause
        return []
    start_response("200 OK", [])
    return (threading.current_thread().name.rpartition("_")[0].encode() + b" " for _ in range(3))


@pytest.fixture(scope="module")
def telling() -> Iterator[str]:
    """Host and port of a server that tells its threads."""
    server, ready = Server(tell_threads), threading.Event()
    thread = threading.Thread(target=server.run, args=(ready.set,))
    thread.start()
    assert ready.wait(SOON)
    yield server.url.removeprefix("http://")
    server.stop()
    thread.join()


@pytest.mark.parametrize("version", [10, 11])
@pytest.mark.parametrize(("lane", "reader"), [("read", b"legacygrid-read "), ("write", b" ")])
def test_a_long_answer_is_read_where_it_was_made(telling: str, lane: str, reader: bytes, version: int) -> None:
    connection = http.client.HTTPConnection(telling, timeout=SOON)
    connection._http_vsn, connection._http_vsn_str = version, f"HTTP/{version / 10}"  # type: ignore[attr-defined]
    connection.request("GET", f"/?{lane}")
    with connection.getresponse() as response:
        assert response.read() == reader * 3
    connection.close()


def test_threads_start_as_they_are_needed_and_end_with_what_they_have() -> None:
    threads, gate, done = Threads(2, Lane.WRITE), threading.Event(), []

    async def run() -> list[Any]:
        waiting = [threads.run(gate.wait, SOON) for _ in range(2)]
        cancelled, last = threads.run(done.append, "cancelled"), threads.run(done.append, "last")
        cancelled.cancel()
        gate.set()
        await asyncio.gather(*waiting, last)
        return await asyncio.gather(threads.run(int, "x"), threads.run(int, "2"), return_exceptions=True)

    assert repr(in_loop(run)) == """[ValueError("invalid literal for int() with base 10: 'x'"), 2]"""
    threads.shutdown()
    assert done == ["last"]
    assert not [each for each in threading.enumerate() if each in threads.started]
