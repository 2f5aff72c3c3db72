"""What costs how much among a thousand, a hundred thousand and a million subusers; and a plot of it."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from engines import make_schema
from peers import FOLDER
from postgres_server import running
from processes import HERE, LEGACYGRID, Served, emulator
from scenery import NEW, PROFILE_GET, Figure, form, plant, post, subuser

TITLE, ON_POSTGRES = "Cost against size", "Cost against size on PostgreSQL"
SIZES = (1_000, 100_000, 1_000_000)
PICTURE = HERE.parent / "docs" / "benchmarks-growth.svg"
LIST = "/apiv2/customer.profile.json"
#: What is behind the last chunk of an answer.
_LAST = b"\r\n0\r\n\r\n"


def measure_growth(folder: Path) -> Iterator[Figure]:
    """The same work among ever more subusers, by one client."""
    milliseconds: dict[str, list[float]] = {}
    for size in SIZES:
        path = folder / "growth.db"
        _measure(plant(path, size), size, milliseconds)
        path.unlink()
    yield from _figures(milliseconds)


def measure_on_postgres(folder: Path) -> Iterator[Figure]:
    """The same on PostgreSQL."""
    milliseconds: dict[str, list[float]] = {}
    for size in SIZES:
        path = folder / "growth.db"
        source = plant(path, size)
        # Its disk is needed for the next one.
        with running(flushes=True) as postgres:
            url = make_schema(postgres.url)
            subprocess.run([LEGACYGRID, "copy", "--quiet", source, url], check=True)
            path.unlink()
            _measure(url, size, milliseconds)
    yield from _figures(milliseconds)


def _measure(url: str, size: int, milliseconds: dict[str, list[float]]) -> None:
    with emulator(url) as served:
        for name, take in _works(served, size).items():
            milliseconds.setdefault(name, []).append(take() * 1000)


def _figures(milliseconds: dict[str, list[float]]) -> Iterator[Figure]:
    for name, values in milliseconds.items():
        sizes = " / ".join(f"{size:,}" for size in SIZES)
        taken = " / ".join(f"{value:.3g}" for value in values)
        yield Figure(f"{name}, {sizes} subusers", f"{taken} ms")


def _works(served: Served, size: int) -> dict[str, Callable[[], float]]:
    """What is done, each with the seconds that it takes."""
    login = _closing(PROFILE_GET, form())
    found = _closing(LIST, form(task="get", username=subuser(size // 3)[-8:]))
    listed = _closing(LIST, form(task="get"))
    state = _control("GET", "state")
    return {
        "log-in, profile.get": lambda: _whole(served, login, "}]", 50),
        "customer.add": lambda: _added(served, 50),
        "filter by a part of a name": lambda: _whole(served, found, "}]", 20),
        "whole list, first byte": lambda: _first(served, listed),
        "whole list, all of it": lambda: _whole(served, listed, "}]"),
        "GET state, all of it": lambda: _whole(served, state, "}"),
        "reset after ten changes": lambda: _reset(served),
    }


def _closing(path: str, body: bytes) -> bytes:
    return post(path, body, "Connection: close")


def _control(verb: str, target: str) -> bytes:
    head = f"{verb} /__admin/{target} HTTP/1.1\r\nHost: localhost\r\n"
    return f"{head}Connection: close\r\nContent-Length: 0\r\n\r\n".encode()


def _whole(served: Served, request: bytes, end: str, times: int = 1) -> float:
    """Until the last byte; a median.

    :param end: of the body, but for the end of its last line.
    """
    taken = []
    for _ in range(times):
        started = time.monotonic()
        answer = served.ask(request)
        taken.append(time.monotonic() - started)
        assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
        last = answer[-100:].removesuffix(_LAST).decode()
        assert last.rstrip().endswith(end), last
    return median(taken)


def _first(served: Served, request: bytes) -> float:
    """Until the first byte; the client hangs up then."""
    taken = []
    for _ in range(5):
        started = time.monotonic()
        with socket.create_connection(("127.0.0.1", served.port), timeout=300) as connection:
            connection.sendall(request)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
            taken.append(time.monotonic() - started)
    return median(taken)


def _added(served: Served, times: int) -> float:
    """One subuser more; the first change has the store copied, so it does not count."""
    served.ask(_new("new-0"))
    taken = []
    for number in range(1, times + 1):
        started = time.monotonic()
        answer = served.ask(_new(f"new-{number}"))
        taken.append(time.monotonic() - started)
        assert b"success" in answer, answer
    return median(taken)


def _reset(served: Served) -> float:
    """Ten subusers are added, and taken away again with all else that is new."""
    for number in range(10):
        assert b"success" in served.ask(_new(f"changed-{number}"))
    return _whole(served, _control("POST", "reset"), "}")


def _new(name: str) -> bytes:
    return _closing("/apiv2/customer.add.json", form(username=name, **NEW))


def draw(figures: list[Figure]) -> None:
    """The plot, by what `make peers` has installed for it."""
    milliseconds = {
        figure.name.rpartition(f", {SIZES[0]:,}")[0]: [
            float(each) for each in figure.measured.removesuffix(" ms").split(" / ")
        ]
        for figure in figures
    }
    command = [str(FOLDER / "bin" / "python"), str(HERE / "plot.py"), str(PICTURE)]
    drawn = json.dumps({"sizes": SIZES, "milliseconds": milliseconds})
    subprocess.run(command, input=drawn, text=True, check=True)
