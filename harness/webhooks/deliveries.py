"""Posts for all accounts: few at a time, and one at a time for each account, so that its events
come in their order.
"""

import threading
from typing import TYPE_CHECKING, NamedTuple

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

    from legacygrid.harness.webhooks.turns import AccountTurn

#: Posts at once.
MOST = 4


class _Place(NamedTuple):
    """The place of an account's turn.

    :param ended: once it has ended, the numbers of the posts that were attempted.
    """

    account: int
    world: str
    turn: "AccountTurn"
    ended: "Future[list[int]]"


class Deliveries:
    """What is posted to the applications of others.

    :ivar posted: tells of each attempt, and `ended` of each turn of an account.
    :param allowed: who may be posted to.
    """

    def __init__(self, store: Store, clock: Clock, allowed: Allowed) -> None:
        self.posted, self.ended = Arrivals(), Arrivals()
        self.means = Means(store, clock, allowed, self.posted.announce)
        # What was not due may be.
        clock.on_change.append(BELL.ring)
        self._lock = threading.Lock()
        #: By account: the turn that is being taken, and maybe one that posts everything after it.
        self._lines: dict[int, list[_Place]] = {}
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
        """The same, without waiting; the turns of the accounts, each of which returns the numbers
        of its posts. A turn that has not begun is for all who flush meanwhile.

        :param primary: the number of an account; it and its subusers alone.
        """
        with self.means.store.snapshot():
            accounts = webhook_queue.list_accounts(world, primary)
        return [self._queue(account, of_world, everything=True) for account, of_world in accounts]

    def begin(self, account: int, world: str) -> None:
        """Have an account take a turn with what is due, unless it has one."""
        self._queue(account, world, everything=False)

    def stop(self) -> None:
        """Break off all that is posted, and wait for the threads."""
        with self.means.poster.stopped():
            with self._lock:
                pool, self._pool = self._pool, None
            if pool is not None:
                pool.shutdown()

    def _queue(self, account: int, world: str, everything: bool) -> "Future[list[int]]":
        """A turn of an account: one that is in its line, or a new one at the end of that."""
        # No start waits for these.
        from concurrent.futures import Future

        from legacygrid.harness.webhooks.turns import AccountTurn

        with self._lock:
            line = self._lines.setdefault(account, [])
            # Who wants what is due alone has it by the turn that is being taken.
            if len(line) >= (2 if everything else 1):
                return line[-1].ended
            turn = AccountTurn(self.means, account, world, everything)
            line.append(_Place(account, world, turn, Future()))
            if len(line) == 1:
                self._begin(line[0])
            return line[-1].ended

    def _begin(self, place: _Place) -> None:
        from concurrent.futures import ThreadPoolExecutor

        if self._pool is None:
            self._pool = ThreadPoolExecutor(MOST, "legacygrid-webhooks")
        self._pool.submit(self._take, place)

    def _take(self, place: _Place) -> None:
        try:
            numbers = place.turn.take()
        except Exception as error:
            self._call_next(place.account)
            place.ended.set_exception(error)
            # The store itself tells when it is full or gone.
            if not isinstance(error, StoreUnavailable):
                report_fault(error)
        else:
            self._call_next(place.account)
            place.ended.set_result(numbers)
            if numbers:
                # There may be more of it.
                BELL.ring(place.account)
        self.ended.announce(place.world)

    def _call_next(self, account: int) -> None:
        with self._lock:
            line = self._lines[account]
            del line[0]
            if line and not self.means.poster.is_stopped:
                self._begin(line[0])
                return
            del self._lines[account]
        for place in line:
            place.ended.set_result([])
