"""Subusers that many add at once: how many a second, on a slow disk, too, beside a neighbour, and
against an older commit.
"""

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from neighbours import neighbour, worst
from processes import Answers, Load, Served, emulator, load, p99, serving
from scenery import FRESH, NAME, PASSWORD, Figure, at_most, new_subuser, plant, post

#: Turns in which both commits are measured, and the seconds of one.
TURNS, SECONDS = 7, 2.0
SLOW_DISK = Path(__file__).with_name("slow_disk.c")
#: The command that runs a version of Legacygrid with more arguments.
Command = Callable[..., list[str]]


def add(served: Served, clients: int, seconds: float, turn: int = 0) -> Answers:
    """What the clients see who add subusers; names of each turn are its own."""
    with _adding(served, clients, seconds, turn) as at_work:
        return at_work.ended()


def _adding(
    served: Served, clients: int, seconds: float, turn: int = 0
) -> contextlib.AbstractContextManager[Load]:
    request = post("/apiv2/customer.add.json", new_subuser(f"new{turn}-{FRESH}"))
    return load(served, request, "success", seconds, clients)


def measure_adding(folder: Path) -> Iterator[Figure]:
    """customer.add by 16 clients."""
    for cost, seconds in ((4, 8), (8, 6), (10, 12)):
        name = f"customer.add, 16 clients, bcrypt cost {cost}"
        with emulator(plant(folder / f"add{cost}.db", 0), cost) as served:
            answers = add(served, 16, seconds)
        yield from _figures(name, answers)
        if cost == 4:
            yield at_most(f"{name}: p99", p99(answers.milliseconds()), 100, "ms")
    name = "customer.add, 16 clients, fsync 5 ms slower"
    with slow_disk() as disk:
        if not disk:
            yield Figure(name, "NOT MEASURED: no C compiler")
            return
        with emulator(plant(folder / "slow.db", 0), preload=disk) as served:
            answers = add(served, 16, 5)
    yield from _figures(name, answers)


def _figures(name: str, answers: Answers) -> Iterator[Figure]:
    took = answers.milliseconds()
    speed = f"{answers.rate():.0f}/s, p50 {median(took):.1f} ms, p99 {p99(took):.1f} ms"
    yield Figure(name, speed)
    yield Figure(f"{name}: errors", str(len(answers.errors)), "0", not answers.errors)


def measure_neighbour(folder: Path) -> Iterator[Figure]:
    """One client that reads beside 16 who write."""
    with emulator(plant(folder / "beside.db", 100)) as served:
        with neighbour(served) as load:
            alone = load.ended()
        with _adding(served, 16, 7), neighbour(served) as load:
            beside = load.ended()
    for name, answers in (
        ("of one client alone", alone),
        ("beside 16 clients of customer.add", beside),
    ):
        took = answers.milliseconds()
        usual = f"median {median(took):.2f} ms, p99 {p99(took):.1f} ms"
        yield Figure(f"profile.get {name}", usual)
        yield Figure(f"profile.get {name}: worst", f"{worst(answers):.1f} ms")


@contextlib.contextmanager
def slow_disk() -> Iterator[str]:
    """A library that makes fsync slower, while the block runs; none where nothing compiles it."""
    compiler = shutil.which("cc")
    if compiler is None:
        print("no C compiler: nothing is measured on a slow disk", file=sys.stderr)
        yield ""
        return
    with tempfile.TemporaryDirectory(prefix="legacygrid-bench-") as folder:
        library = f"{folder}/slow_disk.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, SLOW_DISK, "-ldl"], check=True)
        yield library


def rows_against(old: Command, new: Command) -> Iterator[str]:
    """How many subusers a second both commits add, and the slowest, by turns; a row for each."""
    with slow_disk() as disk:
        yield from _turns("customer.add served, 1 client", old, new, 1, "")
        yield from _turns("customer.add served, 16 clients", old, new, 16, "")
        if disk:
            yield from _turns("the same, fsync 5 ms slower", old, new, 16, disk)
        else:
            yield "the same, fsync 5 ms slower              NOT MEASURED: no C compiler"


def _turns(name: str, old: Command, new: Command, clients: int, disk: str) -> Iterator[str]:
    with _serving(old, disk) as before, _serving(new, disk) as now:
        pairs = []
        for turn in range(TURNS):
            order = (before, now) if turn % 2 else (now, before)
            seen = {served.port: add(served, clients, SECONDS, turn) for served in order}
            pairs.append((seen[before.port], seen[now.port]))
    yield _row(name, "/s", [(a.rate(), b.rate()) for a, b in pairs])
    slowest = [(p99(a.milliseconds()), p99(b.milliseconds())) for a, b in pairs]
    yield _row(f"{name}: p99", "ms", slowest)


def _row(name: str, unit: str, pairs: list[tuple[float, float]]) -> str:
    before, now = (median(each) for each in zip(*pairs, strict=True))
    ratio = median(now / before for before, now in pairs)
    return f"{name:40} {before:9.0f} {unit} {now:9.0f} {unit} {ratio:9.2f}"


@contextlib.contextmanager
def _serving(command: Command, disk: str) -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="legacygrid-bench-") as folder:
        url = f"sqlite:///{folder}/store.db"
        options = ("--database", url, "--bcrypt-cost", "4", "--account", f"{NAME}:{PASSWORD}")
        with serving(
            *command("legacygrid", "serve", "--port", "0", *options), preload=disk
        ) as served:
            yield served


PARTS = (
    ("Adding subusers", measure_adding),
    ("A neighbour of many who write", measure_neighbour),
)
