"""Writes `schema.sql` from the models, for `make store`: no start takes the time.

Beside the tables themselves, it has those of the undo log (`undo_schema.py`), which follow their
columns.
"""

from collections.abc import Iterator, Mapping

import peewee

from legacygrid.models import schema
from legacygrid.models.table_sql import declare_columns, find_key, list_columns
from legacygrid.models.tables import TABLES
from legacygrid.models.undo_schema import BELONGINGS, SEEDED

#: The account of that number is of what was seeded, as far as the log says nothing else; later
#: accounts have higher numbers, and need no place in it.
_IS_WATCHED = "<= (SELECT seeded FROM undo_mark)"


def write() -> None:
    """Bring the file up to the models."""
    schema.PATH.write_text(compose(), encoding="utf-8")


def compose() -> str:
    """The text of the file. Meanwhile, the models are of no store."""
    database = peewee.SqliteDatabase(":memory:")
    with database.bind_ctx(TABLES):
        tables = list(_tables(database))
        undo_log = list(_undo_log({each._meta.table_name: each for each in TABLES}))
    return schema.join(tables, undo_log)


def _tables(database: peewee.SqliteDatabase) -> Iterator[str]:
    """What makes the tables and their indexes, as SQLite keeps it."""
    database.create_tables(TABLES, safe=False)
    rows = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'"
    found = database.execute_sql(f"{rows} ORDER BY rowid")  # type: ignore[no-untyped-call]
    yield from (sql for (sql,) in found)


def _undo_log(tables: Mapping[str, type[peewee.Model]]) -> Iterator[str]:
    """What makes the log, as SQLite keeps it."""
    yield "CREATE TABLE undo_mark (initial INTEGER NOT NULL, seeded INTEGER NOT NULL)"
    yield from _watch_accounts(tables["account"])
    for name in BELONGINGS:
        yield from _watch_belongings(tables[name], tables["account"])
    # By key: who was called so, and whether a name would come back.
    for name, column in (("login", "key"), ("api_key", "digest")):
        yield f"CREATE INDEX undo_{name}_{column} ON undo_{name} ({column}) WHERE was_there = 1"
    yield from _watch_sequences(tables["sequence"])


def _watch_accounts(table: type[peewee.Model]) -> Iterator[str]:
    columns = list_columns(table)
    yield _table(table, "base, id")
    yield "CREATE INDEX undo_account_world ON undo_account (base, world, parent_id)"
    for event, row, was_there in _EVENTS:
        condition = f"{row}.id {_IS_WATCHED} AND NOT {_is_noted('account', f'id = {row}.id')}"
        yield _trigger(event, "account", condition, _note("account", columns, row, was_there))


def _watch_belongings(table: type[peewee.Model], accounts: type[peewee.Model]) -> Iterator[str]:
    """Rows are known by their account, too: it decides which reset brings them back."""
    name, columns, key = table._meta.table_name, list_columns(table), find_key(table)
    account_columns = ", ".join(list_columns(accounts))
    yield _table(table, f"base, account_id, {key}")
    for event, row, was_there in (*_EVENTS, (f"AFTER UPDATE OF {key}", "NEW", False)):
        same = f"account_id = {row}.account_id AND {key} = {row}.{key}"
        condition = f"{row}.account_id {_IS_WATCHED} AND NOT {_is_noted(name, same)}"
        # With each row that is noted, its account is.
        own = f"id = {row}.account_id"
        account = (
            f"INSERT INTO undo_account SELECT {SEEDED}, 1, {account_columns} FROM account"
            f" WHERE {own} AND NOT {_is_noted('account', own)}"
        )
        note = _note(name, columns, row, was_there)
        yield _trigger(event, name, condition, f"{account}; {note}")


def _watch_sequences(table: type[peewee.Model]) -> Iterator[str]:
    """Only the start has a number to go back to, or none."""
    yield "CREATE TABLE undo_sequence (world TEXT PRIMARY KEY, last INTEGER)"
    for event, row, was_there in _EVENTS:
        condition = f"NOT EXISTS (SELECT 1 FROM undo_sequence WHERE world = {row}.world)"
        last = f"{row}.last" if was_there else "NULL"
        note = f"INSERT INTO undo_sequence VALUES ({row}.world, {last})"
        yield _trigger(event, "sequence", condition, note)


#: When a row is noted, as what, and whether it was there.
_EVENTS = (
    ("AFTER INSERT", "NEW", False),
    ("BEFORE UPDATE", "OLD", True),
    # What goes with an account goes after that: the account has its place in the log by then.
    ("BEFORE DELETE", "OLD", True),
)


def _table(table: type[peewee.Model], key: str) -> str:
    # Without types, no key would serve a comparison with what has one.
    every = ", ".join(["base INTEGER", "was_there INTEGER", *declare_columns(table)])
    name = f"undo_{table._meta.table_name}"
    return f"CREATE TABLE {name} ({every}, PRIMARY KEY ({key})) WITHOUT ROWID"


def _is_noted(name: str, same: str) -> str:
    return f"EXISTS (SELECT 1 FROM undo_{name} WHERE base = {SEEDED} AND {same})"


def _note(name: str, columns: list[str], row: str, was_there: bool) -> str:
    values = ", ".join(f"{row}.{column}" for column in columns)
    return f"INSERT INTO undo_{name} VALUES ({SEEDED}, {int(was_there)}, {values})"


def _trigger(event: str, table: str, condition: str, action: str) -> str:
    _, what, *of = event.split(" ")
    name = f"undo_{table}_{'rename' if of else what.lower()}"
    return f"CREATE TRIGGER {name} {event} ON {table} WHEN {condition} BEGIN {action}; END"
