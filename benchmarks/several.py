"""What PostgreSQL costs beside SQLite, and what a second worker adds, on each."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from engines import make_schema
from postgres_server import running
from processes import Answers, Served, emulator, loaded
from scenery import PROFILE_GET, Figure, at_most, form, plant, post

#: Turns of each measure, and the seconds of one.
TURNS, SECONDS = 5, 2.0
REQUEST = post(PROFILE_GET, form())


@contextlib.contextmanager
def stores(path: Path) -> Iterator[dict[str, str]]:
    """The URL of an empty store on each engine.

    :param path: of that on SQLite.
    """
    with running(flushes=True) as postgres:
        yield {"SQLite": plant(path, 0), "PostgreSQL": make_schema(postgres.url)}


def ask(served: Served, clients: int) -> Answers:
    """What clients see who ask for the profile."""
    answers = loaded(served, REQUEST, '"username"', SECONDS, clients)
    assert not answers.errors, answers.errors[0]
    return answers


def measure_engines(folder: Path) -> Iterator[Figure]:
    """profile.get on each engine by turns: of one process, by one client and by 16."""
    seconds: dict[str, list[float]] = {}
    took: dict[str, list[float]] = {}
    with contextlib.ExitStack() as stack:
        urls = stack.enter_context(stores(folder / "engines.db"))
        servers = {name: stack.enter_context(emulator(url)) for name, url in urls.items()}
        for _ in range(TURNS):
            for name, served in servers.items():
                took.setdefault(name, []).append(median(ask(served, 1).milliseconds()))
                begin = served.processor_seconds()
                count = len(ask(served, 16).samples)
                seconds.setdefault(name, []).append((served.processor_seconds() - begin) / count)
    for name, values in took.items():
        micros = median(seconds[name]) * 1e6
        yield Figure(f"profile.get on {name}, one client", f"p50 {median(values):.2f} ms")
        yield Figure(f"profile.get on {name}, processor time of the server", f"{micros:.0f} us")
    name = "profile.get on PostgreSQL beside SQLite"
    yield at_most(f"{name}: processor time of the server", _ratio(seconds), 1.4, "x", 2)
    yield Figure(f"{name}: p50 of one client", f"{_ratio(took):.2f} x")


def _ratio(values: dict[str, list[float]]) -> float:
    pairs = zip(values["PostgreSQL"], values["SQLite"], strict=True)
    return median(postgres / sqlite for postgres, sqlite in pairs)


def measure_workers(folder: Path) -> Iterator[Figure]:
    """Two workers beside one process, by turns, over the same store."""
    with stores(folder / "workers.db") as urls:
        for name, url in urls.items():
            rates = {1: 0.0, 2: 0.0}
            ratios = []
            for _ in range(TURNS):
                for workers in rates:
                    with emulator(url, 4, "--workers", str(workers)) as served:
                        rates[workers] = ask(served, 16).rate()
                ratios.append(rates[2] / rates[1])
            told = f"profile.get on {name}, 16 clients, two workers beside one"
            ratio = median(ratios)
            yield Figure(told, f"{ratio:.2f} x", ">= 1.5 x", ratio >= 1.5)


PARTS = (
    ("SQLite and PostgreSQL", measure_engines),
    ("Two workers", measure_workers),
)
