"""The rows of a world, into a copy and back; in SQL, without a look at them."""

from typing import Any

from legacygrid.models.account import Account
from legacygrid.models.copies import START
from legacygrid.models.database import Base
from legacygrid.models.table_sql import insert_back
from legacygrid.models.tables import TABLES
from legacygrid.models.undo_schema import BELONGINGS

#: Which rows of a table are of a world; the account's own tables go with it.
_OF_ACCOUNT = "account_id IN (SELECT id FROM main.account WHERE world = ?)"
_OF_MESSAGE = "message_id IN (SELECT id FROM main.message WHERE world = ?)"
_OF_POST = "post_id IN (SELECT id FROM main.webhook_post WHERE world = ?)"
_CONDITIONS = {
    "account": "world = ?",
    **dict.fromkeys((*BELONGINGS, "sent"), _OF_ACCOUNT),
    "message": "world = ?",
    "recipient": _OF_MESSAGE,
    "webhook_event": "world = ?",
    "webhook_post": "world = ?",
    "webhook_attempt": _OF_POST,
}


def copy_world(world: str) -> None:
    """Copy a world, with its mail; in a transaction beside the empty tables of the copy."""
    for table, condition in _CONDITIONS.items():
        rows = f"SELECT * FROM main.{table} WHERE {condition}"
        _run(f"INSERT INTO {START}.{table} {rows}", world)


def bring_back(world: str) -> None:
    """Put the copy in the place of all that is in the world; in a transaction beside it."""
    for table in ("webhook_post", "webhook_event", "message", "account"):
        _run(f"DELETE FROM main.{table} WHERE world = ?", world)
    models = {model._meta.table_name: model for model in TABLES}
    for table in _CONDITIONS:
        _run(insert_back(models[table], f"FROM {START}.{table}"))
    _run("INSERT OR IGNORE INTO main.sequence VALUES (?, 0)", world)
    # Numbers go on behind those that came now.
    last = f"max(last, (SELECT coalesce(max(number), 0) FROM {START}.login))"
    _run(f"UPDATE main.sequence SET last = {last} WHERE world = ?", world)


def count_accounts(world: str) -> int:
    """How many accounts a world has."""
    count: int = Account.select().where(Account.world == world).count()
    return count


def _run(sql: str, *values: Any) -> Any:
    return Base._meta.database.execute_sql(sql, values)
