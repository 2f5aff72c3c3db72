"""A journal of a million calls, and long lists of the control API: how long they take, and what
they do to another client.

Run as a program, it serves an emulator whose journal is full.
"""

import contextlib
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from neighbours import repeated, worst_alone, worst_beside
from pages import add_message
from processes import Served, serving
from scenery import NAME, PROFILE, PROFILE_GET, Figure, at_most, form, plant, post
from served import sampled

from legacygrid import app, grid, models, reasons
from legacygrid.commands.collection import collect_as_usual
from legacygrid.endpoints import SYSTEMS
from legacygrid.harness.calls import Call
from legacygrid.models import subusers
from legacygrid.registry.evidence import inferred
from legacygrid.serializers import profiles
from legacygrid.server.server import Server

CALLS, SHORT, MESSAGES = 1_000_000, 10_000, 20_000
#: Milliseconds of a search, and until a list begins.
LIMIT, FIRST = 200, 20
#: MiB of the journal, and of a list on its way: 16 are what SQLite keeps of the pages that a thread
#: has read.
LARGEST, FLAT = 600, 24
OPERATIONS = (
    "customer.add", "customer.profile", "profile.get", "profile.set", "customer.enable", "customer.disable",
    "credentials/add", "mail.send", "password.set", "customer.delete",
)  # fmt: skip
#: Calls that are not there, and what is asked of them.
SEARCHES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("a caller", "count", {"operation": "customer.add", "caller": "nobody"}),
    ("a parameter", "count", {"operation": "customer.add", "params": {"username": "nobody"}}),
    ("two parameters", "count", {"params": {"user": "subuser-000001", "task": "nothing"}}),
    ("nearest by a parameter", "find", {"operation": "customer.add", "params": {"username": "new-0000A010"}}),
    ("nearest by two", "find", {"operation": "customer.add", "params": {"username": "new-00000010", "city": "Lyon"}}),
    ("nearest by operation and caller", "find", {"operation": "smtp", "caller": "account-3"}),
)  # fmt: skip


def measure_journal(folder: Path) -> Iterator[Figure]:
    """Searches of a million calls without a match, one after the other, beside a neighbour."""
    url = plant(folder / "journal.db", 10)
    with _served(url, 0) as served:
        empty = _warm(served)
    with full_journal(url) as served:
        yield at_most("a journal of 1,000,000 calls", _warm(served) - empty, LARGEST, "MiB", 0)
        yield worst_alone(served)
        for name, action, criteria in SEARCHES:
            request = _control("POST", f"requests/{action}", criteria)
            times, answers = repeated(served, partial(_ask, served, request))
            asked = f"1,000,000 calls, no match, {name}"
            yield at_most(asked, median(times) * 1000, LIMIT, "ms")
            yield worst_beside(asked, answers)


def measure_long_lists(folder: Path) -> Iterator[Figure]:
    """All that is kept by default, one list after the other, beside a neighbour."""
    url = plant(folder / "lists.db", 10)
    store = models.open_store(url)
    try:
        with store.writing():
            for number in range(MESSAGES):
                add_message(subusers.find_account(NAME), number)
    finally:
        store.close()
    for name, count in (("messages", MESSAGES), ("requests", SHORT)):
        with _served(url, SHORT) as served:
            idle = _warm(served)
            request, firsts = _control("GET", name), []

            def read(request: bytes = request, firsts: list[float] = firsts) -> float:
                begun = time.monotonic()
                return _ask(served, request, lambda: firsts.append(time.monotonic() - begun))

            with sampled(served) as sizes:
                times, answers = repeated(served, read)
        asked = f"GET {name}, {count:,}"
        yield at_most(f"{asked}: first byte", median(firsts) * 1000, FIRST, "ms")
        yield Figure(f"{asked}: whole", f"{median(times):.2f} s")
        yield at_most(f"{asked}: memory above idle", max(sizes) - idle, FLAT, "MiB")
        yield worst_beside(asked, answers)


def _ask(served: Served, request: bytes, first: Callable[[], None] = lambda: None) -> float:
    begun = time.monotonic()
    answer = served.ask(request, first)
    took = time.monotonic() - begun
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    return took


def _control(verb: str, path: str, criteria: dict[str, Any] | None = None) -> bytes:
    body = b"" if criteria is None else json.dumps(criteria).encode()
    head = f"{verb} /__admin/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _warm(served: Served) -> float:
    """The memory of a server that has answered."""
    served.ask(post(PROFILE_GET, form(), "Connection: close"))
    return served.pss()


def full_journal(url: str) -> contextlib.AbstractContextManager[Served]:
    """An emulator over a store whose journal has a million calls."""
    return _served(url, CALLS)


def _served(url: str, calls: int) -> contextlib.AbstractContextManager[Served]:
    return serving(sys.executable, __file__, url, str(calls))


def serve(url: str, calls: int) -> None:
    """Serve an emulator until SIGTERM."""
    # As the command does.
    collect_as_usual()
    store = models.open_store(url)
    made = grid.make(
        store, profiles.profile("recorded"), SYSTEMS, bcrypt_cost=4, journal=max(calls, SHORT)
    )
    for number in range(calls):
        made.journal.record(_make_call(number))
        if number % 1000 == 0:
            made.journal.pack()
    server = Server(app.serve_grid(made))
    server.run(ready=lambda: print(f"Listening on {server.url}", flush=True))


def _make_call(number: int) -> Call:
    """One of many: of ten operations by 50 callers, with parameters that hardly two have in common;
    a fifth are refused.
    """
    chosen = random.Random(number)
    operation, caller = chosen.choice(OPERATIONS), chosen.randrange(50)
    call = Call("POST", f"/apiv2/{operation}.json", operation=operation, user_agent="PHP/5.3")
    call.caller = call.account = f"account-{caller}"
    call.numbers = (caller, caller, None)
    call.params = {"user": f"subuser-{chosen.randrange(100_000):06}"}
    if operation == "customer.profile":
        call.params = {"task": chosen.choice(("get", "set")), **call.params}
    if operation == "customer.add":
        own = {"username": f"new-{number:08}", "email": f"user{number}@example.com"}
        call.params = PROFILE | own | {"address": f"{number % 977} St James's Square"}
    if chosen.random() < 0.2:
        hint = f"{operation} {number} is there"
        call.refusal, call.evidence = reasons.NameTaken(hint=hint), inferred("the bench")
    call.at, call.status, call.seconds = time.time(), 200, 0.004
    return call


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
