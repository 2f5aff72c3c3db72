"""An index of the names, addresses and companies of all accounts, by every three letters of them.

It tells which accounts may have a part in them, and each of those is looked at then. So one that it
has too much does no harm, and that is what makes it cheap: nothing is taken out of it when an
account changes or goes, and new accounts come in by the hundred. Those that are not in it yet have
higher numbers than its mark. Triggers keep it, whoever writes.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from legacygrid.models import triggers

#: Columns that are indexed: what is each one's own.
COLUMNS = ("username", "email", "company")
#: How many new accounts wait for the index, and how many come in at a time.
_WAITING, _AT_A_TIME = 256, 1024
#: How many accounts that are gone make it begin anew.
_MAX_GONE = 100_000
#: Accounts that are indexed at a time when a store is opened, and between two lines of the log.
_SLICE, _LINE = 10_000, 100_000

log = logging.getLogger("legacygrid")

_NAMES = ", ".join(COLUMNS)
_NEW = ", ".join(f"new.{name}" for name in COLUMNS)
_TABLES = (
    "CREATE VIRTUAL TABLE account_index USING fts5"
    f"({_NAMES}, content='account', content_rowid='id', tokenize='trigram', detail='none',"
    " columnsize=0)",
    "CREATE TABLE account_index_mark (indexed INTEGER NOT NULL, gone INTEGER NOT NULL)",
    "INSERT INTO account_index_mark VALUES (0, 0)",
    # Postings are kept in memory up to so many bytes before they are written.
    "INSERT INTO account_index(account_index, rank) VALUES ('hashsize', 16000000)",
)
_MARK = "(SELECT indexed FROM account_index_mark)"


def _next(limit: object) -> str:
    return f"FROM account WHERE id > {_MARK} ORDER BY id LIMIT {limit}"


def _take_in(limit: object) -> tuple[str, str]:
    """Statements that index the next accounts behind the mark, and move it on."""
    return (
        f"INSERT INTO account_index (rowid, {_NAMES}) SELECT id, {_NAMES} {_next(limit)}",
        "UPDATE account_index_mark SET indexed ="
        f" coalesce((SELECT max(id) FROM (SELECT id {_next(limit)})), indexed)",
    )


_AGAIN = f"INSERT INTO account_index (rowid, {_NAMES}) VALUES (new.id, {_NEW})"
_IS_CHANGED = " OR ".join(f"new.{name} IS NOT old.{name}" for name in COLUMNS)
#: What happens to an account, and what follows: when, on which condition, what.
_TRIGGERS = {
    "account_index_new": (
        f"AFTER INSERT ON account WHEN new.id >= {_MARK} + {_WAITING}",
        _take_in(_AT_A_TIME),
    ),
    "account_index_back": (f"AFTER INSERT ON account WHEN new.id <= {_MARK}", (_AGAIN,)),
    "account_index_changed": (
        f"AFTER UPDATE OF {_NAMES} ON account WHEN new.id <= {_MARK} AND ({_IS_CHANGED})",
        (_AGAIN,),
    ),
    "account_index_gone": (
        f"AFTER DELETE ON account WHEN old.id <= {_MARK}",
        (
            "UPDATE account_index_mark SET gone = gone + 1",
            "INSERT INTO account_index (account_index)"
            f" SELECT 'delete-all' FROM account_index_mark WHERE gone > {_MAX_GONE}",
            f"UPDATE account_index_mark SET indexed = 0, gone = 0 WHERE gone > {_MAX_GONE}",
        ),
    ),
}


def is_supported(connection: sqlite3.Connection) -> bool:
    """Whether this SQLite can index three letters: from 3.34 on, if it was built with FTS5."""
    modules = "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"
    return sqlite3.sqlite_version_info >= (3, 34) and bool(connection.execute(modules).fetchone())


def is_kept(connection: sqlite3.Connection) -> bool:
    """Whether a store has the index, and this SQLite can read it."""
    mark = "SELECT 1 FROM sqlite_master WHERE name = 'account_index_mark'"
    return is_supported(connection) and bool(connection.execute(mark).fetchone())


def prepare(connection: sqlite3.Connection) -> None:
    """Have a store that is opened keep the index, with all accounts in it; in a transaction.

    Where SQLite cannot, the store goes on without, until one opens it that can.
    """
    if not is_supported(connection):
        _give_up(connection)
        return
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    expected = {name: _sql(name) for name in _TRIGGERS}
    if expected.items() > dict(found).items() or not is_kept(connection):
        _give_up(connection)
        connection.execute("DROP TABLE IF EXISTS account_index")
        for statement in (*_TABLES, *expected.values()):
            connection.execute(statement)
    _catch_up(connection)


def take_in(connection: sqlite3.Connection, limit: int = _SLICE) -> None:
    """Index the next accounts behind the mark; in a transaction.

    :param limit: how many at most.
    """
    for statement in _take_in(limit):
        connection.execute(statement)


@contextmanager
def paused(connection: sqlite3.Connection) -> Iterator[None]:
    """For a block that adds accounts by the thousand, and does nothing else to any: they come in
    together at its end, at half the cost; in a transaction.
    """
    if not is_kept(connection):
        yield
        return
    with triggers.without(connection, ("account_index_new", "account_index_back")):
        yield
    _catch_up(connection)


def _sql(trigger: str) -> str:
    when, statements = _TRIGGERS[trigger]
    return f"CREATE TRIGGER {trigger} {when} BEGIN {'; '.join(statements)}; END"


def _give_up(connection: sqlite3.Connection) -> None:
    """What cannot be written to without FTS5 goes; the index itself can only stay."""
    for trigger in _TRIGGERS:
        connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    connection.execute("DROP TABLE IF EXISTS account_index_mark")


def _catch_up(connection: sqlite3.Connection) -> None:
    """Index many accounts that are behind the mark: all of an older store, or what a SQLite without
    the index wrote.
    """
    behind = f"SELECT count(*) FROM (SELECT 1 FROM account WHERE id > {_MARK}{{}})"
    limit = f" LIMIT {_AT_A_TIME + 1}"
    (few,) = connection.execute(behind.format(limit)).fetchone()
    if few <= _AT_A_TIME:
        return
    (count,) = connection.execute(behind.format("")).fetchone()
    for done in range(0, count, _SLICE):
        if done % _LINE == 0 and count > _LINE:
            log.info("Indexing accounts for searches: %s of %s", done, count)
        take_in(connection)
