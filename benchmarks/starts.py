"""The start: from a new process to its first answer, by turns with a script of the same libraries."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from statistics import median

from processes import HERE, LEGACYGRID, Served, serving
from scenery import Figure, at_most, plant

ROUNDS = 9
HEALTH = b"GET /__admin/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

Start = Callable[[], AbstractContextManager[Served]]


def measure_starts(folder: Path) -> Iterator[Figure]:
    """With a bytecode of everything, then without one of the emulator's own modules."""
    url = plant(folder / "start.db", 100)
    compiled, uncompiled = folder / "compiled", folder / "uncompiled"
    emulator = (LEGACYGRID, "serve", "--database", url)
    cached = ("env", "-u", "PYTHONDONTWRITEBYTECODE", f"PYTHONPYCACHEPREFIX={compiled}")
    missing = ("env", "PYTHONDONTWRITEBYTECODE=1", f"PYTHONPYCACHEPREFIX={uncompiled}")
    start = partial(serving, *cached, *emulator, "--port", "0")
    script = partial(serving, *cached, sys.executable, str(HERE / "plain.py"))
    for each in (start, script):
        _time(each)
    shutil.copytree(compiled, uncompiled)
    _forget_own(uncompiled)
    yield from _ratio("start, until the first answer, times a script", 1.7, start, script)
    without = partial(serving, *missing, *emulator, "--port", "0")
    yield from _ratio("start without bytecode, times one with it", 1.25, without, start)
    with start() as served:
        served.ask(HEALTH)
        yield at_most("memory after the start", served.pss(), 90, "MiB")


def _ratio(name: str, limit: float, measured: Start, compared: Start) -> Iterator[Figure]:
    pairs = [(_time(measured), _time(compared)) for _ in range(ROUNDS)]
    yield at_most(name, median(a / b for a, b in pairs), limit, "x", 2)
    ours, theirs = (median(each) * 1000 for each in zip(*pairs, strict=True))
    yield Figure(f"{name}: both", f"{ours:.0f} ms beside {theirs:.0f} ms")


def _time(start: Start) -> float:
    """Seconds until the end of the first answer."""
    started = time.monotonic()
    with start() as served:
        answer = served.ask(HEALTH)
        took = time.monotonic() - started
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
    return took


def _forget_own(cache: Path) -> None:
    """Remove the bytecode of the emulator, and leave that of the libraries."""
    own = cache / HERE.parent.relative_to("/")
    for each in own.rglob("*.pyc"):
        if ".venv" not in each.relative_to(own).parts:
            each.unlink()
