"""Who writes: one at a time, as SQLite's own waiting has long tails, and by one connection. Whoever
waits joins the transaction at hand, so that one commit, with its fsync, is for all of them (group
commit).

Whoever finds nobody behind commits at once, for all who went before. None of them goes on before
that, and nobody else sees what they wrote.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from functools import cached_property
from time import monotonic

from legacygrid.models.connections import Sqlite
from legacygrid.models.room import Room
from legacygrid.reasons import StoreFull, StoreUnavailable

#: Writers of one commit at most, and seconds after which nobody joins it any more.
MOST, LONGEST = 64, 0.02


class _Group:
    """Those whose writes are committed together: all of them, or none."""

    def __init__(self) -> None:
        self.size = 0
        self._closes = monotonic() + LONGEST
        self._ended = threading.Event()
        self._error: StoreUnavailable | None = None

    @property
    def is_full(self) -> bool:
        """Whether nobody should join it any more."""
        return self.size >= MOST or monotonic() >= self._closes

    def end(self, error: StoreUnavailable | None) -> None:
        """Let all of them go on; with an error, nothing of theirs is stored."""
        self._error = error
        self._ended.set()

    def wait(self) -> None:
        """Until it has ended.

        :raises StoreUnavailable: why nothing was stored.
        """
        self._ended.wait()
        if self._error is not None:
            # One for each: a traceback belongs to one thread.
            raise copy(self._error)


class Writer:
    """The connection that writes, which goes from thread to thread."""

    def __init__(self, database: Sqlite, room: Room) -> None:
        self._database = database
        self._room = room
        self._lock = threading.Lock()
        #: One for each thread that waits for the lock; adding and removing is atomic.
        self._waiting: list[None] = []
        #: Written, and not committed yet: whoever comes next joins it, or commits it.
        self._group: _Group | None = None
        self._commits = 0

    def count_commits(self) -> int:
        """How many transactions of `together` are on disk, those that are one counted once."""
        return self._commits

    @cached_property
    def _connection(self) -> sqlite3.Connection:
        return self._database.connect_for_all()

    @contextmanager
    def together(self) -> Iterator[None]:
        """A transaction that others may be a part of; it is on disk once the block has ended.

        :raises StoreFull: the disk is full; nothing is stored.
        :raises StoreUnavailable: the store takes no writes; nothing is stored.
        """
        with self._turn(), self._recovering():
            self._database.files.verify()
            group = self._group or self._begin()
            # A transaction within the block is a part of this one.
            self._database.push_transaction(group)
            with self._whole(group):
                yield
                self._room.require(self._connection)
        group.wait()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A turn of one's own, outside of a transaction.

        :raises StoreFull: there is no room for what the block writes.
        """
        with self._turn():
            self._commit()
            with self._recovering():
                yield

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The lock, and the connection as this thread's. Whoever leaves a group open here relies on
        those who wait.
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
        try:
            self._waiting.pop()
            with self._database.borrowed(self._connection):
                yield
        finally:
            try:
                self._commit_unless_joined()
            finally:
                self._lock.release()

    @contextmanager
    def _recovering(self) -> Iterator[None]:
        try:
            with self._database.explaining():
                yield
        except StoreFull:
            self._commit()
            self._room.recover(self._connection)
            raise

    def _begin(self) -> _Group:
        self._connection.execute("BEGIN IMMEDIATE")
        self._group = _Group()
        return self._group

    @contextmanager
    def _whole(self, group: _Group) -> Iterator[None]:
        """All that the block writes becomes part of the group, or nothing; the others' stays."""
        is_first, execute = group.size == 0, self._connection.execute
        if not is_first:
            execute("SAVEPOINT part")
        try:
            yield
            if not is_first:
                execute("RELEASE part")
        except BaseException as error:
            if is_first or not self._undo_part():
                self._abandon(error)
            raise
        group.size += 1

    def _undo_part(self) -> bool:
        """Whether that could be done: where the disk is full, SQLite may have undone everything."""
        with suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK TO part")
            self._connection.execute("RELEASE part")
            return True
        return False

    def _commit_unless_joined(self) -> None:
        if self._group and (not self._waiting or self._group.is_full):
            self._commit()

    def _commit(self) -> None:
        """End the group, if there is one."""
        if self._group is None:
            return
        try:
            self._connection.execute("COMMIT")
            self._database.files.confirm()
        except BaseException as error:
            if isinstance(self._abandon(error), StoreFull):
                self._room.recover(self._connection)
            if not isinstance(error, sqlite3.Error | OSError | StoreUnavailable):
                raise
            return
        group, self._group = self._group, None
        self._commits += 1
        group.end(None)
        self._room.settle(self._connection)

    def _abandon(self, error: BaseException) -> StoreUnavailable:
        """Undo all that the group wrote.

        :returns: what its members are told.
        """
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        reason = self._database.files.explain(error)
        if self._group is not None:
            self._group.end(reason)
        self._group = None
        return reason
