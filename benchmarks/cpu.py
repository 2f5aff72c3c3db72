"""Processor time of single calls, in this process, against a bare Flask route."""

import contextlib
import io
import itertools
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from scenery import FORM, PROFILE_GET, Figure, at_most, bare_app, form, new_subuser, plant, subuser

from legacygrid import app, grid, models
from legacygrid.endpoints import SYSTEMS
from legacygrid.harness import log
from legacygrid.models.account import Account
from legacygrid.models.api_key import ApiKey
from legacygrid.serializers import profiles

PROFILE = "/apiv2/customer.profile.json"
ADD = "/apiv2/customer.add.json"
KEY = "SG.the-key-of-the-bench"


@dataclass
class Subject:
    """Calls of one kind, and the processor time that is not theirs.

    :param differs: what is different in the environ of its calls.
    """

    app: Flask
    path: str
    bodies: Iterator[bytes]
    expected: bytes
    aside: Callable[[], float] = lambda: 0.0
    differs: Mapping[str, str] = field(default_factory=dict)

    def seconds(self, calls: int) -> float:
        """Processor seconds of one call, from so many of them."""
        environs = [
            {**_environ(self.path, next(self.bodies)), **self.differs} for _ in range(calls)
        ]
        answers: list[bytes] = []
        aside = self.aside()
        started = time.process_time()
        for environ in environs:
            chunks = self.app(environ, _start_response)
            answers.append(b"".join(chunks))
            getattr(chunks, "close", bool)()
        spent = time.process_time() - started
        assert all(self.expected in answer for answer in answers), answers[0][:200]
        return (spent - (self.aside() - aside)) / calls


def _environ(path: str, body: bytes) -> dict[str, Any]:
    """A WSGI environ as the shipped server makes it."""
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8026",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8026",
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
    assert status.startswith("200"), status


def _always(body: bytes) -> Iterator[bytes]:
    while True:
        yield body


@contextlib.contextmanager
def _emulator(path: Path, count: int) -> Iterator[tuple[Flask, Callable[[], float]]]:
    """An emulator over so many subusers, and the processor seconds that its hashes took so far."""
    store = models.open_store(plant(path, count))
    try:
        made = grid.make(store, profiles.profile("recorded"), SYSTEMS, bcrypt_cost=4)
        yield app.serve_grid(made), _hashing(made.secrets)
    finally:
        store.close()


def _hashing(secrets: Any) -> Callable[[], float]:
    original, spent = secrets.hash, [0.0]

    def timed(secret: str) -> str:
        started = time.process_time()
        hashed: str = original(secret)
        spent[0] += time.process_time() - started
        return hashed

    secrets.hash = timed
    return lambda: spent[0]


def _beside(bare: Subject, subject: Subject, calls: int, rounds: int) -> tuple[float, float, float]:
    """Median seconds of both, and the median of their ratio in each round; they take turns, so
    noise meets both.
    """
    for _ in range(3):
        bare.seconds(calls)
        subject.seconds(calls)
    pairs = [(bare.seconds(calls), subject.seconds(calls)) for _ in range(rounds)]
    return median(a for a, _ in pairs), median(b for _, b in pairs), median(b / a for a, b in pairs)


def _ratio(
    name: str, bare: Subject, subject: Subject, limit: float, calls: int, rounds: int
) -> list[Figure]:
    alone, taken, ratio = _beside(bare, subject, calls, rounds)
    return [
        at_most(f"{name}, times the bare route", ratio, limit, "x", 2),
        Figure(
            f"{name}, beside the bare route", f"{taken * 1e6:.0f} us beside {alone * 1e6:.0f} us"
        ),
    ]


@contextlib.contextmanager
def _shipped_log() -> Iterator[None]:
    """The log as `legacygrid serve` has it, into nowhere."""
    with open(os.devnull, "w", buffering=1) as null:
        with contextlib.redirect_stderr(null):
            log.to_stderr(logging.INFO)
        try:
            yield
        finally:
            logging.getLogger().handlers.clear()


def measure(folder: Path) -> Iterator[Figure]:
    """The figures of this part."""
    with _shipped_log():
        yield from _hundred(folder / "cpu100.db")
        yield from _ten_thousand(folder / "cpu10000.db")


def bare_microseconds() -> float:
    """Processor time of the bare route: how fast the machine is."""
    bare = _bare()
    bare.seconds(300)
    return median(bare.seconds(100) for _ in range(30)) * 1e6


def _by_key(emulator: Flask) -> Subject:
    """The profile by v3, with a key of the account."""
    with grid.grid_of(emulator).store.writing():
        ApiKey.register(Account.get(Account.parent.is_null()), KEY)
    asked = {"REQUEST_METHOD": "GET", "HTTP_AUTHORIZATION": f"Bearer {KEY}"}
    return Subject(emulator, "/v3/user/profile", _always(b""), b'"zip"', differs=asked)


def _hundred(path: Path) -> Iterator[Figure]:
    bare = _bare()
    with _emulator(path, 100) as (emulator, hashing):
        profile_get = Subject(emulator, PROFILE_GET, _always(form()), b'"username"')
        yield from _ratio("profile.get", bare, profile_get, 1.25, calls=100, rounds=150)
        v3 = _by_key(emulator)
        *_, ratio = _beside(profile_get, v3, calls=100, rounds=100)
        yield at_most("GET /v3/user/profile, times profile.get", ratio, 1.2, "x", 2)
        yield from _ratio(
            "customer.profile get, one of 100", bare, _one(emulator), 2.1, calls=100, rounds=100
        )
        added = Subject(
            emulator,
            ADD,
            map(new_subuser, map("new-{}".format, itertools.count())),
            b"success",
            hashing,
        )
        yield from _ratio("customer.add, hashing aside", bare, added, 8.0, calls=20, rounds=60)


def _ten_thousand(path: Path) -> Iterator[Figure]:
    with _emulator(path, 10_000) as (emulator, _):
        _, taken, _ = _beside(_bare(), _one(emulator), calls=5, rounds=40)
        yield at_most("customer.profile get, one of 10,000", taken * 1000, 5, "ms", 2)


def _bare() -> Subject:
    return Subject(bare_app(), "/", _always(b"x=1"), b"1")


def _one(emulator: Flask) -> Subject:
    """A list that is narrowed to one subuser."""
    body = form(task="get", username=subuser(42))
    return Subject(emulator, PROFILE, _always(body), b'[{"username":"subuser-000042"')
