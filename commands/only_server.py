"""The one server of a store in a file: a second one would have a journal, faults and a clock of its
own, and neither would know of the other's.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from legacygrid.commands.terminal import CommandError
from legacygrid.models.engines.choice import is_postgres
from legacygrid.models.store_urls import hide_password

if TYPE_CHECKING:
    from legacygrid.models.database import Store
    from legacygrid.models.engines.leadership import Leadership


class SecondServerError(CommandError):
    """Another process serves the store.

    :param database: the URL of the store.
    :param note: what that process has left; empty if it has not yet.
    """

    def __init__(self, database: str, note: str) -> None:
        super().__init__(
            f"{hide_password(database)} is served already, by {_describe(note)}. Use that server,"
            " or stop it; or give this one another store: --database URL. Two servers of one file"
            " would each have a journal, faults and a clock of their own: for several processes"
            " start one server with --workers, for several servers use PostgreSQL"
        )


class OnlyServer:
    """A server that is alone with its store, or is not started.

    :param database: the URL of the store.
    """

    def __init__(self, database: str) -> None:
        self._database = database
        self._leadership: Leadership | None = None

    def meet(self, store: "Store") -> None:
        """Keep others off the store; for `open_emulator`.

        :raises SecondServerError: another process serves it.
        """
        # Windows has no such locks; what is on a server, or of this process alone, needs none.
        is_file = not is_postgres(self._database) and not store.is_temporary
        if os.name != "posix" or not is_file or store.is_read_only:
            return
        leadership = store.leadership()
        if not leadership.try_lead():
            raise SecondServerError(self._database, leadership.find())
        self._leadership = leadership
        self.announce("")

    def announce(self, url: str) -> None:
        """Tell who comes later where this one is."""
        if self._leadership is not None:
            self._leadership.announce(json.dumps({"pid": os.getpid(), "url": url}))

    def leave(self) -> None:
        """Let another one serve the store."""
        if self._leadership is not None:
            self._leadership.release()


@contextmanager
def serving_alone(database: str) -> Iterator[OnlyServer]:
    """A block in which a server may be alone with its store."""
    only = OnlyServer(database)
    try:
        yield only
    finally:
        only.leave()


def _describe(note: str) -> str:
    """The process that left a note."""
    try:
        told = json.loads(note)
        process, url = int(told["pid"]), str(told["url"])
    except (ValueError, TypeError, KeyError):
        # One with workers leaves a note for its own, which says where they reach it.
        return "a server with --workers" if note.strip() else "another process"
    return f"process {process}" + (f" at {url}" if url else "")
