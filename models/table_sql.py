"""SQL of whole rows, by the models of their tables."""

import peewee


def list_columns(table: type[peewee.Model]) -> list[str]:
    """The columns of a table, quoted, in the order of the model."""
    return [f'"{field.column_name}"' for field in table._meta.sorted_fields]


def declare_columns(table: type[peewee.Model]) -> list[str]:
    """The same with their types, without what else is true of them."""
    types = table._meta.database.get_context_options()["field_types"]
    return [
        f"{column} {types.get(field.field_type, field.field_type)}"
        for column, field in zip(list_columns(table), table._meta.sorted_fields, strict=True)
    ]


def find_key(table: type[peewee.Model]) -> str:
    """The column of a table's primary key, quoted."""
    return next(f'"{each.column_name}"' for each in table._meta.sorted_fields if each.primary_key)


def insert_back(table: type[peewee.Model], rows: str) -> str:
    """Put rows into a table that were there before.

    :param rows: the end of a select of them, from `FROM`.
    """
    columns = ", ".join(list_columns(table))
    return f"INSERT INTO main.{table._meta.table_name} ({columns}) SELECT {columns} {rows}"
