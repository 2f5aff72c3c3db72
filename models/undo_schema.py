"""The tables and triggers of the undo log: they keep what rows were before they first changed.

They follow the columns of the tables that they watch (`schema_writer.py`), and are made when a
store is opened: an upgrade needs no step for them.
"""

import sqlite3

from legacygrid.models import schema

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


def prepare(connection: sqlite3.Connection) -> None:
    """Make the log of a store, or make it anew if it is not as it would be made now; in a
    transaction.
    """
    existing = _find(connection)
    if _is_current(existing):
        return
    for name, kind, _ in existing:
        connection.execute(f"DROP {kind} IF EXISTS {name}")
    for statement in schema.of_undo_log():
        connection.execute(statement)
    connection.execute("INSERT INTO undo_mark VALUES (0, 0)")


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether a store has the log as it would be made now; else what is in it is forgotten when the
    store is opened.
    """
    return _is_current(_find(connection))


def _find(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    rows = "SELECT name, type, sql FROM sqlite_master WHERE name GLOB 'undo_*' AND sql IS NOT NULL"
    return connection.execute(f"{rows} ORDER BY type = 'table'").fetchall()


def _is_current(existing: list[tuple[str, str, str]]) -> bool:
    return {sql for _, _, sql in existing} == set(schema.of_undo_log())


def stop(connection: sqlite3.Connection) -> None:
    """Note nothing until `prepare`: SQLite renames no table in whose place triggers see none."""
    rows = "SELECT name FROM sqlite_master WHERE name GLOB 'undo_*' AND type = 'trigger'"
    for (name,) in connection.execute(rows).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
