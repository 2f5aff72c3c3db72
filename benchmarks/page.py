"""docs/benchmarks.md, made of what each part measured last: docs/benchmarks.json keeps that, so that
parts can be measured apart.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from scenery import Figure

DOCS = Path(__file__).parent.parent / "docs"
PAGE, KEPT = DOCS / "benchmarks.md", DOCS / "benchmarks.json"
Section = tuple[str, list[Figure]]

METHOD = """\
`make bench` measures and writes this page; `make bench ONLY=start PAGE=1` measures a part of it anew, and each part says when it
was measured. Figures without a target are for comparison only. Of several rounds, a row is that of the one whose first number is
in the middle.

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


def keep(sections: Iterable[Section], machine: Sequence[str], run: str) -> None:
    """Keep what was measured of some parts, in the place of what they measured before.

    :param machine: lines of what it was measured on.
    :param run: a line of when, and how well, it was measured.
    """
    kept = _read()
    for title, figures in sections:
        rows = [list(vars(figure).values()) for figure in figures]
        kept[title] = {"run": run, "machine": list(machine), "figures": rows}
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def write(titles: Iterable[str]) -> None:
    """Write the page.

    :param titles: of all parts, in their order; what was never measured is left out.
    """
    kept = _read()
    parts = {title: kept[title] for title in titles if title in kept}
    PAGE.write_text("\n".join(_lines(parts)))


def word(figure: Figure) -> str:
    """Whether it has met its target, if it has one."""
    return {None: "", True: "met", False: "NOT MET"}[figure.met]


def _read() -> dict[str, Any]:
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def _lines(parts: dict[str, Any]) -> Iterator[str]:
    yield from ("# Benchmarks", "", METHOD)
    machines = list(dict.fromkeys(tuple(part["machine"]) for part in parts.values()))
    for number, machine in enumerate(machines, 1):
        yield from ([f"Machine {number}:", ""] if len(machines) > 1 else [])
        yield from (*machine, "")
    for title, part in parts.items():
        where = f", on machine {machines.index(tuple(part['machine'])) + 1}"
        yield from (f"## {title}", "", f"{part['run']}{where if len(machines) > 1 else ''}.", "")
        yield from ("| Figure | Measured | Target | |", "| --- | --- | --- | --- |")
        for row in part["figures"]:
            figure = Figure(*row)
            yield f"| {figure.name} | {figure.measured} | {figure.target} | {word(figure)} |"
        yield ""
