"""The programs that run for long do their work, and find what is planted: short versions of them."""

import os
import re
import subprocess
import sys

import pytest

from paths import ROOT
from postgres_server import find_programs, has_user

pytestmark = [
    pytest.mark.waits,
    pytest.mark.skipif(not (find_programs() and has_user()), reason="needs Debian's postgresql"),
]
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


@pytest.mark.takes(25)
def test_chaos_finds_what_is_planted_and_no_more() -> None:
    status, told = run("chaos.py", KILLS="3", SEED="7", PLANTED=",".join(PLANTED))
    found = re.findall(r"^  found: (.*)$", told, re.MULTILINE)
    for name, beginnings in PLANTED.items():
        assert [each for each in found if each.startswith(beginnings[0])], (name, told)
    assert [each for each in found if not each.startswith(sum(PLANTED.values(), ()))] == []
    assert status == 1
    assert re.search(r"^calls: [1-9]\d*$", told, re.MULTILINE)
