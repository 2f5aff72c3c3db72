"""Tables of a copy beside those of a store on PostgreSQL: temporary tables of the connection."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from psycopg import sql

#: Bytes of the length in front of each table.
_LENGTH = 8


class PostgresTablesBeside:
    """See `TablesBeside`."""

    @contextmanager
    def opened(
        self,
        connection: "psycopg.Connection[tuple[object, ...]]",
        tables: Sequence[str],
        content: bytes | None,
    ) -> Iterator[None]:
        """`start_account` for `start.account`: under its own name it would hide the store's."""
        file = io.BytesIO(content or b"")
        try:
            for table in tables:
                connection.execute(_write("CREATE TEMP TABLE {copy} (LIKE {table})", table))
                size = int.from_bytes(file.read(_LENGTH))
                if size:
                    with (
                        connection.cursor() as cursor,
                        cursor.copy(
                            _write("COPY {copy} FROM STDIN (FORMAT BINARY)", table)
                        ) as copy,
                    ):
                        copy.write(file.read(size))
            yield
        finally:
            for table in tables:
                connection.execute(_write("DROP TABLE IF EXISTS {copy}", table))

    def read(
        self, connection: "psycopg.Connection[tuple[object, ...]]", tables: Sequence[str]
    ) -> bytes:
        """One behind the other, each after its length."""
        file = io.BytesIO()
        for table in tables:
            with (
                connection.cursor() as cursor,
                cursor.copy(_write("COPY {copy} TO STDOUT (FORMAT BINARY)", table)) as copy,
            ):
                rows = b"".join(copy)
            file.write(len(rows).to_bytes(_LENGTH) + rows)
        return file.getvalue()


def _write(statement: LiteralString, table: str) -> sql.Composed:
    names = {"table": sql.Identifier(table), "copy": sql.Identifier(f"start_{table}")}
    return sql.SQL(statement).format(**names)
