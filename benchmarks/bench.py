"""Measure the emulator against its targets: `make bench`. Prints a table and writes
docs/benchmarks.md; `make bench ONLY=start,guesses` prints those of some parts, by words of their
titles. `ROUNDS=3` measures all three times, and takes the round in the middle for each figure.

Exit code 1 says that a target is missed. Needs Linux, which tells the memory of a process in /proc.
"""

import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import adding
import cpu
import filters
import growth
import guessing
import journals
import odd_mail
import pages
import peers
import resets
import rounds
import served
import smtp_mail
import starts
import states
import webhooks
from scenery import Figure

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
LIBRARIES = (
    "flask",
    "werkzeug",
    "marshmallow",
    "peewee",
    "bcrypt",
    "uvicorn",
    "httptools",
    "uvloop",
)
Part = tuple[str, Callable[[Path], Iterator[Figure]]]
Section = tuple[str, list[Figure]]
PARTS: tuple[Part, ...] = (
    ("Processor time of one call", cpu.measure),
    ("Processor time of the console's pages", pages.measure),
    ("Processor time of odd mail", odd_mail.measure_odd_mail),
    *adding.PARTS,
    *served.PARTS,
    ("Mail by SMTP", smtp_mail.measure_mails),
    ("Webhooks", webhooks.measure_webhooks),
    ("Start", starts.measure_starts),
    ("Filters of a million subusers", filters.measure_filters),
    ("A journal of a million calls", journals.measure_journal),
    ("Long lists of the control API", journals.measure_long_lists),
    ("A state of a million subusers", states.measure_states),
    ("Resets of a million subusers", resets.measure_large_resets),
    ("Guesses of passwords", guessing.measure_guessing),
    (growth.TITLE, growth.measure_growth),
    ("Beside other servers", peers.measure_peers),
)

METHOD = """\
`make bench` measures and writes this page. Figures without a target are for comparison only. Where it says how many rounds
there were, a row is that of one round: the one whose first number is in the middle.

- **Processor time of one call.** The WSGI application is called in the benchmark's own process, without a server, warm,
  with the log at its default level. Calls of the emulator alternate in batches with calls of a bare Flask route that
  reads one form field; a ratio is the median over all batches. The time for hashing is measured within each call, and
  subtracted where the figure says so.
- **Pages.** Each page of the console is requested in the benchmark's own process, as a logged-in owner, with 100,000
  subusers, 1,000 logins of each kind, 20,000 messages and a full journal of 10,000 calls; the median of seven.
- **Odd mail** is read by all that reads mail, in the benchmark's own process: its text, HTML, files, header fields and links,
  a footer with tracked links, a search.
- **Mail by SMTP.** One client sends 100 messages after the other on one connection, to `legacygrid serve`, which stores each
  before it answers, and to aiosmtpd's own server, which keeps them in memory; the processor time of both processes, once
  each has logged in. Both servers have one processor and the client another, but for the figures that say otherwise.
- **Clients.** `legacygrid serve` runs as a process, with its log on. Another process makes the load over keep-alive
  connections; each client sends its next request as soon as it has the answer. The bare route runs on the emulator's
  own server class, in a process of its own, alternating with the emulator.
- **A slow disk** is one whose fsync takes 5 ms more, by a library that is put before libc (benchmarks/slow_disk.c).
- **A neighbour** is one client that requests its profile and then pauses for two milliseconds. It is a small process of its
  own, with the highest priority that it may have, and an answer is there when the kernel has it, so that nothing counts
  which keeps the client itself; what the machine adds is its worst answer beside an idle server. One worst answer is a
  matter of chance: a figure is the median of the worst of three windows, each of 1.5 seconds, or of a third of the lists,
  states, exports or resets. `PUT state` is one window.
- **100 bad neighbours** start at one moment. 50 send half a body and wait; 50 request a list of 20,000 subusers and read
  nothing.
- **The journal** has a million calls of ten operations by 50 callers, made in the process of the server; its memory is that above
  a server with none. Searches go over HTTP, one after the other; times are medians. So do lists of 20,000 messages and 10,000
  calls. A neighbour continues its requests meanwhile.
- **Resets** go back after ten changes: eight profiles, a subuser less and one more. The first write follows a first read.
- **Guesses of passwords**: 64 clients without an account try one wrong password after the other, at bcrypt cost 10 and
  without limits by address, while another client writes, then while a neighbour reads. Those who guess at one login are
  told to come again later in the end, and guess on; that is soon at cost 4, where it is measured.
- **Lists** are read by one client as fast as they come; times are the median of three. Memory is the proportional set
  size of the server (`Pss`), sampled every 20 ms during the first list after the start, while a neighbour continues
  its requests.
- **Filters** are asked for by one client, one after the other, in a store of a million subusers with ascending names; times are
  medians. A neighbour continues its requests meanwhile.
- **Start** is from the start of the process to the end of the first answer of `/__admin/health`, with an existing database:
  the median of nine ratios by turns to a script of one Flask route on uvicorn that imports Peewee, marshmallow and bcrypt.
  Without bytecode, the emulator's own modules are compiled at each start, as in an image with `PYTHONDONTWRITEBYTECODE=1`.
- **A state** of a million subusers with all profile fields goes over one connection, to and from a file, while a neighbour
  continues its requests: three times, but once to the server, where it goes into an empty world of the same store. Memory is
  `Pss`, every 20 ms.
- **Cost against size** is what one client waits, who opens a connection for each request: the median of 50 log-ins and
  additions and of 20 filters, all else once; the reset follows ten more additions.
- **Webhooks**: `mail.send` is called in the process, with the app `eventnotify` on and off by turns. A million events are in the
  store when the server starts; another process takes the posts, while a neighbour reads its profile for nine seconds.
- **Beside other servers**: processes of one worker each, at this machine alone, by turns of a second: the emulator, a
  bare route of Flask on the emulator's server, a bare route of Node's `http`, and what else stands in for an API in
  tests: localstripe, and moto as `moto_server` runs it. The emulator has its answers on disk, and its log on; moto
  keeps all in memory, and localstripe writes all that it has at each change. Processor time is that of the server.

What each of these costs with the number of subusers, one line a row of "Cost against size":

![Milliseconds against 1,000 to 1,000,000 subusers](benchmarks-growth.svg)
"""


