"""Who writes: one at a time, as SQLite's own waiting has long tails, and by one connection. Whoever
waits joins the transaction at hand, so that one commit, with its fsync, is for all of them (group
commit).

Whoever finds nobody behind commits at once, for all who went before. None of them goes on before
that, and nobody else sees what they wrote.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from time import monotonic
from typing import Any

from legacygrid.models.engines.engine import Room, StoreDatabase
from legacygrid.reasons import StoreFull, StoreUnavailable

#: Writers of one commit at most, and seconds after which nobody joins it any more.
MOST, LONGEST = 64, 0.02


class _Group:
    """Those whose writes are committed together: all of them, or none."""

    def __init__(self) -> None:
        self.size = 0
        self._closes = monotonic() + LONGEST
        #: None while nobody has to wait: mostly the first commits at once.
        self._ended: threading.Event | None = None
        self._error: StoreUnavailable | None = None

    @property
    def is_full(self) -> bool:
        """Whether nobody should join it any more."""
        return self.size >= MOST or monotonic() >= self._closes

    def keep_open(self) -> None:
        """Leave the commit to those who come next."""
        if self._ended is None:
            self._ended = threading.Event()

    def end(self, error: StoreUnavailable | None) -> None:
        """Let all of them go on; with an error, nothing of theirs is stored."""
        self._error = error
        if self._ended is not None:
            self._ended.set()

    def wait(self) -> None:
        """Until it has ended.

        :raises StoreUnavailable: why nothing was stored.
        """
        if self._ended is not None:
            self._ended.wait()
        if self._error is not None:
            # One for each: a traceback belongs to one thread.
            raise copy(self._error)


class Turns:
    """Whose turn it is to write, of several processes: always this one's."""

    def take(self) -> None:
        """Wait until it is this process's turn."""

    def leave(self) -> None:
        """It is the next one's turn."""


class Writer:
    """The connection that writes, which goes from thread to thread."""

    def __init__(self, database: StoreDatabase, room: Room) -> None:
        self._database = database
        self._room = room
        self.turns = Turns()
        self._connection: Any = None
        self._lock = threading.Lock()
        #: One for each thread that waits for the lock; adding and removing is atomic.
        self._waiting: list[None] = []
        #: Written, and not committed yet: whoever comes next joins it, or commits it.
        self._group: _Group | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """A transaction that others may be a part of; it is on disk once the block has ended.

        :raises StoreFull: the disk is full; nothing is stored.
        :raises StoreUnavailable: the store takes no writes; nothing is stored.
        """
        # Each write comes by here: blocks within are plain, as each generator costs microseconds.
        own = self._take_turn()
        try:
            with self._database.explaining():
                group = self._join()
                try:
                    yield
                    self._room.require(self._connection)
                    self._end_part(group)
                except BaseException as error:
                    self._undo_part(group, error)
                    raise
        except StoreFull:
            self._make_room()
            raise
        finally:
            self._leave_turn(own)
        group.wait()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A turn of one's own, outside of a transaction.

        :raises StoreFull: there is no room for what the block writes.
        """
        own = self._take_turn()
        try:
            self._commit()
            self.turns.take()
            with self._database.explaining():
                yield
        except StoreFull:
            self._make_room()
            raise
        finally:
            self.turns.leave()
            self._leave_turn(own)

    def _take_turn(self) -> dict[str, Any]:
        """Take the lock, and the connection as this thread's. Whoever leaves a group open at its
        end relies on those who wait.

        :returns: what `_leave_turn` takes.
        """
        self._waiting.append(None)
        try:
            self._lock.acquire()
        except BaseException:
            # Python's main thread was interrupted; it does its duty all the same.
            with self._lock:
                self._waiting.pop()
                self._commit_unless_joined()
            raise
        self._waiting.pop()
        try:
            if self._connection is None or self._database.is_lost(self._connection):
                # What others wrote by it is lost, and they are told so.
                self._commit()
                self._connection = self._database.connect_for_all()
            return self._database.borrow(self._connection)
        except BaseException:
            self._leave_turn({})
            raise

    def _leave_turn(self, own: dict[str, Any]) -> None:
        try:
            self._database.give_back(own)
            self._commit_unless_joined()
        finally:
            self._lock.release()

    def _make_room(self) -> None:
        self._commit()
        self._room.recover(self._connection)

    def _join(self) -> _Group:
        """The group that is at hand, or a new one, with a part for what this thread writes."""
        self._database.verify()
        group = self._group or self._begin()
        # A transaction within the block is a part of this one.
        self._database.push_transaction(group)
        if group.size:
            self._connection.execute("SAVEPOINT part")
        return group

    def _begin(self) -> _Group:
        self.turns.take()
        try:
            self._database.begin_writing(self._connection)
        except BaseException:
            self.turns.leave()
            raise
        self._group = _Group()
        return self._group

    def _end_part(self, group: _Group) -> None:
        """All that was written becomes part of the group."""
        if group.size:
            self._connection.execute("RELEASE part")
        group.size += 1

    def _undo_part(self, group: _Group, error: BaseException) -> None:
        """Nothing of it does; what others wrote stays. Where the disk is full, SQLite may have
        undone everything.
        """
        if group.size:
            with suppress(*self._database.errors):
                self._connection.execute("ROLLBACK TO part")
                self._connection.execute("RELEASE part")
                return
        self._abandon(error)

    def _commit_unless_joined(self) -> None:
        if self._group is None:
            return
        if self._waiting and not self._group.is_full:
            self._group.keep_open()
        else:
            self._commit()

    def _commit(self) -> None:
        """End the group, if there is one."""
        if self._group is None:
            return
        try:
            self._database.end_writing(self._connection)
            self._database.confirm()
        except BaseException as error:
            if isinstance(self._abandon(error), StoreFull):
                self._room.recover(self._connection)
            if not isinstance(error, (*self._database.errors, OSError, StoreUnavailable)):
                raise
            return
        group, self._group = self._group, None
        self.turns.leave()
        self._database.commits += 1
        group.end(None)
        self._room.settle(self._connection)

    def _abandon(self, error: BaseException) -> StoreUnavailable:
        """Undo all that the group wrote.

        :returns: what its members are told.
        """
        with suppress(*self._database.errors):
            if self._database.is_writing(self._connection):
                self._connection.execute("ROLLBACK")
        self.turns.leave()
        reason = self._database.explain(error)
        if self._group is not None:
            self._group.end(reason)
        self._group = None
        return reason
