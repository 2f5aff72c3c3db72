"""What is worked out of a mail: once, and nobody waits for that of another mail."""

import threading
from concurrent.futures import ThreadPoolExecutor

from legacygrid.mail.mime.caching import cached


class Thing:
    """Something with a property that takes until somebody lets it end."""

    def __init__(self) -> None:
        self.is_under_way = threading.Event()
        self.may_end = threading.Event()
        self.asked = 0

    @cached
    def answer(self) -> int:
        """The answer."""
        self.asked += 1
        self.is_under_way.set()
        assert self.may_end.wait(30)
        return 42


def test_it_is_worked_out_once() -> None:
    thing = Thing()
    thing.may_end.set()
    assert (thing.answer, thing.answer, thing.asked) == (42, 42, 1)
    assert Thing.answer.__doc__ == "The answer."


def test_nobody_waits_for_that_of_another() -> None:
    slow, quick = Thing(), Thing()
    quick.may_end.set()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(lambda: slow.answer)
        try:
            assert slow.is_under_way.wait(30)
            assert quick.answer == 42
            assert not waiting.done()
        finally:
            slow.may_end.set()
        assert waiting.result() == 42
