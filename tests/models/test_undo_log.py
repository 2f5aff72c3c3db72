"""A reset goes back to each row as it was, whatever happened in between: as whole copies would tell."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.waits

PROGRAM = Path(__file__).parents[1] / "support" / "random_changes.py"


@pytest.mark.parametrize("seed", range(4))
def test_resets_leave_what_whole_copies_have(seed: int) -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, str(seed), "400"], stderr=subprocess.PIPE, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
