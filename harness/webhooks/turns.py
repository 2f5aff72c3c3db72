"""The turn of one account: posts are made of its events, and attempted one after the other."""

import time

from legacygrid.harness.webhooks.attempts import attempt
from legacygrid.harness.webhooks.making import make_posts
from legacygrid.harness.webhooks.means import Means
from legacygrid.models import webhook_queue

#: Seconds that a turn takes, but for its last post, while others may wait for theirs.
LONGEST = 2.0
#: Seconds after which a receiver is too slow to be asked once more in the same turn.
TOO_SLOW = 5.0


class AccountTurn:
    """One turn.

    :param everything: also what is not due yet, however long it takes.
    """

    def __init__(self, means: Means, account: int, world: str, everything: bool) -> None:
        self._means = means
        self._account = account
        self._world = world
        self._everything = everything

    def take(self) -> list[int]:
        """Make posts and attempt them; the numbers of those that were attempted."""
        end = time.monotonic() + LONGEST
        attempted: dict[int, None] = {}
        is_idle = False
        while not is_idle:
            made = make_posts(self._means, self._account, self._world, self._everything)
            due = [number for number in self._list_due() if number not in attempted]
            # While many waited, no posts were made of the events behind them.
            is_idle = not (made or due)
            for number in due:
                if self._is_over(end):
                    return list(attempted)
                attempted[number] = None
                begin = time.thread_time()
                if attempt(self._means, number) > TOO_SLOW:
                    return list(attempted)
                self._yield(time.thread_time() - begin)
        return list(attempted)

    def _list_due(self) -> list[int]:
        until = None if self._everything else self._means.clock.now(self._world)
        with self._means.store.snapshot():
            return webhook_queue.list_waiting(self._account, until)

    def _is_over(self, end: float) -> bool:
        if self._means.poster.is_stopped:
            return True
        return not self._everything and time.monotonic() > end

    def _yield(self, seconds: float) -> None:
        """Leave the processor to calls as long as this took; nobody waits for the end."""
        if not self._everything:
            time.sleep(seconds)
