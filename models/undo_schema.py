"""The tables and triggers of the undo log: they keep what rows were before they first changed.

They follow the columns of the tables that they watch, and are made when a store is opened: an
upgrade needs no step for them.
"""

import sqlite3
from collections.abc import Iterator, Sequence

import peewee

from legacygrid.models.table_sql import declare_columns, find_key, list_columns

#: Tables whose rows go with an account, beside its own.
BELONGINGS = (
    "login", "api_key", "mail_domain", "suppression", "app", "credit", "ip_address", "monitor",
    "monitored_subuser", "parse_host", "invitation", "statistic", "event_webhook",
)  # fmt: skip
#: Triggers that note what is new, if it is an account's that is watched.
WATCHING_NEW = tuple(f"undo_{table}_insert" for table in ("account", *BELONGINGS))
#: What there is to go back to: the start, and the start with what was seeded since. Of the second,
#: the log has what changed since; of the first, by what that differs from the second.
INITIAL, SEEDED = 0, 1
#: The account of that number is of what was seeded, as far as the log says nothing else; later
#: accounts have higher numbers, and need no place in it.
_IS_WATCHED = "<= (SELECT seeded FROM undo_mark)"


def prepare(connection: sqlite3.Connection, tables: Sequence[type[peewee.Model]]) -> None:
    """Make the log of a store, or make it anew if its columns are not those of the tables; in a
    transaction.

    :param tables: of the whole store.
    """
    wanted = dict(_statements({each._meta.table_name: each for each in tables}))
    rows = "SELECT name, type, sql FROM sqlite_master WHERE name GLOB 'undo_*' AND sql IS NOT NULL"
    existing = connection.execute(f"{rows} ORDER BY type = 'table'").fetchall()
    if {name: sql for name, _, sql in existing} == wanted:
        return
    for name, kind, _ in existing:
        connection.execute(f"DROP {kind} IF EXISTS {name}")
    for statement in wanted.values():
        connection.execute(statement)
    connection.execute("INSERT INTO undo_mark VALUES (0, 0)")


def stop(connection: sqlite3.Connection) -> None:
    """Note nothing until `prepare`: SQLite renames no table in whose place triggers see none."""
    rows = "SELECT name FROM sqlite_master WHERE name GLOB 'undo_*' AND type = 'trigger'"
    for (name,) in connection.execute(rows).fetchall():
        connection.execute(f"DROP TRIGGER {name}")


def _statements(tables: dict[str, type[peewee.Model]]) -> Iterator[tuple[str, str]]:
    """What makes the log: names, and the SQL of each, as SQLite keeps it."""
    yield "undo_mark", "CREATE TABLE undo_mark (initial INTEGER NOT NULL, seeded INTEGER NOT NULL)"
    yield from _watch_accounts(tables["account"])
    for name in BELONGINGS:
        yield from _watch_belongings(tables[name], tables["account"])
    # By key: who was called so, and whether a name would come back.
    for name, column in (("login", "key"), ("api_key", "digest")):
        index = f"CREATE INDEX undo_{name}_{column} ON undo_{name} ({column}) WHERE was_there"
        yield f"undo_{name}_{column}", index
    yield from _watch_sequences(tables["sequence"])


def _watch_accounts(table: type[peewee.Model]) -> Iterator[tuple[str, str]]:
    columns = list_columns(table)
    yield _table(table, "base, id")
    index = "CREATE INDEX undo_account_world ON undo_account (base, world, parent_id)"
    yield "undo_account_world", index
    for event, row, was_there in _EVENTS:
        condition = f"{row}.id {_IS_WATCHED} AND NOT {_is_noted('account', f'id = {row}.id')}"
        yield _trigger(event, "account", condition, _note("account", columns, row, was_there))


def _watch_belongings(
    table: type[peewee.Model], accounts: type[peewee.Model]
) -> Iterator[tuple[str, str]]:
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


def _watch_sequences(table: type[peewee.Model]) -> Iterator[tuple[str, str]]:
    """Only the start has a number to go back to, or none."""
    yield "undo_sequence", "CREATE TABLE undo_sequence (world TEXT PRIMARY KEY, last INTEGER)"
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


def _table(table: type[peewee.Model], key: str) -> tuple[str, str]:
    # Without types, no key would serve a comparison with what has one.
    every = ", ".join(["base INTEGER", "was_there INTEGER", *declare_columns(table)])
    name = f"undo_{table._meta.table_name}"
    return name, f"CREATE TABLE {name} ({every}, PRIMARY KEY ({key})) WITHOUT ROWID"


def _is_noted(name: str, same: str) -> str:
    return f"EXISTS (SELECT 1 FROM undo_{name} WHERE base = {SEEDED} AND {same})"


def _note(name: str, columns: list[str], row: str, was_there: bool) -> str:
    values = ", ".join(f"{row}.{column}" for column in columns)
    return f"INSERT INTO undo_{name} VALUES ({SEEDED}, {int(was_there)}, {values})"


def _trigger(event: str, table: str, condition: str, action: str) -> tuple[str, str]:
    _, what, *of = event.split(" ")
    name = f"undo_{table}_{'rename' if of else what.lower()}"
    return name, f"CREATE TRIGGER {name} {event} ON {table} WHEN {condition} BEGIN {action}; END"
