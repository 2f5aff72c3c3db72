"""What was posted to the applications of others, as a test sees it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from legacygrid.testing import failures
from legacygrid.testing.admin import Admin
from legacygrid.testing.waiting import Duration, to_seconds
from legacygrid.testing.webhook_control import Posted

#: The state of a post that a receiver took.
_TAKEN = "delivered"
#: Seconds that one request waits.
_PIECE = 10.0


class Webhooks(Sequence[Posted]):
    """The posts of a world, oldest first; they are asked for anew each time.

    :param admin: the control API, narrowed to the world.
    """

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    def __repr__(self) -> str:
        return f"Webhooks({self.find()!r})"

    def __len__(self) -> int:
        return len(self.find())

    @overload
    def __getitem__(self, place: int) -> Posted: ...
    @overload
    def __getitem__(self, place: slice) -> list[Posted]: ...
    def __getitem__(self, place: int | slice) -> Posted | list[Posted]:
        return self.find()[place]

    def __iter__(self) -> Iterator[Posted]:
        return iter(self.find())

    def find(self, **criteria: Any) -> list[Posted]:
        """The posts that fit.

        :param criteria: account (a primary account), subuser, kind, state, `after` (the number of a
            post), `limit`.
        """
        return self._admin.webhooks(**criteria)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that receivers took, in the order in which they were posted."""
        return _events(self.find(kind="event", state=_TAKEN))

    def flush(self) -> list[Posted]:
        """Post all that is queued, and attempt all that waits, whether it is due or not; the posts
        that were attempted, without their bodies.
        """
        return self._admin.flush_webhooks()

    def assert_posted(
        self, event: str | None = None, times: int | None = None, **keys: Any
    ) -> list[dict[str, Any]]:
        """Assert that an event was posted, and that the receiver took it; those that match. Before
        that, `flush()`; or `wait_for` one.

        :param event: processed, dropped, delivered, deferred, bounce, open, click, unsubscribe or
            spamreport; by default, any.
        :param times: how often exactly; by default, at least once.
        :param keys: what the event has, among others: email, reason, url, a unique argument.
        :raises AssertionError: with the events that there were.
        """
        __tracebackhide__ = True
        wanted, there = _wanted(event, keys), self.events
        found = _select(there, wanted)
        if not found if times is None else len(found) != times:
            raise AssertionError(failures.not_posted(len(found), times, wanted, there))
        return found

    def wait_for(
        self, event: str | None = None, timeout: Duration = 5, **keys: Any
    ) -> dict[str, Any]:
        """Wait until an event was posted, and the receiver took it; the first that matches, which
        may have been before.

        :param timeout: seconds, or `5s`, `500ms`, `1m`.
        :param keys: as at `assert_posted`, and so is `event`.
        :raises AssertionError: there is none in that time.
        """
        __tracebackhide__ = True
        seconds, wanted = to_seconds(timeout), _wanted(event, keys)
        deadline, posts, left = time.monotonic() + seconds, 0, seconds
        while True:
            wait = round(min(left, _PIECE), 3)
            found = self.find(kind="event", state=_TAKEN, wait=wait, count=posts + 1)
            posts, there = len(found), _events(found)
            if matching := _select(there, wanted):
                return matching[0]
            if left <= 0:
                raise AssertionError(failures.not_posted(0, None, wanted, there, seconds))
            left = max(0.0, deadline - time.monotonic())

    def sign(self, account: str, on: bool = True) -> str | None:
        """Have the events of an account signed in version 3, or no longer; the public key by which
        a receiver checks them, DER in Base64.
        """
        return self._admin.sign_webhooks(account, on)

    def misorder(self, twice: int = 0, out_of_order: int = 0) -> None:
        """Have the next posts come twice, or their events in another order than they happened.

        :param twice: so many posts, and so is `out_of_order`.
        """
        self._admin.misorder_webhooks(twice, out_of_order)

    def clear(self) -> None:
        """Forget them, and the events that are no part of a post yet."""
        self._admin.forget_webhooks()


def _events(posts: list[Posted]) -> list[dict[str, Any]]:
    return [event for post in posts for event in post.events]


def _wanted(event: str | None, keys: Mapping[str, Any]) -> dict[str, Any]:
    return ({} if event is None else {"event": event}) | dict(keys)


def _select(events: list[dict[str, Any]], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The events that have what is wanted; of version 1, all is text."""
    return [
        each
        for each in events
        if all(name in each and str(each[name]) == str(value) for name, value in wanted.items())
    ]
