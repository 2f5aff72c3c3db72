"""The shipped server as a process of its own: throughput, neighbours, long lists and memory."""

import contextlib
import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from neighbours import WINDOWS, neighbour, span_of, worst_beside
from processes import Answers, Served, bare, emulator, loaded, p99
from scenery import NAME, PROFILE_GET, Figure, at_most, form, new_subuser, plant, post

from legacygrid import models
from legacygrid.models import subusers, suppression
from legacygrid.models.suppression import BOUNCE, NewEntry

LIST = "/apiv2/customer.profile"


def _speed(name: str, rate: float, took: list[float]) -> Figure:
    return Figure(name, f"{rate:.0f}/s, p50 {median(took):.1f} ms, p99 {p99(took):.1f} ms")


def _failed(name: str, errors: list[str]) -> Figure:
    if errors:
        print("error seen by a client:", errors[0], file=sys.stderr)
    return Figure(f"{name}: errors", str(len(errors)), "0", not errors)


def measure_reading(folder: Path) -> Iterator[Figure]:
    """profile.get and the bare route by turns, on the same server class."""
    seen: dict[str, list[Answers]] = {"profile.get": [], "the bare route": []}
    with emulator(plant(folder / "read.db", 100)) as served, bare() as bare_route:
        for clients in (1, 16):
            for _ in range(3):
                profile_get = loaded(served, post(PROFILE_GET, form()), '"username"', 1.5, clients)
                seen["profile.get"].append(profile_get)
                seen["the bare route"].append(
                    loaded(bare_route, post("/", b"x=1"), "1", 1.5, clients)
                )
            by = "16 clients" if clients > 1 else "1 client"
            for name, parts in seen.items():
                took = [took for part in parts for took in part.milliseconds()]
                asked = f"{name}, {by}"
                yield _speed(asked, median(part.rate() for part in parts), took)
                yield _failed(asked, [error for part in parts for error in part.errors])
            ratio = _ratio(seen["profile.get"], seen["the bare route"])
            beside = Figure(f"profile.get, {by}, requests/s beside", f"{ratio:.2f} x")
            yield replace(beside, target=">= 0.85", met=ratio >= 0.85) if clients > 1 else beside
            for parts in seen.values():
                parts.clear()


def _ratio(measured: list[Answers], compared: list[Answers]) -> float:
    """How many calls a second there were, times those of the other, by turns."""
    return median(a.rate() / b.rate() for a, b in zip(measured, compared, strict=True))


def measure_neighbour(folder: Path) -> Iterator[Figure]:
    """One client beside a hundred bad ones."""
    with emulator(plant(folder / "neighbour.db", 20_000)) as served:
        with neighbour(served) as load:
            alone = median(load.ended().milliseconds())
        with contextlib.ExitStack() as stack, neighbour(served, 8) as load:
            started = time.monotonic()
            for request in [_half(), post(f"{LIST}.json", form(task="get"))] * 50:
                connection = stack.enter_context(
                    socket.create_connection(("127.0.0.1", served.port))
                )
                connection.sendall(request)
            answers = load.ended()
    beside = answers.milliseconds(started)
    name = "profile.get beside 100 clients of half a body or an unread list"
    yield Figure("profile.get of one client alone", f"median {alone:.2f} ms")
    yield at_most(f"{name}: median", median(beside), 2 * alone + 5, "ms", 2)
    yield Figure(f"{name}: while the lists begin", _at_once(answers, started))
    yield _failed(name, answers.errors)


