"""Version 11 of the tables: several Event Webhooks, and what v3 tells of whitelabel records. It is
never changed again.
"""

import sqlite3

_STATEMENTS = (
    'CREATE TABLE "event_webhook" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,'
    ' "account_id" INTEGER NOT NULL, "uid" TEXT NOT NULL, "url" TEXT NOT NULL,'
    ' "friendly_name" TEXT NOT NULL, "enabled" INTEGER NOT NULL, "events" TEXT NOT NULL,'
    ' "signing_key" TEXT NOT NULL, "created_at" REAL NOT NULL, "updated_at" REAL NOT NULL,'
    ' FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE)',
    'CREATE UNIQUE INDEX "event_webhook_account_id_uid" ON "event_webhook" ("account_id", "uid")',
    "ALTER TABLE webhook_event ADD COLUMN webhook INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE webhook_post ADD COLUMN webhook INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE mail_domain ADD COLUMN subdomain TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE mail_domain ADD COLUMN is_default INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE mail_domain ADD COLUMN valid INTEGER NOT NULL DEFAULT 1",
)


def add_webhooks(connection: sqlite3.Connection) -> None:
    """A table of further webhooks; which of them an event and a post is for."""
    for statement in _STATEMENTS:
        connection.execute(statement)
