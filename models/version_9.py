"""Version 9 of the tables: what the rest of Web API v2 keeps. It is never changed again."""

import sqlite3

_OF_ACCOUNT = (
    '"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "account_id" INTEGER NOT NULL, {columns},'
    ' FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE'
)
#: The columns of the new tables, beside their number and the account that they belong to.
_TABLES = {
    "app": (
        '"name" TEXT NOT NULL, "active" INTEGER NOT NULL, "settings_json" TEXT NOT NULL,'
        ' "signing_key" TEXT NOT NULL'
    ),
    "credit": (
        '"mode" TEXT NOT NULL, "credit" INTEGER NOT NULL, "remain" INTEGER NOT NULL,'
        ' "period" TEXT NOT NULL, "start_date" TEXT NOT NULL, "end_date" TEXT NOT NULL,'
        ' "last_reset" TEXT NOT NULL'
    ),
    "ip_address": '"address" TEXT NOT NULL',
    "monitor": '"name" TEXT NOT NULL, "email" TEXT NOT NULL, "frequency" INTEGER NOT NULL',
    "monitored_subuser": (
        '"monitor_id" INTEGER NOT NULL REFERENCES "monitor" ("id") ON DELETE CASCADE,'
        ' "mails" INTEGER NOT NULL'
    ),
    "parse_host": (
        '"hostname" TEXT NOT NULL, "url" TEXT NOT NULL, "spam_check" INTEGER NOT NULL,'
        ' "send_raw" INTEGER NOT NULL'
    ),
    "statistic": (
        '"day" TEXT NOT NULL, "category" TEXT NOT NULL, "part" TEXT NOT NULL,'
        ' "requests" INTEGER NOT NULL, "delivered" INTEGER NOT NULL, "bounces" INTEGER NOT NULL,'
        ' "repeat_bounces" INTEGER NOT NULL, "unsubscribes" INTEGER NOT NULL,'
        ' "repeat_unsubscribes" INTEGER NOT NULL, "clicks" INTEGER NOT NULL,'
        ' "opens" INTEGER NOT NULL, "spamreports" INTEGER NOT NULL,'
        ' "repeat_spamreports" INTEGER NOT NULL, "invalid_email" INTEGER NOT NULL,'
        ' "blocks" INTEGER NOT NULL, "unique_clicks" INTEGER NOT NULL,'
        ' "unique_opens" INTEGER NOT NULL, "spam_drop" INTEGER NOT NULL,'
        ' "processed" INTEGER NOT NULL, "deferred" INTEGER NOT NULL'
    ),
    "webhook_event": '"world" TEXT NOT NULL, "at" REAL NOT NULL, "event_json" TEXT NOT NULL',
    "webhook_post": (
        '"world" TEXT NOT NULL, "kind" TEXT NOT NULL, "url" TEXT NOT NULL,'
        ' "headers_json" TEXT NOT NULL, "body" BLOB NOT NULL, "events" INTEGER NOT NULL,'
        ' "state" TEXT NOT NULL, "at" REAL NOT NULL, "due_at" REAL NOT NULL,'
        ' "attempts" INTEGER NOT NULL'
    ),
}
_FURTHER = (
    'CREATE TABLE "webhook_attempt" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,'
    ' "post_id" INTEGER NOT NULL, "at" REAL NOT NULL, "status" INTEGER, "error" TEXT NOT NULL,'
    ' "answer" TEXT NOT NULL, "seconds" REAL NOT NULL,'
    ' FOREIGN KEY ("post_id") REFERENCES "webhook_post" ("id") ON DELETE CASCADE)',
    "ALTER TABLE account ADD COLUMN time_zone TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE mail_domain ADD COLUMN url_domain TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE recipient ADD COLUMN opens INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE recipient ADD COLUMN clicks INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE suppression ADD COLUMN folded TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE suppression ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE suppression ADD COLUMN status TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE suppression ADD COLUMN ip TEXT NOT NULL DEFAULT ''",
    "UPDATE suppression SET folded = in_lower_case(address)",
    'DROP INDEX "suppression_account_id"',
)
#: Table, whether no two rows may be alike, and the columns.
_INDEXES: tuple[tuple[str, bool, tuple[str, ...]], ...] = (
    ("app", True, ("account_id", "name")),
    ("credit", True, ("account_id",)),
    ("ip_address", True, ("account_id", "address")),
    ("monitor", True, ("account_id", "name")),
    ("monitored_subuser", False, ("monitor_id",)),
    ("monitored_subuser", True, ("account_id", "monitor_id")),
    ("parse_host", False, ("account_id",)),
    ("parse_host", False, ("hostname",)),
    ("statistic", True, ("account_id", "day", "category", "part")),
    ("suppression", False, ("account_id", "kind", "id")),
    ("suppression", False, ("account_id", "folded")),
    ("webhook_event", False, ("account_id",)),
    ("webhook_post", False, ("account_id",)),
    ("webhook_post", False, ("state", "due_at")),
    ("webhook_attempt", False, ("post_id",)),
)


def add_rest_of_v2(connection: sqlite3.Connection) -> None:
    """Tables of what SendGrid's other calls set, count and post; lists that mail is looked up in by
    an index.
    """
    connection.create_function("in_lower_case", 1, str.lower, deterministic=True)
    for name, columns in _TABLES.items():
        connection.execute(f'CREATE TABLE "{name}" ({_OF_ACCOUNT.format(columns=columns)})')
    for statement in _FURTHER:
        connection.execute(statement)
    for table, is_unique, keys in _INDEXES:
        names = ", ".join(f'"{column}"' for column in keys)
        kind = "UNIQUE INDEX" if is_unique else "INDEX"
        index = "_".join((table, *keys))
        connection.execute(f'CREATE {kind} "{index}" ON "{table}" ({names})')
