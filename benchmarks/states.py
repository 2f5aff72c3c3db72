"""A state of a million subusers: out of a store, and into one; what that does to another client."""

import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from processes import Served, emulator, neighbour
from scenery import Figure, at_most, plant
from served import sampled

COUNT = 1_000_000
SECONDS, MEMORY, WORST = 25, 128, 20


def measure_states(folder: Path) -> Iterator[Figure]:
    """`GET state` and `PUT state`, and the commands that do the same."""
    document = folder / "state.json"
    url = plant(folder / "states.db", COUNT)
    with emulator(url) as served:
        yield from _measure("GET state", served, lambda: _get(served, document))
    yield from _run("export", url, folder / "export.json")
    (folder / "export.json").unlink()
    (folder / "states.db").unlink()
    with emulator(f"sqlite:///{folder / 'put.db'}") as served:
        yield from _measure("PUT state", served, lambda: _put(served, document))
    document.unlink()


def _measure(name: str, served: Served, act: Callable[[], None]) -> Iterator[Figure]:
    with neighbour(served, 600) as load, sampled(served) as sizes:
        time.sleep(2)
        idle, started = max(sizes), time.monotonic()
        act()
        ended = time.monotonic()
        peak = max(sizes)
        answers = load.stop()
    alone, took = (answers.milliseconds(*each) for each in ((0, started), (started, ended)))
    asked = f"{name}, {COUNT:,} subusers"
    yield at_most(asked, ended - started, SECONDS, "s")
    yield at_most(f"{asked}: memory above idle", peak - idle, MEMORY, "MiB")
    yield at_most(f"{asked}: worst profile.get of another client", max(took), WORST, "ms")
    yield Figure(f"{name}: the same before it", f"{max(alone):.1f} ms")


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


def _run(command: str, url: str, out: Path) -> Iterator[Figure]:
    """One command on the store: its time, and the memory of its process."""
    started = time.monotonic()
    with out.open("wb") as file:
        legacygrid = str(Path(sys.executable).with_name("legacygrid"))
        subprocess.run([legacygrid, command, "--database", url], stdout=file, check=True)
    took = time.monotonic() - started
    yield at_most(f"legacygrid {command}, {COUNT:,} subusers", took, SECONDS, "s")
    # Of the largest of all that have ended, and none of those before was larger.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield Figure(f"legacygrid {command}: memory of the process", f"{peak:.0f} MiB at most")