def _half() -> bytes:
    body = new_subuser("half")
    return post("/apiv2/customer.add.json", body)[: -len(body) // 2]


def _at_once(answers: Answers, started: float) -> str:
    """How the first second went, and the worst of all."""
    first = answers.milliseconds(started, started + 1)
    return f"first second: median {median(first):.1f} ms; worst of all {max(answers.milliseconds(started)):.0f} ms"


def measure_lists(folder: Path) -> Iterator[Figure]:
    """A list of 100,000 subusers."""
    count = 100_000
    url = plant(folder / "list.db", count)
    for suffix, end in (("json", b"]\r\n0\r\n\r\n"), ("xml", b"</users>\r\n0\r\n\r\n")):
        request = post(f"{LIST}.{suffix}", form(task="get"), "Connection: close")
        # In a name and an address.
        yield from _measure_list(
            f"100,000 subusers, {suffix.upper()}", url, request, end, 2 * count
        )


def measure_bounces(folder: Path) -> Iterator[Figure]:
    """A list of 100,000 bounces, and since when each is there."""
    count = 100_000
    url = plant(folder / "bounces.db", 10)
    entries = (
        NewEntry(f"subuser-{number}@example.com", "550 5.1.1 no such user", "5.1.1")
        for number in range(count)
    )
    store = models.open_store(url)
    try:
        with store.writing():
            suppression.add_all(subusers.find_account(NAME), BOUNCE, entries, time.time())
    finally:
        store.close()
    for suffix, end in (("json", b"]\r\n0\r\n\r\n"), ("xml", b"</bounces>\r\n0\r\n\r\n")):
        request = post(f"/api/bounces.get.{suffix}", form(date="1"), "Connection: close")
        yield from _measure_list(f"100,000 bounces, {suffix.upper()}", url, request, end, count)


def _measure_list(name: str, url: str, request: bytes, end: bytes, marks: int) -> Iterator[Figure]:
    with emulator(url) as served:
        served.ask(post(PROFILE_GET, form(), "Connection: close"))
        yield from _memory_and_neighbour(name, served, request)
        times = [_timed(served, request, end, marks) for _ in range(3)]
    yield at_most(f"{name}: whole list", median(t[1] for t in times), 2, "s", 2)
    yield at_most(f"{name}: first byte", median(t[0] for t in times) * 1000, 50, "ms")


def _timed(served: Served, request: bytes, end: bytes, marks: int) -> tuple[float, float]:
    """Seconds to the first byte, and to the last."""
    first: list[float] = []
    started = time.monotonic()
    answer = served.ask(request, lambda: first.append(time.monotonic()))
    took = time.monotonic() - started
    assert answer.endswith(end)
    assert answer.count(b"subuser-") == marks
    return first[0] - started, took


def _memory_and_neighbour(name: str, served: Served, request: bytes) -> Iterator[Figure]:
    """What the first list after the start does to the server's memory, and to another client."""
    with neighbour(served, 60) as load, sampled(served) as sizes:
        time.sleep(0.5)
        idle = max(sizes)
        spans = [span_of(lambda: served.ask(request))]
        peak = max(sizes)
        spans += [span_of(lambda: served.ask(request)) for _ in range(WINDOWS - 1)]
        answers = load.stop()
    yield at_most(f"{name}: memory above idle", peak - idle, 16, "MiB")
    yield Figure(f"{name}: memory idle", f"{idle:.1f} MiB")
    yield worst_beside(name, answers, spans)


@contextlib.contextmanager
def sampled(served: Served) -> Iterator[list[float]]:
    """The server's memory, every few milliseconds."""
    sizes = [served.pss()]
    stop = threading.Event()

    def sample() -> None:
        while not stop.wait(0.02):
            sizes.append(served.pss())

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield sizes
    finally:
        stop.set()
        thread.join()


def measure_reset(folder: Path) -> Iterator[Figure]:
    """A reset of a world of 100 subusers, over HTTP: that were seeded, and that were added since."""
    with emulator(plant(folder / "reset.db", 100)) as served:
        state = served.ask(_control("GET", "/__admin/state")).partition(b"\r\n\r\n")[2]
        accounts = json.loads(state)["accounts"]
        bare_world = json.dumps(
            {"version": 1, "accounts": [{**accounts[0], "subusers": []}]}
        ).encode()
        for name, seed in (("seeded", state), ("added since", bare_world)):
            world = f"/~{name.replace(' ', '-')}/__admin"
            served.ask(_control("POST", f"{world}/seed", seed))
            times = [_reset(served, world, state) for _ in range(31)]
            yield at_most(
                f"reset of a world of 100 subusers, {name}", median(times) * 1000, 10, "ms", 2
            )


def _reset(served: Served, world: str, state: bytes) -> float:
    """Seconds that it takes once the world has all of the state in it."""
    assert b'"added":101' in served.ask(_control("PUT", f"{world}/state", state))
    started = time.monotonic()
    answer = served.ask(_control("POST", f"{world}/reset"))
    took = time.monotonic() - started
    assert b'{"reset":' in answer
    return took


def _control(verb: str, path: str, body: bytes = b"") -> bytes:
    head = f"{verb} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


PARTS = (
    ("Reading", measure_reading),
    ("A neighbour", measure_neighbour),
    ("A list of 100,000 subusers", measure_lists),
    ("A list of 100,000 bounces", measure_bounces),
    ("Reset", measure_reset),
)
