"""Why PostgreSQL does not answer, in words for a person."""

from typing import Any

import psycopg
from psycopg import errors

from legacygrid import reasons

#: By the class of the error: https://www.postgresql.org/docs/current/errcodes-appendix.html.
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (errors.LockNotAvailable, "another process holds the store"),
    (errors.QueryCanceled, "the database takes too long"),
    (errors.TooManyConnections, "the database has no connection left"),
    (errors.ReadOnlySqlTransaction, "the store is read-only"),
    (errors.AdminShutdown, "the database was shut down"),
    (errors.CannotConnectNow, "the database is starting or stopping"),
    (errors.CrashShutdown, "the database has crashed"),
)


def explain(error: BaseException) -> reasons.StoreUnavailable:
    """Why the engine does not answer.

    :param error: of psycopg, of Peewee, or of the system.
    """
    if isinstance(error, reasons.StoreUnavailable):
        return error
    original = find_original(error)
    if isinstance(original, errors.DiskFull):
        return reasons.StoreFull(hint="the disk is full")
    for kind, words in _WORDS:
        if isinstance(original, kind):
            return reasons.StoreUnavailable(hint=words)
    if isinstance(original, psycopg.OperationalError) and original.sqlstate is None:
        # The server, the user and why; no password.
        return reasons.StoreUnavailable(
            hint=f"the database cannot be reached: {_first_line(error)}"
        )
    return reasons.StoreUnavailable(hint=_first_line(original))


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]


def find_original(error: BaseException) -> BaseException:
    """What Peewee wraps."""
    inner: BaseException | None = getattr(error, "orig", None)
    return error if inner is None else find_original(inner)


def as_query(sql: str) -> Any:
    """A statement that the driver's types take, which want literals: ours are made of such."""
    return sql
