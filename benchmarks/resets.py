"""Resets of a store of a million subusers, after ten changes: how long each takes, and what it does to another client."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from neighbours import Span, neighbour, span_of, worst_alone, worst_beside
from processes import Served, emulator
from scenery import (
    NAME,
    PASSWORD,
    PROFILE_GET,
    Figure,
    at_most,
    form,
    new_subuser,
    plant,
    post,
    subuser,
)

COUNT, TIMES = 1_000_000, 30
#: Milliseconds that a reset may take, and the first log-in and write.
LIMIT, FIRST = 50, 200
CALLS = "/apiv2/customer"
WORLD = "/~small"
#: What there is to reset, in which world, and the body that asks for it.
RESETS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("everything", "", {}),
    ("the account", "", {"account": NAME}),
    ("a world of 20 subusers beside them", WORLD, {}),
)


def measure_large_resets(folder: Path) -> Iterator[Figure]:
    """Ten changes, then a reset, again and again."""
    store = f"{COUNT:,} subusers"
    with emulator(plant(folder / "resets.db", COUNT)) as served:
        for what, ask in (
            ("log-in", lambda: served.ask(post(PROFILE_GET, form(), "Connection: close"))),
            ("write", lambda: _set_city(served, "", 0)),
        ):
            started = time.monotonic()
            ask()
            first = (time.monotonic() - started) * 1000
            yield at_most(f"{store}: the first {what} after the start", first, FIRST, "ms")
        yield worst_alone(served)
        for what, world, body in RESETS:
            _control(served, f"{WORLD}/__admin/seed", _seed())
            with neighbour(served, 60) as load:
                times, spans = _reset_often(served, world, body)
                answers = load.stop()
            after = f"{store}, ten changes: reset of {what}"
            yield at_most(after, median(times) * 1000, LIMIT, "ms")
            yield worst_beside(after, answers, spans)


def _reset_often(
    served: Served, world: str, body: dict[str, str]
) -> tuple[list[float], list[Span]]:
    """How long each reset takes, in seconds, and from when to when."""
    spans = []
    for _ in range(TIMES):
        for number in range(8):
            _set_city(served, world, number)
        _call(served, f"{world}{CALLS}.delete.json", form(user=subuser(8)))
        _call(served, f"{world}{CALLS}.add.json", new_subuser("added"))
        spans.append(span_of(lambda: _control(served, f"{world}/__admin/reset", body)))
    return [ended - started for started, ended in spans], spans


def _set_city(served: Served, world: str, number: int) -> None:
    changes = form(task="set", user=subuser(number), city="Paris")
    _call(served, f"{world}{CALLS}.profile.json", changes)


def _call(served: Served, path: str, body: bytes) -> None:
    answer = served.ask(post(path, body, "Connection: close"))
    assert b'"success"' in answer, answer[:500]


def _control(served: Served, path: str, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    answer = served.ask(head.encode() + body)
    assert answer.startswith(b"HTTP/1.1 200"), answer[:500]


def _seed() -> dict[str, Any]:
    subusers = [{"username": subuser(number), "password": PASSWORD} for number in range(20)]
    account = {"username": NAME, "password": PASSWORD, "subusers": subusers}
    return {"version": 1, "accounts": [account]}
