"""Half of the load that is carried, for long: `make soak MINUTES=30`, on SQLite or, with ENGINE=postgres, PostgreSQL.

Memory, open files, threads and times of answers are looked at each minute. Ends with 1 on an error, if a process ends, if
memory grows from the second third to the last (the journal and the outbox were filled before), or if the p99 of the last
third is more than twice that of the first.
"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

import uvloop

from cluster import FAULTS, find_session
from emulator import PASSWORD
from engines import make_schema
from postgres_server import running
from processes import Processors, Sample, Spent, take
from soak_clients import CLIENTS, OWNER, Load, mail
from wire import Process

WORKERS = 2
#: Seconds of a line of the table, at most; a short run has this many lines.
LINE, LINES = 60.0, 6
#: Seconds between samples, and of the measure of what is carried.
PACE, MEASURE = 1.0, 10.0
#: By how much the memory of a process may differ between the last two thirds: by what is allocated a little later, or
#: otherwise.
MORE, MORE_MIB = 1.05, 3.0
#: Milliseconds below which nobody minds a p99.
FAST = 10.0
#: Messages and calls that are kept, so that a short run has filled them, too.
KEPT = 10_000, 500


class Line(NamedTuple):
    """What is told of a while.

    :param spent: what the machine's processors did: what others take slows answers.
    """

    seconds: float
    times: list[float]
    samples: list[Sample]
    errors: int
    spent: Spent = Spent(0.0, 0.0)

    def of_times(self, share: float) -> float:
        """Milliseconds that this share of answers took at most."""
        times = sorted(self.times)
        return 1000 * times[min(len(times) - 1, int(share * len(times)))] if times else 0.0


class Soak:
    """One run."""

    def __init__(self, server: Process, seconds: float, kept: int) -> None:
        self._server, self._seconds, self._kept = server, seconds, kept
        self.samples: list[Sample] = []
        self.findings: list[str] = []
        self.most = 0.0

    async def run(self) -> list[Line]:
        """Fill what is kept, measure what is carried, and then do half of that."""
        await self._load(tasks={mail: 1}, smtp_share=0).run(600, most=self._kept)
        measure = min(MEASURE, self._seconds / 3)
        measured = await self._load().run(measure)
        self.most = len(measured.answers) / measure
        print(f"carried: {self.most:.0f} calls a second by {CLIENTS} clients; now half of that", flush=True)
        load = self._load()
        begin = time.monotonic()
        processes = find_session(self._server.number)
        sampling = asyncio.create_task(self._sample(processes))
        telling = asyncio.create_task(self._tell(load, begin))
        await load.run(self._seconds, self.most / 2)
        sampling.cancel()
        lines = await telling
        for error in dict.fromkeys(text for _, text in [*measured.errors, *load.errors]):
            self.findings.append(f"an error: {error}")
        if find_session(self._server.number) != processes:
            self.findings.append("a process ended, or one was added")
        return lines

    def _load(self, **more: object) -> Load:
        return Load(int(self._server.url.rpartition(":")[2]), self._server.smtp_port, **more)  # type: ignore[arg-type]

    async def _sample(self, processes: list[int]) -> None:
        while True:
            self.samples += filter(None, map(take, processes))
            await asyncio.sleep(min(PACE, self._seconds / 30))

    async def _tell(self, load: Load, begin: float) -> list[Line]:
        """Print a line for each while, as it ends."""
        number = max(LINES, round(self._seconds / LINE))
        length = self._seconds / number
        print(
            "  minute  calls/s   p50 ms   p99 ms  CPU ms/call  errors  memory MiB (each process)      files  threads  others",
            flush=True,
        )
        processors = Processors(find_session(self._server.number))
        lines = []
        for turn in range(number):
            end = begin + (turn + 1) * length
            await asyncio.sleep(end - time.monotonic())
            lines.append(self._line(load, end - length, end)._replace(spent=processors.look()))
            print(describe(lines[-1], (end - begin) / 60), flush=True)
        return lines

    def _line(self, load: Load, begin: float, end: float) -> Line:
        return Line(
            end - begin,
            [took for at, took in load.answers if begin <= at < end],
            [each for each in self.samples if begin <= each.at < end],
            sum(begin <= at < end for at, _ in load.errors),
        )


def describe(line: Line, minute: float) -> str:
    """A line of the table."""
    last = {each.process: each for each in line.samples}.values()
    memory = f"{sum(each.memory for each in last):.1f} ({' '.join(f'{each.memory:.1f}' for each in last)})"
    files, threads = sum(each.files for each in last), sum(each.threads for each in last)
    rate = len(line.times) / line.seconds
    taken = 1000 * line.spent.own / max(1, len(line.times))
    return (
        f"{minute:8.2f}{rate:9.0f}{line.of_times(0.5):9.1f}{line.of_times(0.99):9.1f}{taken:13.2f}{line.errors:8}"
        f"  {memory:<30}{files:6}{threads:9}{line.spent.others:8.0%}"
    )


def judge(lines: list[Line]) -> Iterator[str]:
    """What is wrong, of memory and times; see the module."""
    third = len(lines) // 3
    first, second, last = lines[:third], lines[third:-third], lines[-third:]
    before, after = _memory(second), _memory(last)
    for process in before:
        if after.get(process, 0.0) > before[process] * MORE + MORE_MIB:
            yield f"memory of process {process} grew from {before[process]:.1f} to {after[process]:.1f} MiB"
    early, late = (_join(each).of_times(0.99) for each in (first, last))
    if late > 2 * max(early, FAST):
        yield f"the p99 went from {early:.1f} to {late:.1f} ms"


def _join(lines: list[Line]) -> Line:
    return Line(0.0, [took for each in lines for took in each.times], [], 0)


def _memory(lines: list[Line]) -> dict[int, float]:
    """What is in the middle, by processes."""
    found: dict[int, list[float]] = {}
    for each in (each for line in lines for each in line.samples):
        found.setdefault(each.process, []).append(each.memory)
    return {process: median(told) for process, told in found.items()}


def main() -> int:
    """Run, and print what came of it."""
    seconds = 60 * float(os.environ.get("MINUTES") or 30)
    engine = os.environ.get("ENGINE") or "sqlite"
    if engine not in ("sqlite", "postgres") or not seconds > 0:
        sys.exit("ENGINE is sqlite or postgres, and MINUTES more than 0")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended before its time"))
    kept = KEPT[seconds < LINE]
    options = ("--workers", str(WORKERS), "--account", f"{OWNER}:{PASSWORD}", "--smtp-port", "0", "--no-limits")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="legacygrid-soak-")))
        url = f"sqlite:///{folder}/store.db"
        if engine == "postgres":
            url = make_schema(stack.enter_context(running(flushes=True)).url)
        process = Process(folder, url, *options, "--outbox", str(kept), "--journal", str(kept), is_anew=True)
        server = stack.enter_context(process)
        soak = Soak(server, seconds, kept)
        lines = uvloop.run(soak.run())
        findings = [*soak.findings, *judge(lines)]
        if any(word in server.log.read_text() for word in FAULTS):
            findings.append(f"a fault in the log: {server.log.read_text()[:500]}")
    print(f"\n{engine}, {WORKERS} workers, {sum(len(each.times) for each in lines)} calls; found: {len(findings)}")
    for each in findings:
        print(f"  {each}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
