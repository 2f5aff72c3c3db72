"""Processes write by turns: whoever waits is the next, however often another asks meanwhile."""

import mmap
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

import pytest

from legacygrid.models.shared_turns import SharedTurns
from wire import SOON, wait_until

# Processes: not for the inner loop.
pytestmark = pytest.mark.waits

#: Takes one turn after the other, of a few milliseconds each, and counts them.
GREEDY = """
import mmap, sys, time
from legacygrid.models.shared_turns import SharedTurns
descriptor = int(sys.argv[1])
turns, memory = SharedTurns(descriptor), mmap.mmap(descriptor, 0)
while True:
    turns.take()
    memory[:8] = (int.from_bytes(memory[:8]) + 1).to_bytes(8)
    time.sleep(0.002)
    turns.leave()
"""


@contextmanager
def greedy(descriptor: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-c", GREEDY, str(descriptor)]
    with subprocess.Popen(command, pass_fds=[descriptor]) as process:
        try:
            yield process
        finally:
            process.kill()


def test_whoever_waits_is_the_next() -> None:
    with TemporaryFile() as file:
        file.truncate(8)
        memory, turns = mmap.mmap(file.fileno(), 0), SharedTurns(file.fileno())

        def count() -> int:
            return int.from_bytes(memory[:8])

        with greedy(file.fileno()):
            assert wait_until(lambda: count() > 0)
            passed = 0
            for _ in range(20):
                before = count()
                turns.take()
                after = count()
                # It is this process's turn alone.
                assert not wait_until(lambda after=after: count() != after, seconds=0.005)  # type: ignore[misc]
                turns.leave()
                assert wait_until(lambda after=after: count() > after)  # type: ignore[misc]
                passed += after - before
            # The turn at hand ended, and a few came between: two looks are never at the same time.
            assert passed <= 60


def test_nobody_waits_for_long_for_one_that_hangs_or_is_gone() -> None:
    with TemporaryFile() as file:
        file.truncate(8)
        memory, turns = mmap.mmap(file.fileno(), 0), SharedTurns(file.fileno())
        with greedy(file.fileno()) as process:
            assert wait_until(lambda: any(memory[:8]))
            process.send_signal(signal.SIGSTOP)
            # What SQLite says then, is another matter.
            turns.take()
            turns.leave()
            process.kill()
            assert process.wait(SOON) == -signal.SIGKILL
            turns.take()
            turns.leave()
