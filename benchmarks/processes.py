"""Processes that the measures need: the shipped server, the bare route on the same server, the load
generator.
"""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from scenery import NAME, PASSWORD

HERE = Path(__file__).parent
LEGACYGRID = str(Path(sys.executable).with_name("legacygrid"))
#: How the lines begin that say where a server takes calls, and mail.
HTTP, SMTP = "Listening on http://127.0.0.1:", "SMTP on 127.0.0.1:"


@dataclass
class Served:
    """A server that answers."""

    process: subprocess.Popen[str]
    port: int

    def pss(self) -> float:
        """Its memory in MiB: private pages, and its share of those that others have, too."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        found = re.search(r"^Pss: +(\d+) kB", text, re.MULTILINE)
        assert found is not None
        return int(found[1]) / 1024

    def processor_seconds(self) -> float:
        """What it has used so far; also what threads used that have ended."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ask(self, request: bytes, first: Callable[[], None] = lambda: None) -> bytes:
        """The whole answer to a request that closes the connection; `first` is called as it begins."""
        chunks = []
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(request)
            while chunk := connection.recv(1024 * 1024):
                if not chunks:
                    first()
                chunks.append(chunk)
        return b"".join(chunks)


@contextlib.contextmanager
def serving(*command: str, preload: str = "", line: str = HTTP) -> Iterator[Served]:
    """Run a server until the block ends.

    :param preload: a library that is loaded before all others.
    :param line: how the line begins that says its port.
    """
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith("LEGACYGRID_")
    }
    if preload:
        environ["LD_PRELOAD"] = preload
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ
    ) as process:
        assert process.stdout is not None
        try:
            said = (each for each in process.stdout if each.startswith(line))
            port = re.findall(r"\d+", next(said).removeprefix(line))[0]
            yield Served(process, int(port))
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def emulator(
    url: str, cost: int = 4, *more: str, preload: str = "", line: str = HTTP
) -> contextlib.AbstractContextManager[Served]:
    """The emulator over a store, with more options."""
    options = ("--port", "0", "--bcrypt-cost", str(cost), "--account", f"{NAME}:{PASSWORD}", *more)
    return serving(LEGACYGRID, "serve", "--database", url, *options, preload=preload, line=line)


def bare() -> contextlib.AbstractContextManager[Served]:
    """The bare route."""
    return serving(sys.executable, str(HERE / "scenery.py"))


@dataclass
class Answers:
    """What the load generator saw: when each call began, and how long it took, in seconds."""

    samples: list[tuple[float, float]]
    errors: list[str]
    begin: float

    def milliseconds(self, since: float = 0.0, until: float = float("inf")) -> list[float]:
        """How long the calls took that were under way in that time."""
        return [
            took * 1000 for start, took in self.samples if start + took >= since and start < until
        ]

    def rate(self) -> float:
        """Calls a second."""
        return len(self.samples) / (self.end() - self.begin)

    def end(self) -> float:
        """When the last answer came."""
        return max(start + took for start, took in self.samples)


def p99(values: list[float]) -> float:
    """What 99 of 100 are below."""
    return quantiles(values, n=100)[98]


@dataclass
class Load:
    """A load generator at work."""

    process: subprocess.Popen[str]
    out: Path

    def stop(self) -> Answers:
        """What it saw until now."""
        self.process.terminate()
        return self.ended()

    def ended(self) -> Answers:
        """What it saw, once it is done."""
        self.process.wait()
        answers = Answers(**json.loads(self.out.read_text()))
        assert answers.samples, answers.errors[:1]
        return answers


def load(
    served: Served, request: bytes, expect: str, seconds: float, clients: int, pause: float = 0
) -> contextlib.AbstractContextManager[Load]:
    """Start a load generator, wait until it is warm."""
    return generating(
        str(HERE / "load.py"),
        port=served.port,
        clients=clients,
        seconds=seconds,
        warm=0.5,
        pause=pause,
        request=request.decode(),
        expect=expect,
    )


@contextlib.contextmanager
def generating(program: str, **plan: str | float) -> Iterator[Load]:
    """Start a program that makes calls by a plan, wait until it is warm."""
    with tempfile.NamedTemporaryFile(prefix="legacygrid-bench-") as file:
        command = [sys.executable, program, json.dumps(plan | {"out": file.name})]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                process.stdout.readline()
                yield Load(process, Path(file.name))
            finally:
                process.kill()


def loaded(served: Served, request: bytes, expect: str, seconds: float, clients: int) -> Answers:
    """What a load generator saw from its start to its end."""
    with load(served, request, expect, seconds, clients) as at_work:
        return at_work.ended()
