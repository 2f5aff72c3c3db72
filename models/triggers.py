"""Triggers that are away for a while: each row costs as much for them as for itself."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager


@contextmanager
def without(connection: sqlite3.Connection, names: Collection[str]) -> Iterator[None]:
    """Take triggers away for a block, those of them that are there; in a transaction, which an
    error has to end. Nobody else sees the store without them, nor is one left so by a crash.
    """
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = {name: sql for name, sql in found if name in names}
    for name in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield
    for statement in triggers.values():
        connection.execute(statement)
