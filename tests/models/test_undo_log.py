"""A reset goes back to each row as it was, whatever happened in between: as whole copies would tell."""

import subprocess
import sys
from pathlib import Path

import pytest

from emulator import World
from legacygrid.models.monitors import Monitor
from members import OF_PRIMARY, OF_SUBUSER

pytestmark = pytest.mark.waits

PROGRAM = Path(__file__).parents[1] / "support" / "random_changes.py"


@pytest.mark.parametrize("seed", range(4))
def test_resets_leave_what_whole_copies_have(seed: int) -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, str(seed), "400"], stderr=subprocess.PIPE, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_monitor_that_changed_keeps_its_subusers(own_world: World) -> None:
    subuser = {"username": "ada", "password": "secret-1", **OF_SUBUSER}
    seed = {
        "version": 1,
        "accounts": [{"username": "acme", "password": "secret-1", "subusers": [subuser], **OF_PRIMARY}],
    }
    # What a world was seeded with, it goes back to; its account came by itself.
    with own_world.service.grid.store.writing():
        own_world.account.remove()
    assert own_world.admin("POST", "seed", seed).status == 200
    before, names = own_world.admin("GET", "state").json, [each["name"] for each in OF_PRIMARY["monitors"]]
    with own_world.service.grid.store.writing():
        for old, new in zip((*names, ""), ("", *names), strict=True):
            Monitor.update(name=new, frequency=99).where(Monitor.name == old).execute()
    assert own_world.admin("GET", "state").json != before
    assert own_world.admin("POST", "reset", {"only": ["state"]}).status == 200
    assert own_world.admin("GET", "state").json == before
