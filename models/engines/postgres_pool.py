"""The connections of a process to PostgreSQL: a few, which threads use in turn. A server has a
hundred for all of its clients by default.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from psycopg.pq import TransactionStatus

from legacygrid import reasons
from legacygrid.models.engines.thread_connections import ThreadConnections

#: Connections at a time, and the seconds for which a thread waits for one.
MOST, PATIENCE = 8, 5.0


class Pool:
    """Connections that nobody uses just now, those used last first.

    :param connect: makes one more.
    """

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        # Each call takes one: a list's own `pop` and `append` need no lock.
        self._free: list[Any] = []
        self._places = MOST
        self._waiting = 0
        self._changed = threading.Condition()

    def take(self) -> Any:
        """One of them, until `give`.

        :raises StoreUnavailable: all are in use for too long.
        """
        try:
            connection = self._free.pop()
        except IndexError:
            connection = self._wait()
        if connection is None or connection.closed:
            try:
                connection = self._connect()
            except BaseException:
                self._leave_place()
                raise
        return connection

    def give(self, connection: Any) -> None:
        """Let others have it; one that is not as it was is closed."""
        if connection.pgconn.transaction_status != TransactionStatus.IDLE:
            connection.close()
            self._leave_place()
            return
        self._free.append(connection)
        if self._waiting:
            with self._changed:
                self._changed.notify()

    def _wait(self) -> Any:
        """A connection that another thread gives, or none: there is a place for a new one."""
        deadline = monotonic() + PATIENCE
        with self._changed:
            self._waiting += 1
            try:
                while True:
                    if self._free:
                        with suppress(IndexError):
                            return self._free.pop()
                    if self._places:
                        self._places -= 1
                        return None
                    if not self._changed.wait(deadline - monotonic()):
                        raise reasons.StoreUnavailable(
                            hint=f"all {MOST} connections to the database are in use"
                        )
            finally:
                self._waiting -= 1

    def _leave_place(self) -> None:
        with self._changed:
            self._places += 1
            self._changed.notify()


class _Thread(threading.local):
    """Whether a thread uses a connection that is none of the pool's."""

    is_borrowing = False


class PooledConnections(ThreadConnections):
    """A database of Peewee whose threads share a few connections: each has one from its first
    statement to its last, or to the end of its transaction.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.pool = Pool(self.connect_for_all)
        self._thread = _Thread()

    def connect_for_all(self) -> Any:
        """One more connection."""
        raise NotImplementedError

    def _connect(self) -> Any:
        return self.pool.take()

    def borrow(self, connection: Any) -> dict[str, Any]:
        """Have all statements of this thread go by that connection, which is none of the pool's."""
        own = super().borrow(connection)
        self._thread.is_borrowing = True
        return own

    def give_back(self, own: dict[str, Any]) -> None:
        """Have them go by one of the pool's again."""
        self._thread.is_borrowing = False
        super().give_back(own)

    def commit(self) -> None:
        """Peewee's, which rolls back where this fails; others may have the connection then."""
        super().commit()
        self.free()

    def rollback(self) -> None:
        """Peewee's; others may have the connection then."""
        try:
            super().rollback()
        finally:
            self.free()

    def own(self) -> Any:
        """A connection for this thread, until `free`."""
        state: Any = self._state  # type: ignore[attr-defined]
        if state.conn is None:
            state.set_connection(self.pool.take())
        connection: Any = state.conn
        return connection

    def free(self) -> None:
        """Let others have this thread's connection, if it has one and no transaction in hand."""
        state: Any = self._state  # type: ignore[attr-defined]
        if state.conn is None or state.transactions or self._thread.is_borrowing:
            return
        connection = state.conn
        state.reset()
        self.pool.give(connection)
