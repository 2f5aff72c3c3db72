"""The programs that run for long do their work, and find what is planted: short versions of them."""

import os
import re
import subprocess
import sys

import pytest

from paths import ROOT
from postgres_server import find_programs, has_user
from processes import Sample
from soak import Line, judge

pytestmark = pytest.mark.waits
#: What is planted, and how the findings begin that come of it.
PLANTED = {
    "lost": ("an answered write is lost: subuser", "a server does not tell what was written: subuser"),
    "half": ("half a write: an account without a login",),
    "twice": ("a fault was triggered more often than",),
    "unposted": ("an event was never posted",),
}


def run(program: str, **settings: str) -> tuple[int, str]:
    """A program of this folder: its status, and what it prints."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tests/support"), **settings}
    command = [sys.executable, str(ROOT / "tests/endurance" / program)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.mark.skipif(not (find_programs() and has_user()), reason="needs Debian's postgresql")
@pytest.mark.takes(25)
def test_chaos_finds_what_is_planted_and_no_more() -> None:
    status, told = run("chaos.py", KILLS="3", SEED="7", PLANTED=",".join(PLANTED))
    found = re.findall(r"^  found: (.*)$", told, re.MULTILINE)
    for name, beginnings in PLANTED.items():
        assert [each for each in found if each.startswith(beginnings[0])], (name, told)
    assert [each for each in found if not each.startswith(sum(PLANTED.values(), ()))] == []
    assert status == 1
    assert re.search(r"^calls: [1-9]\d*$", told, re.MULTILINE)


@pytest.mark.takes(10)
def test_a_short_soak_has_no_errors_and_needs_no_more_memory() -> None:
    _, told = run("soak.py", MINUTES="0.1")
    # Others at work on this machine may slow it down.
    assert re.findall(r"^  (?!the p99 went)[a-z].*$", told.partition("found:")[2], re.MULTILINE) == [], told
    assert re.search(r"^carried: [1-9]\d* calls a second", told, re.MULTILINE), told
    # Minute, calls, p50, p99, processor time, errors, memory of all and of each, files, threads, and what others took.
    assert (
        len(
            re.findall(
                r"^ +0\.\d\d +\d+ +[\d.]+ +[\d.]+ +[\d.]+ +0  [\d.]+ \([\d. ]+\) +\d+ +\d+ +\d+%$", told, re.MULTILINE
            )
        )
        == 6
    )


def make_lines(memory: list[float], seconds: list[float]) -> list[Line]:
    """Lines of a process that takes so much memory, and that long for each answer."""
    return [
        Line(60.0, [took] * 100, [Sample(0.0, 7, each, 50, 20)] * 3, 0)
        for each, took in zip(memory, seconds, strict=True)
    ]


STEADY = [0.004] * 6
#: The memory of each line, the seconds, and what is said of them.
JUDGED = {
    "all is as it was": ([70.0] * 6, STEADY, []),
    "it filled what it keeps": ([50, 60, 70, 70, 71, 71], STEADY, []),
    "it grows": ([60, 65, 70, 75, 80, 85], STEADY, ["memory of process 7 grew from 72.5 to 82.5 MiB"]),
    "it gets slow": ([70.0] * 6, [0.02, 0.02, 0.02, 0.03, 0.05, 0.05], ["the p99 went from 20.0 to 50.0 ms"]),
    "it gets slower, and nobody minds": ([70.0] * 6, [0.001, 0.001, 0.001, 0.01, 0.01, 0.01], []),
}


@pytest.mark.parametrize(("memory", "seconds", "said"), JUDGED.values(), ids=JUDGED)
def test_a_soak_is_judged_by_its_thirds(memory: list[float], seconds: list[float], said: list[str]) -> None:
    assert [*judge(make_lines(memory, seconds))] == said
