"""Threads take short turns while a server runs, and as long ones as before once the last one has ended."""

import sys
from collections.abc import Iterator

import pytest

from legacygrid.server import thread_switching
from legacygrid.server.thread_switching import INTERVAL, switching_often

BEFORE = 0.003


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process without servers."""
    monkeypatch.setattr(thread_switching, "_before", [])
    interval = sys.getswitchinterval()
    sys.setswitchinterval(BEFORE)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.parametrize("ends", ["0", "01", "10", "120", "201"])
def test_turns_are_short_until_the_last_server_ends(ends: str) -> None:
    servers = [switching_often() for _ in ends]
    for server in servers:
        server.__enter__()
    intervals = []
    for number in map(int, ends):
        intervals.append(sys.getswitchinterval())
        servers[number].__exit__(None, None, None)
    assert intervals == [pytest.approx(INTERVAL)] * len(ends)
    assert sys.getswitchinterval() == pytest.approx(BEFORE)
