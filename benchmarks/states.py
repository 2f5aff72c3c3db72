"""A state of a million subusers: out of a store, and into one; what that does to another client."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from neighbours import WINDOWS, Span, neighbour, span_of, worst_alone, worst_beside
from processes import LEGACYGRID, Served, emulator
from scenery import Figure, at_most, plant
from served import sampled

COUNT = 1_000_000
SECONDS, MEMORY = 25, 128


def measure_states(folder: Path) -> Iterator[Figure]:
    """`GET state` and `PUT state`, and the commands that do the same."""
    document = folder / "state.json"
    url = plant(folder / "states.db", COUNT)
    with emulator(url) as served:
        yield from _measure("GET state", served, lambda: _get(served, document), WINDOWS)
        yield from _measure_export(served, url, folder / "export.json")
    (folder / "export.json").unlink()
    (folder / "states.db").unlink()
    with emulator(f"sqlite:///{folder / 'put.db'}") as served:
        yield from _measure("PUT state", served, lambda: _put(served, document))
    document.unlink()


def _measure(
    name: str, served: Served, act: Callable[[], None], times: int = 1
) -> Iterator[Figure]:
    yield worst_alone(served, f"profile.get before {name}")
    with neighbour(served, 600) as load, sampled(served) as sizes:
        time.sleep(0.5)
        idle = max(sizes)
        spans = [span_of(act) for _ in range(times)]
        peak = max(sizes)
        answers = load.stop()
    asked = f"{name}, {COUNT:,} subusers"
    yield at_most(asked, _usual(spans), SECONDS, "s")
    yield at_most(f"{asked}: memory above idle", peak - idle, MEMORY, "MiB")
    yield worst_beside(asked, answers, spans)


def _usual(spans: list[Span]) -> float:
    """Seconds that it took."""
    return median(ended - started for started, ended in spans)


def _get(served: Served, path: Path) -> None:
    with (
        socket.create_connection(("127.0.0.1", served.port)) as connection,
        path.open("wb") as file,
    ):
        connection.sendall(
            b"GET /__admin/state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        head, _, begin = connection.recv(65536).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        file.write(begin)
        while chunk := connection.recv(1024 * 1024):
            file.write(chunk)


def _put(served: Served, path: Path) -> None:
    size = path.stat().st_size
    # Beside the world in which the other client is.
    head = f"PUT /~million/__admin/state HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n"
    with (
        socket.create_connection(("127.0.0.1", served.port)) as connection,
        path.open("rb") as file,
    ):
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
        connection.sendfile(file)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.endswith(b'{"added":%d}\n' % (COUNT + 1)), answer


def _measure_export(served: Served, url: str, out: Path) -> Iterator[Figure]:
    """`legacygrid export` of the store of a server: its time, and the memory of its process."""
    sizes: list[float] = []
    with neighbour(served, 600) as load:
        spans = [span_of(lambda: sizes.append(_export(url, out))) for _ in range(WINDOWS)]
        answers = load.stop()
    asked = f"legacygrid export, {COUNT:,} subusers"
    yield at_most(asked, _usual(spans), SECONDS, "s")
    yield Figure("legacygrid export: memory of the process", f"{max(sizes):.0f} MiB at most")
    yield worst_beside(asked, answers, spans)


def _export(url: str, out: Path) -> float:
    """Export once; MiB that it took at most."""
    command = [LEGACYGRID, "export", "--database", url]
    with out.open("wb") as file:
        process = subprocess.Popen(command, stdout=file)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss / 1024
