"""A store on PostgreSQL that is copied to another engine, or made by such a copy. Rows go by COPY,
in both directions.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import peewee
import psycopg
from psycopg.types.string import StrDumper

from legacygrid.models.engines import postgres_opening, postgres_schema
from legacygrid.models.engines.postgres_connections import Connection, Postgres
from legacygrid.models.engines.postgres_words import as_query, explain
from legacygrid.models.engines.transfer_ends import Row, Rows, StoredTable, is_of_table, list_tables
from legacygrid.models.files import StoreError
from legacygrid.models.migrations import newest

#: What columns of SQLite's types are.
_TYPES = {"INTEGER": "int8", "REAL": "float8", "TEXT": "text", "BLOB": "bytea"}
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
#: All that a schema has whose names tables may not have.
_RELATIONS = (
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    " AND relkind IN ('r', 'p', 'v', 'm', 'f')"
)
_LAST = 'SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM "{}"'
_SEQUENCES = (
    "SELECT table_name, split_part(pg_get_serial_sequence(quote_ident(table_name), 'id'), '.', 2)"
    " FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND is_identity = 'YES'"
)
#: A server that has the store open holds this lock; nobody takes it before the copy has ended.
_IS_FREE = "SELECT pg_try_advisory_xact_lock(1279740229, hashtext(current_schema()))"
#: What a row belongs to is looked for at the end, for all rows at once.
_REFERENCE = re.compile(r", (FOREIGN KEY \([^)]*\) REFERENCES [^(]*\([^)]*\) ON DELETE CASCADE)")
_NAME = re.compile(r'CREATE TABLE "?(\w+)')


class _PostgresEnd:
    """One connection to a schema; see `TransferSource`."""

    def __init__(self, url: str) -> None:
        self._database = Postgres(url)
        with _explaining():
            connection: Connection = self._database.connection()  # type: ignore[no-untyped-call]
        self._connection = connection
        try:
            with _explaining():
                self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        """Begin the one transaction, and refuse what is no place for it."""
        raise NotImplementedError

    def count(self, table: StoredTable) -> int:
        """By the server."""
        with _explaining():
            return int(self._ask(f'SELECT count(*) FROM "{table.name}"'))

    def rows(self, table: StoredTable) -> Rows:
        """By COPY, which sends them one by one."""
        statement = as_query(f"COPY ({table.select}) TO STDOUT")
        with _explaining(), self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types([_TYPES[kind] for kind in table.kinds])
            yield from copy.rows()

    def last_numbers(self) -> dict[str, int]:
        """By the sequence of each table."""
        with _explaining():
            found = self._connection.execute(as_query(_SEQUENCES)).fetchall()
            return {table: int(self._ask(_LAST.format(name.strip('"')))) for table, name in found}

    def close(self) -> None:
        """Close it; what was not committed is undone."""
        self._database.close_everywhere()

    def _ask(self, sql: str) -> Any:
        row = self._connection.execute(as_query(sql)).fetchone()
        return row and row[0]

    def _find_relations(self) -> set[str]:
        return {name for (name,) in self._connection.execute(as_query(_RELATIONS)).fetchall()}


class PostgresSource(_PostgresEnd):
    """The store in a schema, also while servers write to it."""

    def _begin(self) -> None:
        self._connection.execute(_READING)
        if "legacygrid" not in self._find_relations():
            raise StoreError("there is no store in that schema")
        version = postgres_opening.read_version(self._connection)
        if version != newest():
            raise StoreError(
                f"the store has schema version {version}, and what is copied has {newest()}; it"
                " stays as it is. Copy it by pg_dump, open that copy once (legacygrid account"
                " list), which moves it up, and copy it"
            )
        self.has_undo_log = postgres_opening.has_current_undo_log(self._connection)


class PostgresTarget(_PostgresEnd):
    """A new store; see `TransferTarget`. All of it is one transaction."""

    TAKES_NUL: bool = False

    def _begin(self) -> None:
        # Rows come without what the store's own way with texts takes out.
        self._connection.adapters.register_dumper(str, StrDumper)
        self._database.begin_writing(self._connection)
        self._make_room()

    def _make_room(self) -> None:
        """Refuse a schema that has anything; what an empty store of ours is goes."""
        there = self._find_relations()
        if not there:
            return
        if "legacygrid" not in there:
            raise StoreError("the schema has tables of something else; nothing was copied")
        postgres_opening.read_version(self._connection)
        ours = {table.name for table in list_tables()} & there
        for name in ours - {"undo_mark"}:
            if self._ask(f'SELECT 1 FROM "{name}" LIMIT 1'):
                raise StoreError("there is a store with something in it; it stays as it is")
        if not self._ask(_IS_FREE):
            raise StoreError("the store is open in a server; stop that first")
        postgres_opening.drop_undo_log(self._connection)
        for name in sorted({*ours, "legacygrid"} & self._find_relations()):
            self._connection.execute(as_query(f'DROP TABLE "{name}" CASCADE'))

    def make_tables(self) -> None:
        """In the transaction at hand."""
        with _explaining():
            for statement in filter(is_of_table, _statements()):
                self._connection.execute(as_query(_REFERENCE.sub("", statement)))

    def load(self, table: StoredTable, rows: Iterable[Row]) -> None:
        """By COPY."""
        statement = as_query(f'COPY "{table.name}" ({table.names}) FROM STDIN')
        with (
            _explaining(f"table {table.name}"),
            self._connection.cursor() as cursor,
            cursor.copy(statement) as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def finish(self, last_numbers: Mapping[str, int]) -> None:
        """Indexes, references and triggers, and whose schema it is."""
        with _explaining():
            for statement in _statements():
                self._finish_by(statement)
            for table, last in last_numbers.items():
                if last:
                    sequence = "setval(pg_get_serial_sequence(%s, 'id'), %s)"
                    self._connection.execute(as_query(f"SELECT {sequence}"), (table, last))
            postgres_opening.mark(self._connection, postgres_opening.digest_undo_log())
            postgres_opening.prepare_trigrams(self._connection)
            # Nobody has counted the rows for the planner yet.
            for each in list_tables():
                self._connection.execute(as_query(f'ANALYZE "{each.name}"'))

    def _finish_by(self, statement: str) -> None:
        if not is_of_table(statement):
            self._connection.execute(as_query(statement))
            return
        found = _NAME.match(statement)
        for reference in _REFERENCE.findall(statement):
            change = f'ALTER TABLE "{found and found[1]}" ADD {reference}'
            self._connection.execute(as_query(change))

    def commit(self) -> None:
        """End the transaction."""
        with _explaining():
            self._connection.execute("COMMIT")


def _statements() -> list[str]:
    return [*postgres_schema.of_tables(), *postgres_schema.of_undo_log()]


@contextmanager
def _explaining(place: str = "") -> Iterator[None]:
    """Why something failed, as a `StoreError`."""
    try:
        yield
    except (psycopg.Error, peewee.DatabaseError, OSError) as error:
        hint = explain(error).hint
        raise StoreError(f"{place}: {hint}" if place else hint) from error
