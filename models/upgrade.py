"""Columns that a newer version has beside those of an older store."""

from collections.abc import Iterable
from typing import Any

import peewee

from legacygrid.models.files import StoreError


def add_missing_columns(
    database: peewee.SqliteDatabase, tables: Iterable[type[peewee.Model]]
) -> None:
    """Add the columns that a store does not have yet; its rows get the columns' defaults.

    :raises StoreError: a column without a default, which every store has, is missing.

    Any other change of a table needs a new `SCHEMA_VERSION`; see `models/files.py`.
    """
    for table in tables:
        name = table._meta.table_name
        known = {column.name for column in database.get_columns(name)}
        for field in table._meta.sorted_fields:
            if field.column_name not in known:
                # In place: to make the table anew would delete what belongs to its rows.
                statement = f'ALTER TABLE "{name}" ADD COLUMN {_define(database, field)}'
                database.execute_sql(statement)  # type: ignore[no-untyped-call]


def _define(database: peewee.SqliteDatabase, field: Any) -> str:
    context = database.get_sql_context()
    definition, _ = context.sql(field.ddl(context)).query()  # type: ignore[no-untyped-call]
    if field.null:
        return str(definition)
    match field.default:
        case bool() | int() as number:
            return f"{definition} DEFAULT {int(number)}"
        case str() as text:
            escaped = text.replace("'", "''")
            return f"{definition} DEFAULT '{escaped}'"
    raise StoreError(
        f"the store has no column {field.column_name} in {field.model._meta.table_name};"
        " export it with the version that wrote it and seed a new store"
    )
