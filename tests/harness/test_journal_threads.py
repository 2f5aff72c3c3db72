"""The journal under threads: what one test takes out of it is not missing to another."""

import threading
from collections import deque

from legacygrid.harness.calls import Call
from legacygrid.harness.journal import CallFilter, Journal

MINE = CallFilter(world="mine")


class Halting(deque[Call]):
    """Halts once it is empty, as a thread may whose turn is over."""

    def __init__(self, calls: Journal) -> None:
        super().__init__(calls.find(CallFilter()))
        self.is_empty, self.go_on = threading.Event(), threading.Event()

    def clear(self) -> None:
        super().clear()
        self.is_empty.set()
        self.go_on.wait(10)


def test_a_call_is_found_while_those_of_another_world_are_forgotten() -> None:
    journal = Journal()
    journal.record(Call("POST", "/apiv2/customer.add.json", world="mine"))
    journal._calls = calls = Halting(journal)
    found: list[int] = []
    forgetting = threading.Thread(target=journal.forget, args=[CallFilter(world="theirs")])
    finding = threading.Thread(target=lambda: found.append(len(journal.find(MINE))))
    forgetting.start()
    assert calls.is_empty.wait(10)
    finding.start()
    finding.join(0.1)
    calls.go_on.set()
    forgetting.join(10)
    finding.join(10)
    assert found == [1]
    assert journal.find_nearest(MINE) is not None
