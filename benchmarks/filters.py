"""Filters among a million subusers: how long each takes, and what it does to another client."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median

from neighbours import repeated, worst_alone, worst_beside
from processes import Served, emulator
from scenery import Figure, at_most, form, plant, post, subuser

from legacygrid import models

COUNT = 1_000_000
LIST = "/apiv2/customer.profile.json"
#: Some that one subuser has; the last column says whether the index helps.
ONE = subuser(COUNT // 3)
SEARCHES = (
    ("a part of a name", {"username": ONE[-8:]}, 1, True),
    ("a whole address", {"email": f"{ONE}@example.com"}, 1, True),
    ("no match", {"email": "nobody-has-this"}, 0, True),
    ("two letters, no match", {"email": "qq"}, 0, False),
    ("another column, no match", {"city": "nowhere"}, 0, False),
)
#: Milliseconds that a search by the index may take.
LIMIT = 5


def measure_filters(folder: Path) -> Iterator[Figure]:
    """One search after the other, by one client, beside a neighbour."""
    url = plant(folder / "filters.db", COUNT)
    with emulator(url) as served:
        yield worst_alone(served)
        for name, filters, count, is_indexed in SEARCHES:
            request = post(LIST, form(task="get", **filters), "Connection: close")
            times, answers = repeated(served, partial(_timed, served, request, count))
            asked, taken = f"1,000,000 subusers, {name}", median(times) * 1000
            if is_indexed:
                yield at_most(asked, taken, LIMIT, "ms", 2)
            else:
                yield Figure(asked, f"{taken:.0f} ms")
            yield worst_beside(asked, answers)
    yield from _measure_index(folder / "filters.db")


def _timed(served: Served, request: bytes, count: int) -> float:
    started = time.monotonic()
    answer = served.ask(request)
    took = time.monotonic() - started
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
    assert answer.count(b'"username"') == count, answer[:500]
    return took


def _measure_index(path: Path) -> Iterator[Figure]:
    """What the index takes, and how long a store without it is made ready."""
    with closing(sqlite3.connect(path)) as connection:
        with_index = _size(connection)
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DROP TABLE account_index")
        connection.execute("DROP TABLE account_index_mark")
        connection.commit()
        index = with_index - _size(connection)
    yield Figure("the index of 1,000,000 subusers: its size", f"{index:.0f} MiB")
    started = time.monotonic()
    models.open_store(f"sqlite:///{path}").close()
    took = time.monotonic() - started
    yield Figure(
        "the index of 1,000,000 subusers: made when an older store is opened", f"{took:.1f} s"
    )


def _size(connection: sqlite3.Connection) -> float:
    """MiB of pages in use."""
    numbers = [
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    ]
    return (numbers[0] - numbers[1]) * numbers[2] / 1024**2
