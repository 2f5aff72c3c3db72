"""How a store on PostgreSQL is opened: its tables are made or moved up once, however many processes
open it together.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from typing import Any

import peewee
import psycopg

from legacygrid.models.engines import postgres_schema
from legacygrid.models.engines.postgres_connections import Connection, Postgres
from legacygrid.models.engines.postgres_words import as_query, explain
from legacygrid.models.files import StoreError, StoreMissingError
from legacygrid.models.migrations import STEPS, newest, refuse_foreign_version

#: The first version that was kept here.
_FIRST = 11
#: What says that a schema is ours: the version of its tables, and what its undo log looks like.
_MARK = "CREATE TABLE legacygrid (version BIGINT NOT NULL, undo_log TEXT NOT NULL)"
#: Where the server that leads others is.
_LEADER = "ALTER TABLE legacygrid ADD COLUMN leader TEXT NOT NULL DEFAULT ''"
_HAS_LEADER = (
    "SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema()"
    " AND table_name = 'legacygrid' AND column_name = 'leader'"
)
#: Searches by a part of a name, an address or a company go by an index of every three letters.
_TRIGRAMS = (
    "CREATE INDEX account_trigrams ON account"
    " USING gin (username gin_trgm_ops, email gin_trgm_ops, company gin_trgm_ops)"
)
_EXTENSION = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
_HAS_INDEX = (
    "SELECT 1 FROM pg_indexes WHERE schemaname = current_schema()"
    " AND indexname = 'account_trigrams'"
)
_UNDO_TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    " AND tablename LIKE 'undo\\_%'"
)
_UNDO_FUNCTIONS = (
    "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
    " AND proname LIKE 'undo\\_%'"
)
log = logging.getLogger("legacygrid")


class _Translator:
    """What a step of the migrations speaks to: it is written as SQLite has it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, params: Sequence[object] = ()) -> Any:
        """Run a statement."""
        text = postgres_schema.write(sql).replace("?", "%s")
        return self._connection.execute(as_query(text), params or None)


def require(database: Postgres) -> None:
    """Refuse to make tables.

    :raises StoreError: they are not there, or the server does not answer.
    """
    try:
        existing = database.get_tables()
    except (peewee.DatabaseError, psycopg.Error, OSError) as error:
        raise StoreError(f"cannot open the store: {explain(error).hint}") from None
    if not existing:
        raise StoreMissingError("in that database, whose schema is empty")


def prepare(database: Postgres) -> bool:
    """Open a store: make its tables, or move them up to this version.

    :returns: whether it cannot be written to.
    :raises StoreError: it cannot be opened, is not ours, or of a version that this one cannot read.
    """
    try:
        connection: Connection = database.connection()  # type: ignore[no-untyped-call]
        (is_read_only,) = _ask(connection, "SHOW transaction_read_only")
        if is_read_only == "on":
            _refuse_unready(connection)
            return True
        with database.atomic("IMMEDIATE"):
            _claim(database, connection)
            _prepare_undo_log(connection)
            prepare_trigrams(connection)
        return False
    except (peewee.DatabaseError, psycopg.Error, OSError) as error:
        raise StoreError(f"cannot open the store: {explain(error).hint}") from None


def _claim(database: Postgres, connection: Connection) -> None:
    existing = database.get_tables()
    if "legacygrid" in existing:
        if connection.execute(_HAS_LEADER).fetchone() is None:
            connection.execute(_LEADER)
        _move_up(connection)
        return
    if existing:
        raise StoreError(
            "the schema has tables of something else; Legacygrid leaves it alone. Make a database"
            " for it, or name another schema: ?options=-csearch_path%3DNAME"
        )
    for statement in postgres_schema.of_tables():
        connection.execute(as_query(statement))
    mark(connection)


def mark(connection: Connection, undo_log: str = "") -> None:
    """Say that the schema is ours, and of this version; in the transaction that makes its tables.

    :param undo_log: what `digest_undo_log` says, if that is made already.
    """
    for statement in (_MARK, _LEADER):
        connection.execute(as_query(statement))
    connection.execute("INSERT INTO legacygrid VALUES (%s, %s)", (newest(), undo_log))


def _move_up(connection: Connection) -> None:
    version = read_version(connection)
    if version == newest():
        return
    log.info("Moving the store up from version %s to %s", version, newest())
    for number in range(version + 1, newest() + 1):
        step: Callable[[Any], None] = STEPS[number]
        step(_Translator(connection))
    connection.execute("UPDATE legacygrid SET version = %s", (newest(),))


def read_version(connection: Connection) -> int:
    """The version of the tables.

    :raises StoreError: this Legacygrid cannot read it.
    """
    (version,) = _ask(connection, "SELECT version FROM legacygrid")
    refuse_foreign_version("the store", version)
    return int(version)


def _refuse_unready(connection: Connection) -> None:
    if read_version(connection) != newest():
        raise StoreError("the store is read-only, and not of this version")


def _prepare_undo_log(connection: Connection) -> None:
    """Make it, or make it anew if it is not as it would be made now."""
    if has_current_undo_log(connection):
        return
    drop_undo_log(connection)
    for statement in postgres_schema.of_undo_log():
        connection.execute(as_query(statement))
    connection.execute("INSERT INTO undo_mark VALUES (0, 0)")
    connection.execute("UPDATE legacygrid SET undo_log = %s", (digest_undo_log(),))


def has_current_undo_log(connection: Connection) -> bool:
    """Whether a store has the log as it would be made now; else what is in it is forgotten when the
    store is opened.
    """
    return _ask(connection, "SELECT undo_log FROM legacygrid") == (digest_undo_log(),)


def digest_undo_log() -> str:
    """What tells whether a log is as it would be made now."""
    return hashlib.sha256("\n".join(postgres_schema.of_undo_log()).encode()).hexdigest()


def drop_undo_log(connection: Connection) -> None:
    """Remove its tables, and the triggers with their functions."""
    for sql, what in ((_UNDO_TABLES, "TABLE"), (_UNDO_FUNCTIONS, "FUNCTION")):
        for (name,) in connection.execute(as_query(sql)).fetchall():
            connection.execute(as_query(f"DROP {what} {name} CASCADE"))


def prepare_trigrams(connection: Connection) -> None:
    """Make the index that searches by a part go by, if the server has what it takes; in a
    transaction.
    """
    if connection.execute(_HAS_INDEX).fetchone() or not connection.execute(_EXTENSION).fetchone():
        return
    connection.execute("SAVEPOINT trigrams")
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute(_TRIGRAMS)
        connection.execute("RELEASE trigrams")
    except psycopg.errors.InsufficientPrivilege:
        connection.execute("ROLLBACK TO trigrams")


def find_notices(database: Postgres) -> list[str]:
    """What the operator has to know of an open store, a sentence for each."""
    if database.execute_sql(_HAS_INDEX).fetchone():
        return []
    return ["the database lacks the extension pg_trgm: filters read all subusers"]


def touch(connection: Connection, timeout: float) -> None:
    """Write, in so many seconds at most."""
    with connection.transaction():
        limit = f"SET LOCAL statement_timeout = {int(timeout * 1000)}"
        connection.execute(as_query(limit))
        connection.execute("UPDATE legacygrid SET version = version")


def _ask(connection: Connection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(as_query(sql)).fetchone()
    assert row is not None  # noqa: S101 - each of these has one
    return tuple(row)
