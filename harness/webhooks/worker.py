"""The thread of a server that has posted what is due; no call waits for it."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from legacygrid.harness.log import report_fault
from legacygrid.harness.webhooks.deliveries import Deliveries
from legacygrid.harness.webhooks.making import GATHERING, is_ready
from legacygrid.models import webhook_queue
from legacygrid.models.webhook_queue import Due
from legacygrid.models.webhooks import BELL
from legacygrid.reasons import StoreUnavailable

#: Seconds after the start of the server before it looks for what was left over: the first answers
#: shall not share the processor with it.
_LATER = 1.0
#: Seconds for which it looks for events of an account once the bell has rung for that: the
#: transaction in which they are queued is over by then.
_PATIENCE = 6.0
#: Seconds between such looks, and after something went wrong.
_PAUSE = 0.5


@contextmanager
def delivering(deliveries: Deliveries) -> Iterator[None]:
    """Have posted what is due, until the block ends; nothing, if the store cannot be written to."""
    if deliveries.means.store.is_read_only:
        yield
        return
    worker = Worker(deliveries)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


class Worker:
    """Sleeps until something is queued or due, and has the account take its turn."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._means = deliveries.means
        #: The accounts for which something may be queued, and until when that is looked for.
        self._watched: dict[int, float] = {}
        self._is_ending = False
        self._thread = threading.Thread(target=self._work, name="legacygrid-webhooks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Break off what is posted, and end; what was not delivered is, after the next start."""
        self._is_ending = True
        BELL.ring()
        self._thread.join()
        self._deliveries.stop()

    def _work(self) -> None:
        pause: float | None = _LATER
        has_begun = False
        while True:
            self._watch(BELL.wait(pause))
            if self._is_ending:
                return
            try:
                if not has_begun:
                    self._take_up()
                    has_begun = True
                pause = self._look()
            except StoreUnavailable:
                pause = _PAUSE  # Full, or gone: the store itself tells of that, once.
            except Exception as error:
                report_fault(error)
                pause = _PAUSE

    def _watch(self, accounts: Iterable[int]) -> None:
        self._watched |= dict.fromkeys(accounts, time.monotonic() + _PATIENCE)

    def _take_up(self) -> None:
        """What an earlier server left over is due."""
        store = self._means.store
        with store.snapshot():
            left = webhook_queue.list_accounts(None)
        if left:
            with store.writing():
                webhook_queue.hasten()
        self._watch(account for account, _ in left)

    def _look(self) -> float | None:
        """Have all take their turns for whom something is due.

        :returns: seconds until the next is due; none if nothing is.
        """
        pauses = [_PAUSE] if self._watched else []
        for due in self._find_due():
            setting = self._means.clock.setting(due.world)
            left = due.at - setting.now()
            if left <= 0:
                self._deliveries.begin(due.account, due.world)
                pauses.append(_PAUSE)
            elif setting.frozen is None:
                pauses.append(left)
        return min(pauses, default=None)

    def _find_due(self) -> list[Due]:
        """When the next post of each account is due, and of watched ones the next events."""
        now = time.monotonic()
        with self._means.store.snapshot():
            found = webhook_queue.find_due_posts()
            for account, until in list(self._watched.items()):
                oldest = webhook_queue.find_oldest_event(account)
                if oldest is not None:
                    found.append(self._when_ready(oldest))
                elif now > until:
                    del self._watched[account]
        return found

    def _when_ready(self, oldest: Due) -> Due:
        """When events go that have waited for others since the oldest happened."""
        now = self._means.clock.now(oldest.world)
        return oldest._replace(at=now if is_ready(oldest.at, now) else oldest.at + GATHERING)
