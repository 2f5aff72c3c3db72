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
    wanted = schema.of_undo_log()
    rows = "SELECT name, type, sql FROM sqlite_master WHERE name GLOB 'undo_*' AND sql IS NOT NULL"
    existing = connection.execute(f"{rows} ORDER BY type = 'table'").fetchall()
    if {sql for _, _, sql in existing} == set(wanted):
        return
    for name, kind, _ in existing:
        connection.execute(f"DROP {kind} IF EXISTS {name}")
    for statement in wanted:
        connection.execute(statement)
    connection.execute("INSERT INTO undo_mark VALUES (0, 0)")


def stop(connection: sqlite3.Connection) -> None:
    """Note nothing until `prepare`: SQLite renames no table in whose place triggers see none."""
    rows = "SELECT name FROM sqlite_master WHERE name GLOB 'undo_*' AND type = 'trigger'"
    for (name,) in connection.execute(rows).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
