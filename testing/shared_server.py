"""One server for all test processes that run side by side, however they end.

Each process holds a shared lock on a file while it uses the server. The server waits for the
exclusive lock, which it gets when the last process has ended, also if that was killed: the system
releases the locks of a process that ends.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from legacygrid.testing.admin import Admin
from legacygrid.testing.client import AdminError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: Calls that the journal holds: those of tests that run side by side, each cleared at its test's
#: end.
JOURNAL = 100_000
#: Seconds that a server may take to start, and to end.
PATIENCE = 60
_FLAGS = (
    "serve",
    "--port",
    "0",
    "--quiet",
    "--database",
    "sqlite:///:memory:",
    "--bcrypt-cost",
    "4",
    "--smtp-port",
    "0",
    # However many clients a test has, they have one address.
    "--no-limits",
    # Whoever has it listen elsewhere, too, sets a token if there shall be one.
    "--no-admin-token",
)


class ServerError(Exception):
    """The server did not start; the message has its output."""


@contextmanager
def shared_server(folder: Path, options: Sequence[str] = ()) -> Iterator[str]:
    """The URL of a server that ends with the last of its users.

    :param folder: what the processes share; on a system without file locks, each has its own
        server.
    :param options: more flags of `legacygrid serve`; those of the first process count.
    :raises ServerError: it does not start.
    """
    if fcntl is None:
        with _own_server(folder, options) as url:
            yield url
        return
    with _lock(folder / "legacygrid-users.lock", fcntl.LOCK_SH) as users:
        with _lock(folder / "legacygrid-start.lock", fcntl.LOCK_EX):
            url = _find_running(folder) or _start(folder, users.name, options)
        yield url


@contextmanager
def _lock(path: Path, how: int) -> Iterator[IO[Any]]:
    with path.open("a") as file:
        fcntl.flock(file, how)
        yield file


def _find_running(folder: Path) -> str:
    """The URL of the server that somebody else has started; the empty text if there is none, or
    none any more.
    """
    told = folder / "legacygrid-server.json"
    if not told.exists():
        return ""
    url: str = json.loads(told.read_text())["url"]
    try:
        Admin(url).health()
    except AdminError:
        return ""
    return url


def _start(folder: Path, lock: str, options: Sequence[str]) -> str:
    told = folder / "legacygrid-server.json"
    process, url = _launch(folder, [lock, str(told)], options, subprocess.DEVNULL)
    told.write_text(json.dumps({"url": url, "pid": process.pid}))
    # Takes note of its end, whenever that is: whoever started it may be gone before the others.
    threading.Thread(target=process.wait, name="legacygrid-reaper", daemon=True).start()
    return url


@contextmanager
def _own_server(folder: Path, options: Sequence[str]) -> Iterator[str]:
    process, url = _launch(folder, ["-", "-"], options, subprocess.PIPE)
    try:
        yield url
    finally:
        assert process.stdin  # noqa: S101 - it is a pipe
        process.stdin.close()
        process.wait(PATIENCE)


def _launch(
    folder: Path, lifeline: list[str], options: Sequence[str], stdin: int
) -> tuple[subprocess.Popen[str], str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("LEGACYGRID_")}
    # Nor by a file of settings that is in the current folder.
    own["LEGACYGRID_CONFIG"] = os.devnull
    command = [sys.executable, "-m", "legacygrid.testing.serve_shared", *lifeline, *_FLAGS]
    log = folder / "legacygrid-server.log"
    with log.open("a") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--journal", str(JOURNAL), *options],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
            # Where the project under test has no modules that could shadow ours.
            cwd=folder,
            env=own,
            text=True,
            # A Ctrl-C in the terminal is for the tests; they need the server until they are done.
            start_new_session=True,
        )
    url = _wait_for_url(process)
    if not url:
        raise ServerError(f"legacygrid serve did not start:\n{log.read_text()}")
    return process, url


def _wait_for_url(process: "subprocess.Popen[str]") -> str:
    assert process.stdout  # noqa: S101 - it is a pipe
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        with process.stdout:
            for line in process.stdout:
                if line.startswith("Listening on "):
                    return line.removeprefix("Listening on ").strip()
    finally:
        watchdog.cancel()
    process.wait()
    return ""
