"""Posts for all accounts: few at a time, and one at a time for each account, so that its events
come in their order.
"""

import threading
from typing import TYPE_CHECKING

from legacygrid.harness.arrivals import Arrivals
from legacygrid.harness.clock import Clock
from legacygrid.harness.log import report_fault
from legacygrid.harness.webhooks.allowed import Allowed
from legacygrid.harness.webhooks.means import Means
from legacygrid.models import webhook_queue
from legacygrid.models.database import Store
from legacygrid.models.webhooks import BELL
from legacygrid.reasons import StoreUnavailable

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

#: Posts at once.
MOST = 4


class Deliveries:
    """What is posted to the applications of others.

    :ivar posted: tells of each attempt.
    :param allowed: who may be posted to.
    """

    def __init__(self, store: Store, clock: Clock, allowed: Allowed) -> None:
        self.posted = Arrivals()
        self.means = Means(store, clock, allowed, self.posted.announce)
        # What was not due may be.
        clock.on_change = BELL.ring
        self._condition = threading.Condition()
        #: The accounts whose turn it is.
        self._busy: set[int] = set()
        self._pool: ThreadPoolExecutor | None = None

    def flush(self, world: str | None) -> list[int]:
        """Post all that is queued, and attempt all that waits, due or not; the numbers of the posts
        that were attempted.

        :param world: of that world alone; none for all.
        :raises StoreUnavailable: what comes of it cannot be noted.
        """
        return sorted(number for turn in self.begin_flush(world) for number in turn.result())

    def begin_flush(
        self, world: str | None, primary: int | None = None
    ) -> "list[Future[list[int]]]":
        """The same, without waiting for the end; the turns of the accounts, each of which returns
        the numbers of its posts.

        :param primary: the number of an account; it and its subusers alone.
        """
        with self.means.store.snapshot():
            accounts = webhook_queue.list_accounts(world, primary)
        turns = []
        for account, of_world in accounts:
            self._await_turn(account)
            turns.append(self._begin(account, of_world, everything=True))
        return turns

    def begin(self, account: int, world: str) -> None:
        """Have an account take a turn with what is due, unless it has one."""
        with self._condition:
            if account in self._busy:
                return
            self._busy.add(account)
        self._begin(account, world, everything=False)

    def _await_turn(self, account: int) -> None:
        with self._condition:
            self._condition.wait_for(lambda: account not in self._busy)
            self._busy.add(account)

    def stop(self) -> None:
        """Break off all that is posted, and wait for the threads."""
        with self._condition:
            pool, self._pool = self._pool, None
        if pool is not None:
            with self.means.poster.stopped():
                pool.shutdown()

    def _begin(self, account: int, world: str, everything: bool) -> "Future[list[int]]":
        # No start waits for these.
        from concurrent.futures import ThreadPoolExecutor

        from legacygrid.harness.webhooks.turns import AccountTurn

        turn = AccountTurn(self.means, account, world, everything)
        with self._condition:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(MOST, "legacygrid-webhooks")
            begun = self._pool.submit(turn.take)
        begun.add_done_callback(lambda _: self._end(account, begun))
        return begun

    def _end(self, account: int, turn: "Future[list[int]]") -> None:
        with self._condition:
            self._busy.discard(account)
            self._condition.notify_all()
        if error := turn.exception():
            # The store itself tells when it is full or gone.
            if not isinstance(error, StoreUnavailable):
                report_fault(error)
        elif turn.result():
            # There may be more of it.
            BELL.ring(account)
