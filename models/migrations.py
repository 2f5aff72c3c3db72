"""The steps that move a store of an older version up to this one."""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module

from legacygrid.models import undo_schema
from legacygrid.models.connections import Sqlite
from legacygrid.models.files import StoreError
from legacygrid.models.names import SEPARATOR, fold

#: The oldest version that is moved up.
OLDEST = 5
log = logging.getLogger("legacygrid")

Step = Callable[[sqlite3.Connection], None]


def _add_queue_id(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE message ADD COLUMN queue_id TEXT NOT NULL DEFAULT ''")
    connection.execute('CREATE INDEX "message_queue_id" ON "message" ("queue_id")')


def _key_names(connection: sqlite3.Connection) -> None:
    """What a name is found by is how it looks. Of names that look alike, the one whose key it is
    already has it, or else the oldest; the others stay what they are found by, and lose nothing.
    """
    rows = connection.execute("SELECT key, name FROM login ORDER BY created_at, rowid").fetchall()
    alike: dict[str, list[tuple[str, str]]] = {}
    for old, name in rows:
        world, separator, _ = old.rpartition(SEPARATOR)
        alike.setdefault(world + separator + fold(name), []).append((old, name))
    for key, holders in alike.items():
        first = next((old for old, _ in holders if old == key), holders[0][0])
        connection.execute("UPDATE login SET key = ? WHERE key = ?", (key, first))
        if len(holders) > 1:
            names = ", ".join(ascii(name) for _, name in holders)
            log.warning("Names that look alike stay, and no more of them can be added: %s", names)


def _number_mail_domains(connection: sqlite3.Connection) -> None:
    """No number of a mail domain is given twice."""
    connection.execute(
        'CREATE TABLE "numbered" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,'
        ' "account_id" INTEGER NOT NULL, "domain" TEXT NOT NULL,'
        ' FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE)'
    )
    connection.execute(
        'INSERT INTO "numbered" SELECT "id", "account_id", "domain" FROM mail_domain'
    )
    connection.execute("DROP TABLE mail_domain")
    connection.execute('ALTER TABLE "numbered" RENAME TO "mail_domain"')
    connection.execute('CREATE INDEX "mail_domain_account_id" ON "mail_domain" ("account_id")')


def _add_v3(connection: sqlite3.Connection) -> None:
    """What SendGrid's v3 knows beside v2: ids of keys, regions, and who is invited."""
    connection.execute("ALTER TABLE account ADD COLUMN region TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE api_key ADD COLUMN key_id TEXT NOT NULL DEFAULT ''")
    connection.execute("UPDATE api_key SET key_id = lower(hex(randomblob(11)))")
    connection.execute(
        'CREATE TABLE "invitation" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,'
        ' "account_id" INTEGER NOT NULL, "email" TEXT NOT NULL, "scopes_json" TEXT NOT NULL,'
        ' "is_admin" INTEGER NOT NULL, "token" TEXT NOT NULL, "expires_at" REAL NOT NULL,'
        ' FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE)'
    )
    connection.execute('CREATE INDEX "invitation_account_id" ON "invitation" ("account_id")')


def _import_step(module: str, name: str) -> Step:
    """A step with a module of its own, which is imported when the step is taken."""

    def step(connection: sqlite3.Connection) -> None:
        getattr(import_module(f"legacygrid.models.{module}"), name)(connection)

    return step


#: How the tables get from the version before to each version. A step is plain SQL and calls nothing
#: of the models, which go on changing: it does for ever what it did first. New tables and columns
#: are written as the models' own SQL has them, with a default for the rows that are there. SQLite's
#: `executescript` would end the transaction.
STEPS: Mapping[int, Step] = {
    6: _add_queue_id,
    7: _key_names,
    8: _number_mail_domains,
    9: _import_step("version_9", "add_rest_of_v2"),
    10: _add_v3,
    11: _import_step("version_11", "add_webhooks"),
}


def newest() -> int:
    """The version that a new store has."""
    return max(STEPS, default=OLDEST)


@contextmanager
def transaction(database: Sqlite) -> Iterator[None]:
    """A transaction for steps, without foreign keys: a step may put a table in the place of
    another, and what belongs to its rows is to stay. SQLite does not switch that within one.
    """
    database.pragma("foreign_keys", 0)
    try:
        with database.atomic("IMMEDIATE"):
            yield
    finally:
        database.pragma("foreign_keys", 1)


def move_up(database: Sqlite) -> None:
    """Bring the tables of an older store up to this version; in a `transaction`.

    Whoever reads the version within the transaction may believe it: of two processes, the second
    has nothing left to do.

    :raises StoreError: the store is of a newer version, of one that is too old, or a step left rows
        without what they belong to.
    """
    path, version = str(database.path), int(database.pragma("user_version"))
    refuse_foreign_version(path, version)
    if version == newest():
        return
    log.info("Moving the store %s up from version %s to %s", path, version, newest())
    connection: sqlite3.Connection = database.connection()  # type: ignore[no-untyped-call]
    undo_schema.stop(connection)
    for number in range(version + 1, newest() + 1):
        STEPS[number](connection)
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise StoreError(f"cannot move {path} up from version {version}: rows would be lost")
    database.pragma("user_version", newest())


def refuse_foreign_version(path: str, version: int) -> None:
    """Refuse a version that this one cannot read.

    :raises StoreError: it is newer than this, or too old; the message says what to do.
    """
    if version > newest():
        raise StoreError(
            f"{path} is of a newer Legacygrid: it has schema version {version}, and this one reads"
            f" up to {newest()}; open it with the version that wrote it"
        )
    if version < OLDEST:
        raise StoreError(
            f"{path} has schema version {version}, and this Legacygrid reads {OLDEST} and later;"
            " export it with the version that wrote it and seed a new store"
        )
