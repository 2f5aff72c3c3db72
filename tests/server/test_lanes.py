"""The threads that hash: who has which turn, and whom guesses cannot keep waiting."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from legacygrid.server import fair_queue, lanes
from legacygrid.server.fair_queue import FairQueue
from legacygrid.server.lanes import Lanes
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane, TryLater, Turn, WouldBlock
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
