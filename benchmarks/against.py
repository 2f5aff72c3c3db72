"""This tree against an older commit, by turns in one run: `make bench-against REF=main`. Words of
`ONLY` choose rows, and `ROUNDS` of all take the one in the middle, as those of `make bench` do.

Both are driven by what every version has: `legacygrid.app:create_app`, the command line, HTTP and
SMTP. A ratio is the median of the ratios of all turns, so what else the machine does meets both.
"""

import json
import os
import shutil
import smtplib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import Any

import adding
import rounds

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
NAME, PASSWORD = "bench-parent", "parent-password1"
TURNS = 11
#: What a driver is asked for, and how many calls a turn has.
CALLS = {
    "profile.get": 200,
    "customer.profile get, one of 100": 100,
    "customer.profile get, all of 100": 30,
    "customer.add": 20,
    "mail.send": 40,
    "SMTP2GO email/send": 40,
    "control API: calls that fit": 20,
    "console: the page to log in": 40,
}
#: The same of a driver whose account has so many subusers.
SUBUSERS = 100_000
LISTS = ("a list as JSON", "a list as XML")
PROFILE = {
    "email": "s@example.com", "first_name": "Augusta", "last_name": "Lovelace",
    "address": "12 St James's Square", "city": "London", "state": "London", "zip": "SW1Y 4JH",
    "country": "GB", "phone": "555-0100", "website": "http://www.example.com",
    "company": "Analytical Engines",
}  # fmt: skip
#: What can be measured alone: its name, and the rows of it.
Part = tuple[str, Callable[[], Iterator[str]]]
#: Messages that a server is sent by SMTP in a turn.
MESSAGES = 60


