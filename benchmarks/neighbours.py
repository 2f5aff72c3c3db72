"""A neighbour: one client that asks for its profile, and how long it waits beside what others do.

Run as a program, it is that client.
"""

import contextlib
import gc
import json
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from processes import Answers, Load, Served, generating
from scenery import PROFILE_GET, Figure, at_most, form, post

#: Milliseconds that it may wait, whatever others do.
LIMIT = 20
#: One worst answer is a matter of chance: the figure is the median of the worst of so many windows,
#: each of so many seconds where nothing else says how long.
WINDOWS, SECONDS = 3, 1.5
#: Seconds between an answer and the next request.
PAUSE = 0.002
#: SO_TIMESTAMPNS of Linux, and the timespec that it gives.
STAMPS, TIMESPEC = 35, struct.Struct("qq")

Span = tuple[float, float]


def neighbour(
    served: Served, seconds: float = WINDOWS * SECONDS
) -> contextlib.AbstractContextManager[Load]:
    """One client that asks for its profile every few milliseconds."""
    request = post(PROFILE_GET, form()).decode()
    return generating(__file__, port=served.port, seconds=seconds, request=request)


def worst(answers: Answers, spans: Sequence[Span] = ()) -> float:
    """Milliseconds of the worst answer, the median of all windows.

    :param spans: from when to when others did something, of which the windows have turns; without
        any they did it all the time.
    """
    if not spans:
        begin, length = answers.begin, (answers.end() - answers.begin) / WINDOWS
        spans = [(begin + length * n, begin + length * (n + 1)) for n in range(WINDOWS)]
    windows = (spans[number::WINDOWS] for number in range(min(WINDOWS, len(spans))))
    return median(max(_took(answers, window)) for window in windows)


def _took(answers: Answers, window: Sequence[Span]) -> list[float]:
    return [took for span in window for took in answers.milliseconds(*span)]


def worst_alone(served: Served, name: str = "profile.get of one client alone") -> Figure:
    """The same while nobody does anything: what the machine itself adds."""
    with neighbour(served) as load:
        return Figure(f"{name}: worst", f"{worst(load.ended()):.1f} ms")


def worst_beside(name: str, answers: Answers, spans: Sequence[Span] = ()) -> Figure:
    """The figure of what others did, against its target."""
    took = worst(answers, spans)
    return at_most(f"{name}: worst profile.get of another client", took, LIMIT, "ms")


def span_of(act: Callable[[], object]) -> Span:
    """From when to when something was done."""
    started = time.monotonic()
    act()
    return started, time.monotonic()


def repeated(served: Served, ask: Callable[[], float]) -> tuple[list[float], Answers]:
    """How long something took each time, in seconds, and what a neighbour saw meanwhile."""
    ask()
    with neighbour(served) as load:
        until = time.monotonic() + WINDOWS * SECONDS - 0.5
        times = [ask()]
        while time.monotonic() < until:
            times.append(ask())
        return times, load.ended()


def watch(port: int, seconds: float, request: bytes) -> Answers:
    """Ask until the time is over, or until SIGTERM.

    An answer is there when the kernel has it, not when this process gets round to reading it.
    """
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -20)
    gc.disable()
    seen = Answers([], [], 0.0)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.SOL_SOCKET, STAMPS, 1)
        for _ in range(100):
            _ask(connection, request, Answers([], [], 0.0))
        print("measuring", flush=True)
        seen.begin = time.monotonic()
        while not stopped and time.monotonic() < seen.begin + seconds:
            _ask(connection, request, seen)
            time.sleep(PAUSE)
    return seen


def _ask(connection: socket.socket, request: bytes, seen: Answers) -> None:
    started, clock = time.monotonic(), time.time()
    connection.sendall(request)
    answer, stamps, *_ = connection.recvmsg(65536, 64)
    took = time.time() - clock
    for *_, stamp in stamps:
        seconds, nanoseconds = TIMESPEC.unpack(stamp)
        took = seconds + nanoseconds / 1e9 - clock
    if answer.startswith(b"HTTP/1.1 200") and answer.rstrip().endswith(b"]"):
        seen.samples.append((started, took))
    else:
        seen.errors.append(answer[-200:].decode("latin-1"))


if __name__ == "__main__":
    plan = json.loads(sys.argv[1])
    seen = watch(plan["port"], plan["seconds"], plan["request"].encode())
    Path(plan["out"]).write_text(json.dumps(vars(seen)))
