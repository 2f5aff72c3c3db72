"""The connections of a process to PostgreSQL: a few, which threads use in turn. A server has a
hundred for all of its clients by default.
"""

import threading
from collections.abc import Callable
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
        self._free: list[Any] = []
        self._places = threading.BoundedSemaphore(MOST)

    def take(self) -> Any:
        """One of them, until `give`.

        :raises StoreUnavailable: all are in use for too long.
        """
        if not self._places.acquire(timeout=PATIENCE):
            raise reasons.StoreUnavailable(
                hint=f"all {MOST} connections to the database are in use"
            )
        try:
            while self._free:
                connection = self._free.pop()
                if not connection.closed:
                    return connection
            return self._connect()
        except BaseException:
            self._places.release()
            raise

    def give(self, connection: Any) -> None:
        """Let others have it; one that is not as it was is closed."""
        if connection.pgconn.transaction_status == TransactionStatus.IDLE:
            self._free.append(connection)
        else:
            connection.close()
        self._places.release()


class _Thread(threading.local):
    """Whether a thread uses a connection that is none of the pool's."""

    is_borrowing = False


class PooledConnections(ThreadConnections):
    """A database of Peewee whose threads share a few connections: each has one from its first
    statement to its last, or to the end of its transaction.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._pool = Pool(self.connect_for_all)
        self._thread = _Thread()

    def connect_for_all(self) -> Any:
        """One more connection."""
        raise NotImplementedError

    def _connect(self) -> Any:
        return self._pool.take()

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
            state.set_connection(self._pool.take())
        connection: Any = state.conn
        return connection

    def free(self) -> None:
        """Let others have this thread's connection, if it has one and no transaction in hand."""
        state: Any = self._state  # type: ignore[attr-defined]
        if state.conn is None or state.transactions or self._thread.is_borrowing:
            return
        connection = state.conn
        state.reset()
        self._pool.give(connection)
