"""The rows of a world, into a copy and back; in SQL, without a look at them."""

from legacygrid.models.account import Account
from legacygrid.models.sequence import Sequence
from legacygrid.models.table_sql import insert_back
from legacygrid.models.tables import TABLES
from legacygrid.models.undo_log import run
from legacygrid.models.undo_schema import BELONGINGS

#: Which rows of a table are of a world; the account's own tables go with it.
_OF_ACCOUNT = "account_id IN (SELECT id FROM main.account WHERE world = :world)"
_OF_MESSAGE = "message_id IN (SELECT id FROM main.message WHERE world = :world)"
_OF_POST = "post_id IN (SELECT id FROM main.webhook_post WHERE world = :world)"
_CONDITIONS = {
    "account": "world = :world",
    **dict.fromkeys((*BELONGINGS, "sent"), _OF_ACCOUNT),
    "message": "world = :world",
    "recipient": _OF_MESSAGE,
    "webhook_event": "world = :world",
    "webhook_post": "world = :world",
    "webhook_attempt": _OF_POST,
}


def copy_world(world: str) -> None:
    """Copy a world, with its mail; in a transaction beside the empty tables of the copy."""
    for table, condition in _CONDITIONS.items():
        rows = f"SELECT * FROM main.{table} WHERE {condition}"
        run(f"INSERT INTO start.{table} {rows}", {"world": world})


def bring_back(world: str) -> None:
    """Put the copy in the place of all that is in the world; in a transaction beside it."""
    for table in ("webhook_post", "webhook_event", "message", "account"):
        run(f"DELETE FROM main.{table} WHERE world = :world", {"world": world})
    models = {model._meta.table_name: model for model in TABLES}
    for table in _CONDITIONS:
        run(insert_back(models[table], f"FROM start.{table}"))
    # Numbers go on behind those that came now.
    (last,) = run("SELECT coalesce(max(number), 0) FROM start.login").fetchone()
    Sequence.at_least(world, last)


def count_accounts(world: str) -> int:
    """How many accounts a world has."""
    count: int = Account.select().where(Account.world == world).count()
    return count
