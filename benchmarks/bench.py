"""Measure the emulator against its targets: `make bench`. Prints a table and writes
docs/benchmarks.md; `make bench ONLY=start,guesses` prints those of some parts, by words of their
titles, and with `PAGE=1` renews them on the page. `ROUNDS=3` measures all three times, and takes the round in the middle for each figure.

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
import page
import pages
import peers
import reports
import resets
import rounds
import served
import several
import smtp_mail
import starts
import states
import webhooks
from page import Section
from scenery import Figure

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
PARTS: tuple[Part, ...] = (
    ("Processor time of one call", cpu.measure),
    ("Processor time of the console's pages", pages.measure),
    ("Processor time of odd mail", odd_mail.measure_odd_mail),
    *adding.PARTS,
    *served.PARTS,
    *several.PARTS,
    ("Mail by SMTP", smtp_mail.measure_mails),
    ("Webhooks", webhooks.measure_webhooks),
    ("Start", starts.measure_starts),
    ("Filters of a million subusers", filters.measure_filters),
    ("A journal of a million calls", journals.measure_journal),
    ("Reports of a million calls", reports.measure_reports),
    ("Long lists of the control API", journals.measure_long_lists),
    ("A state of a million subusers", states.measure_states),
    ("Resets of a million subusers", resets.measure_large_resets),
    ("Guesses of passwords", guessing.measure_guessing),
    (growth.TITLE, growth.measure_growth),
    (growth.ON_POSTGRES, growth.measure_on_postgres),
    ("Beside other servers", peers.measure_peers),
)


def main() -> int:
    """Measure everything, or what is asked for; 1 if a target is missed."""
    parts = rounds.chosen(PARTS, _title)
    is_whole = len(parts) == len(PARTS)
    if is_whole:
        peers.require()
    machine, run = list(_machine()), _run()
    print("\n".join([*machine, run]), flush=True)
    begun = _processor_seconds()
    sections = _middle([_round(parts) for _ in range(rounds.rounds())])
    noise = _noise(begun, _processor_seconds())
    print(f"\n{noise}")
    if is_whole or os.environ.get("PAGE"):
        _show(sections, machine, f"{run}; {noise}")
    missed = [figure for _, figures in sections for figure in figures if figure.met is False]
    print(f"\n{len(missed)} targets missed" if missed else "\nall targets met")
    return 1 if missed else 0


def _show(sections: list[Section], machine: list[str], run: str) -> None:
    """Put them on the page, and into its plot."""
    page.keep(sections, machine, run)
    page.write(map(_title, PARTS))
    if figures := dict(sections).get(growth.TITLE):
        growth.draw(figures)


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
    row = f"  {figure.name:80} {figure.measured:45} {figure.target:12} {page.word(figure)}"
    return row.rstrip()


def _machine() -> Iterator[str]:
    """What it was measured on."""
    yield f"- Machine: {os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.machine()}"
    yield f"- {platform.python_implementation()} {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    yield f"- {', '.join(f'{name} {version(name)}' for name in LIBRARIES)}"


def _run() -> str:
    """When it is measured, and how."""
    many = rounds.rounds()
    often = f" in {many} rounds" if many > 1 else ""
    bare = cpu.bare_microseconds()
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return f"Measured {at}{often}; a bare Flask route that reads a form took {bare:.0f} us"


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
    noisy = ", which is noise: the figures are worse than the emulator" if share > 0.05 else ""
    return f"others used {share:.0%} of the processors{noisy}"


if __name__ == "__main__":
    sys.exit(main())