@dataclass
class Tree:
    """One version: a folder that has it as `legacygrid`."""

    folder: Path
    subusers: int = 100
    driver: Any = None
    server: Any = None
    smtp_port: int = 0

    def environment(self, **more: str) -> dict[str, str]:
        """That of its processes; each has a store of its own."""
        own = {key: value for key, value in os.environ.items() if not key.startswith("LEGACYGRID_")}
        ours = {"LEGACYGRID_DATABASE": "sqlite:///:memory:", "LEGACYGRID_BCRYPT_COST": "4"}
        return own | ours | {"LEGACYGRID_SEED": self.seed()} | more

    def seed(self) -> str:
        """The file of the account with so many subusers."""
        path = self.folder / f"seed-{self.subusers}.json"
        if not path.exists():
            path.write_text(json.dumps(_seed(self.subusers)))
        return str(path)

    def command(self, *arguments: str) -> list[str]:
        """Its driver, or what the driver is to run."""
        return [sys.executable, str(HERE / "driver.py"), str(self.folder), *arguments]

    def calls(self, name: str, count: int) -> float:
        """Processor seconds of one call, from a turn of so many."""
        self.driver.stdin.write(json.dumps([name, count]) + "\n")
        self.driver.stdin.flush()
        return float(self.driver.stdout.readline()) / count

    def runs(self, *arguments: str) -> float:
        """Processor seconds of a command from its start to its end."""
        before = getrusage(RUSAGE_CHILDREN)
        subprocess.run(
            self.command("legacygrid", *arguments),
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        after = getrusage(RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    def mails(self) -> float:
        """Processor seconds that the server takes for one mail by SMTP."""
        before = spent(self.server.pid)
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as client:
            client.login(NAME, PASSWORD)
            for number in range(MESSAGES):
                mail = f"From: a@example.com\r\nSubject: {number}\r\n\r\ntext"
                client.sendmail("a@example.com", ["b@example.com"], mail)
        return (spent(self.server.pid) - before) / MESSAGES


def spent(pid: int) -> float:
    """Processor seconds that the threads of a process have taken so far. Those of the process itself
    are counted in hundredths, which is as much as ten mails.
    """
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e9


def main(ref: str) -> None:
    """Measure, and print a row for each measure."""
    with tempfile.TemporaryDirectory(prefix="against-") as folder, ExitStack() as stack:
        old, new = Tree(Path(folder, "old")), Tree(Path(folder, "new"))
        (old.folder / "legacygrid").mkdir(parents=True)
        new.folder.mkdir()
        (new.folder / "legacygrid").symlink_to(ROOT)
        archive = subprocess.run(
            ["git", "archive", ref], cwd=ROOT, stdout=subprocess.PIPE, check=True
        )
        target = str(old.folder / "legacygrid")
        subprocess.run(["tar", "-x", "-C", target], input=archive.stdout, check=True)
        for tree in (old, new):
            stack.enter_context(_driving(tree))
            stack.enter_context(_serving(tree))
        parts = rounds.chosen(_parts(old, new), lambda part: part[0])
        print(f"{'processor time of':40} {ref[:12]:>12} {'this tree':>12} {'new/old':>9}")
        seen = [list(_round(parts)) for _ in range(rounds.rounds())]
    if len(seen) > 1:
        print(f"\nin the middle of {len(seen)} rounds")
        for same in zip(*seen, strict=True):
            print(rounds.middle(same, lambda row: row.rsplit(maxsplit=1)[-1]))


def _round(parts: list[Part]) -> Iterator[str]:
    """The rows of all parts; each is printed as it comes."""
    for _, rows in parts:
        for row in rows():
            print(row, flush=True)
            yield row


def _parts(old: Tree, new: Tree) -> Iterator[Part]:
    for name, take, turns in _measures():
        yield name, partial(_row, name, take, old, new, turns)
    yield "customer.add served", partial(adding.rows_against, old.command, new.command)
    yield f"lists of {SUBUSERS:,} subusers", partial(_lists, old, new)


def _lists(old: Tree, new: Tree) -> Iterator[str]:
    with ExitStack() as stack:
        before, now = (replace(tree, subusers=SUBUSERS) for tree in (old, new))
        for tree in (before, now):
            stack.enter_context(_driving(tree))
        for kind in LISTS:
            take = partial(Tree.calls, name=kind, count=1)
            yield from _row(f"{kind}, {SUBUSERS:,} subusers", take, before, now, 5)


def _measures() -> Iterator[tuple[str, Callable[[Tree], float], int]]:
    for name, count in CALLS.items():
        yield name, partial(Tree.calls, name=name, count=count), TURNS
    yield "a mail by SMTP", Tree.mails, TURNS
    yield "legacygrid --help", lambda tree: tree.runs("--help"), 7
    yield "legacygrid routes", lambda tree: tree.runs("routes"), 7
    yield "legacygrid account list", lambda tree: tree.runs("account", "list"), 7


def _row(
    name: str, take: Callable[[Tree], float], old: Tree, new: Tree, turns: int
) -> Iterator[str]:
    """What one measure was for both; the first turns are for warming up."""
    for tree in (old, new):
        take(tree)
    pairs = []
    for number in range(turns):
        order = (old, new) if number % 2 else (new, old)
        took = {id(tree): take(tree) for tree in order}
        pairs.append((took[id(old)], took[id(new)]))
    before, now = (median(each) * 1e6 for each in zip(*pairs, strict=True))
    ratio = median(new / max(old, 1e-9) for old, new in pairs)
    yield f"{name:40} {before:9.0f} us {now:9.0f} us {ratio:9.2f}"


def _seed(count: int) -> dict[str, Any]:
    subusers = [
        {"username": f"subuser-{number:03}", "password_hash": _HASH, **PROFILE}
        for number in range(count)
    ]
    keys = [{"key": f"api-{'k' * 32}"}]
    account = {"username": NAME, "password": PASSWORD, "subusers": subusers, "keys": keys}
    return {"version": 1, "accounts": [account]}


#: Of a password that nobody uses, at the lowest cost.
_HASH = "$2b$04$" + "abcdefghijklmnopqrstuu" + "x" * 31


@contextmanager
def _driving(tree: Tree) -> Iterator[None]:
    """The driver of a tree, which calls its application."""
    with subprocess.Popen(
        tree.command(),
        env=tree.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as driver:
        tree.driver = driver
        yield
        driver.stdin.close()


@contextmanager
def _serving(tree: Tree) -> Iterator[None]:
    """The shipped server of a tree, with SMTP."""
    command = tree.command("legacygrid", "serve", "--port", "0", "--smtp-port", "0")
    with subprocess.Popen(
        command,
        env=tree.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as tree.server:
        for line in tree.server.stdout:
            if line.startswith("SMTP on "):
                tree.smtp_port = int(line.rpartition(":")[2])
            if line.startswith("Listening on http:"):
                break
        try:
            yield
        finally:
            tree.server.terminate()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not shutil.which("git"):
        sys.exit("which commit? make bench-against REF=main")
    main(sys.argv[1])
