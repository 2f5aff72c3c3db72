"""Connections that belong to threads, and one that goes from thread to thread."""

import threading
from typing import Any

import peewee


class ThreadConnections(peewee.Database):
    """Remembers each thread's connection, so that all of them can be closed by one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        #: Transactions of this process that came to the disk, those that shared a commit as one.
        self.commits = 0
        self.opened: list[tuple[threading.Thread, Any]] = []

    def close_abandoned(self) -> None:
        """Close the connections of threads that ended: some WSGI servers start a thread a call."""
        for entry in [entry for entry in self.opened if not entry[0].is_alive()]:
            self.opened.remove(entry)
            entry[1].close()

    def borrow(self, connection: Any) -> dict[str, Any]:
        """Have all statements of this thread go by that connection.

        :returns: what `give_back` takes.
        """
        state: Any = self._state  # type: ignore[attr-defined]
        own = dict(state.__dict__)
        state.set_connection(connection)
        return own

    def give_back(self, own: dict[str, Any]) -> None:
        """Have them go by the thread's own one again."""
        self._state.__dict__.update(own)  # type: ignore[attr-defined]

    def close_everywhere(self) -> None:
        """Close the connections of all threads."""
        self.close()
        while self.opened:
            self.opened.pop()[1].close()
