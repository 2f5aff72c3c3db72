"""The engine that the suite's stores are on, and what its tests ask of either."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from legacygrid.models.database import Store
from legacygrid.models.engines.dialects import bound
from legacygrid.models.tables import TABLES

#: The database of PostgreSQL on which to test, as a URL; without it, stores are files.
POSTGRES = os.environ.get("LEGACYGRID_TEST_POSTGRES", "")
#: Marks what is about SQLite itself.
SQLITE_ALONE = pytest.mark.skipif(bool(POSTGRES), reason="of SQLite's own")
#: Marks what is about PostgreSQL itself.
POSTGRES_ALONE = pytest.mark.skipif(not POSTGRES, reason="of PostgreSQL's own")
_TABLES = [each._meta.table_name for each in TABLES]


def find_store(path: Path | None = None) -> str:
    """The URL of a new store: that file, or a schema of the database."""
    if POSTGRES:
        return make_schema(POSTGRES)
    return f"sqlite:///{path}" if path else "sqlite:///:memory:"


def make_schema(url: str) -> str:
    """The URL of a new, empty schema of a database."""
    import psycopg

    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.transaction():
            # Two that make it at once would fail.
            connection.execute("SELECT pg_advisory_xact_lock(1)")
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
        connection.execute(f"CREATE SCHEMA {name}")  # type: ignore[call-overload]
    separator = "&" if "?" in url else "?"
    return f"{url}{separator}options=-csearch_path%3D{name}%2Cpublic"


@contextmanager
def watch(store: Store) -> Iterator[Callable[[], Any]]:
    """What is another after each commit to a store, as another connection to it sees it."""
    if not POSTGRES:
        with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as watcher:
            yield lambda: watcher.execute("PRAGMA data_version").fetchone()
        return
    import psycopg

    counts = " UNION ALL ".join(f"SELECT count(*), max(xmin::text::bigint) FROM {name}" for name in _TABLES)
    with psycopg.connect(store.url, autocommit=True) as connection:
        yield lambda: connection.execute(counts).fetchall()


def find_orphans() -> list[Any]:
    """Rows without what they belong to; PostgreSQL has none by its own word."""
    return [] if POSTGRES else list(bound.execute_sql("PRAGMA foreign_key_check").fetchall())


def list_triggers() -> list[Any]:
    """The triggers of the store."""
    sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    if POSTGRES:
        sql = "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname, tgrelid"
    return list(bound.execute_sql(sql).fetchall())


def explain(sql: str, params: Any) -> str:
    """How the engine will find the rows of a statement; PostgreSQL by the indexes that there are, even if reading and
    sorting all of a small table is less work.
    """
    if not POSTGRES:
        return "\n".join(row[3] for row in bound.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params))
    with bound.atomic():
        for way in ("seqscan", "bitmapscan", "sort"):
            bound.execute_sql(f"SET LOCAL enable_{way} = off")
        return "\n".join(row[0] for row in bound.execute_sql(f"EXPLAIN {sql}", params))


def go_on_after(table: str, last: int) -> None:
    """The next row of a table gets a number above that; SQLite sees to it by itself."""
    if POSTGRES:
        bound.execute_sql("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (table, last))


@contextmanager
def numbers_kept() -> Iterator[None]:
    """Numbers that the block's rows got are given again: on SQLite they are, once it is rolled back."""
    before = _read_sequences()
    yield
    for name, last in before:
        bound.execute_sql("SELECT setval(%s::regclass, coalesce(%s, 1), %s = 1)", (name, last, bool(last)))


def _read_sequences() -> list[Any]:
    sql = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
    return list(bound.execute_sql(sql).fetchall()) if POSTGRES else []


def change_beside(store: Store, sql: str, *params: object) -> int:
    """How many rows a statement changes, as another process runs it; it has `?` for each value."""
    if not POSTGRES:
        with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as connection, connection:
            return connection.execute(sql, params).rowcount
    import psycopg

    with psycopg.connect(store.url) as connection:
        return connection.execute(sql.replace("?", "%s"), params).rowcount  # type: ignore[call-overload]
