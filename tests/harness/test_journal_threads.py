"""The journal under threads: what one test takes out of it is not missing to another."""

import threading

import pytest

from legacygrid.harness.call_blocks import BLOCK
from legacygrid.harness.call_filters import CallFilter
from legacygrid.harness.calls import Call
from legacygrid.harness.journal import Journal

MINE = CallFilter(world="mine")


class Halting(str):
    """A world's name that halts where it is compared, as a thread may whose turn is over."""

    __hash__ = str.__hash__

    def __init__(self, text: str) -> None:
        self.is_compared, self.go_on = threading.Event(), threading.Event()

    def __eq__(self, other: object) -> bool:
        self.is_compared.set()
        self.go_on.wait(10)
        return str.__eq__(self, other)


@pytest.mark.parametrize("recent", [0, 2 * BLOCK], ids=["packed", "as they are"])
def test_calls_come_in_and_are_found_while_those_of_another_world_are_forgotten(recent: int) -> None:
    journal = Journal(4 * BLOCK, recent=recent)
    for number in range(2 * BLOCK):
        journal.record(Call("POST", f"/{number}", world="mine" if number % 2 else "theirs", status=200, seconds=0.1))
    journal.pack()
    theirs = Halting("theirs")
    removed: list[int] = []
    forgetting = threading.Thread(target=lambda: removed.append(journal.forget(CallFilter(world=theirs))))
    forgetting.start()
    assert theirs.is_compared.wait(10)
    assert len(journal.find(MINE)) == BLOCK
    journal.record(Call("POST", "/new", world="mine"))
    theirs.go_on.set()
    forgetting.join(10)
    assert removed == [BLOCK]
    assert len(journal.find(CallFilter())) == len(journal.find(MINE)) == BLOCK + 1
    assert journal.find_nearest(MINE) is not None