def main() -> int:
    """Measure everything, or what is asked for; 1 if a target is missed."""
    parts = rounds.chosen(PARTS, _title)
    is_whole = len(parts) == len(PARTS)
    if is_whole:
        peers.require()
    machine = list(_machine())
    print("\n".join(machine), flush=True)
    begun = _processor_seconds()
    sections = _middle([_round(parts) for _ in range(rounds.rounds())])
    machine.append(_noise(begun, _processor_seconds()))
    print(f"\n{machine[-1]}")
    if is_whole:
        growth.draw(dict(sections)[growth.TITLE])
        PAGE.write_text("\n".join(_page(machine, sections)))
    missed = [figure for _, figures in sections for figure in figures if figure.met is False]
    print(f"\n{len(missed)} targets missed" if missed else "\nall targets met")
    return 1 if missed else 0


def _title(part: Part) -> str:
    return part[0]


def _round(parts: list[Part]) -> list[Section]:
    """All parts once, in a new process, so that no round is warmer than the first."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_measure, parts).result()


def _measure(parts: list[Part]) -> list[Section]:
    sections = []
    with tempfile.TemporaryDirectory(prefix="legacygrid-bench-") as folder:
        for title, measure in parts:
            print(f"\n{title}", flush=True)
            figures = []
            for figure in measure(Path(folder)):
                print(_line(figure), flush=True)
                figures.append(figure)
            sections.append((title, figures))
    return sections


def _middle(seen: list[list[Section]]) -> list[Section]:
    """What several rounds say; printed, unless that was done."""
    if len(seen) == 1:
        return seen[0]
    sections = []
    for same in zip(*seen, strict=True):
        title = same[0][0]
        rows = zip(*(figures for _, figures in same), strict=True)
        figures = [rounds.middle(row, lambda figure: figure.measured) for row in rows]
        print(
            "\n".join(["", f"{title}, in the middle of {len(seen)} rounds", *map(_line, figures)])
        )
        sections.append((title, figures))
    return sections


def _line(figure: Figure) -> str:
    row = f"  {figure.name:80} {figure.measured:45} {figure.target:12} {_met(figure)}"
    return row.rstrip()


def _met(figure: Figure) -> str:
    return {None: "", True: "met", False: "NOT MET"}[figure.met]


def _machine() -> Iterator[str]:
    """What it was measured on."""
    yield f"- Measured: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    yield f"- Machine: {os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.machine()}"
    bare = cpu.bare_microseconds()
    yield f"- Speed: a bare Flask route that reads a form takes {bare:.0f} us of processor time in one process"
    yield f"- {platform.python_implementation()} {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    yield f"- {', '.join(f'{name} {version(name)}' for name in LIBRARIES)}"
    if rounds.rounds() > 1:
        yield f"- Each figure is that of the round in the middle, of {rounds.rounds()}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        "processor unknown",
    )


def _processor_seconds() -> tuple[float, float, float]:
    """Seconds of all processors, those that anybody used, and those that this process and its
    children used.
    """
    ticks = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    tick = os.sysconf("SC_CLK_TCK")
    idle, waiting = ticks[3:5]
    return sum(ticks) / tick, (sum(ticks) - idle - waiting) / tick, sum(os.times()[:4])


def _noise(begun: tuple[float, float, float], ended: tuple[float, float, float]) -> str:
    everything, busy, own = (after - before for before, after in zip(begun, ended, strict=True))
    share = max(0.0, busy - own) / everything
    noisy = "; that is noise, so the figures are worse than the emulator" if share > 0.05 else ""
    return f"- Others used {share:.0%} of the processors meanwhile{noisy}"


def _page(machine: list[str], sections: list[tuple[str, list[Figure]]]) -> Iterator[str]:
    yield from ("# Benchmarks", "", METHOD, *machine)
    for title, figures in sections:
        yield from (
            "",
            f"## {title}",
            "",
            "| Figure | Measured | Target | |",
            "| --- | --- | --- | --- |",
        )
        for figure in figures:
            yield f"| {figure.name} | {figure.measured} | {figure.target} | {_met(figure)} |"
    yield ""


if __name__ == "__main__":
    sys.exit(main())
