"""What changed since the start, and since something was seeded: rows as they were before. A reset
costs what changed, not what is there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

from legacygrid.models.account import Account
from legacygrid.models.engines.dialects import bound
from legacygrid.models.table_sql import find_key, insert_back, list_columns
from legacygrid.models.tables import TABLES
from legacygrid.models.undo_schema import BELONGINGS, INITIAL, SEEDED

_MODELS = {model._meta.table_name: model for model in TABLES}


class AccountScope(NamedTuple):
    """Which accounts are meant.

    :param condition: in SQL, on `account`, which may be the log's; `values` are those in it.
    """

    condition: str
    values: dict[str, Any]

    @classmethod
    def of_world(cls, world: str) -> Self:
        """All accounts of a world."""
        return cls("account.world = :world", {"world": world})

    @classmethod
    def of_tree(cls, world: str, number: int) -> Self:
        """A primary account of a world, and its subusers."""
        tree = "account.world = :world AND (account.id = :number OR account.parent_id = :number)"
        return cls(tree, {"world": world, "number": number})


EVERYTHING = AccountScope("TRUE", {})


class Marks(NamedTuple):
    """The highest numbers that accounts had at start, and when something was last seeded."""

    initial: int
    seeded: int


def read_marks() -> Marks:
    """The marks as they are; in a transaction."""
    return Marks(*run("SELECT initial, seeded FROM undo_mark").fetchone())


def set_marks(marks: Marks) -> None:
    """Put others in their place; in a transaction."""
    run("UPDATE undo_mark SET initial = :initial, seeded = :seeded", marks._asdict())


def find_last_account() -> int:
    """The highest number of an account."""
    return int(run("SELECT coalesce(max(id), 0) FROM account").fetchone()[0])


@contextmanager
def noting_until(number: int) -> Iterator[None]:
    """Note no more than what becomes of accounts up to a number; 0 for none."""
    marks = read_marks()
    set_marks(Marks(marks.initial, number))
    yield
    set_marks(marks)


def clear() -> None:
    """Forget all that was noted."""
    for table in ("account", *BELONGINGS, "sequence"):
        run(f"DELETE FROM undo_{table}")


def revert(base: int, scope: AccountScope, last: int) -> None:
    """Have accounts, and what is theirs, as they are in a base; what was noted is forgotten.

    :param last: the highest number of an account of the base.
    :raises IntegrityError: somebody outside of the scope has one of their names by now.
    """
    values = scope.values | {"base": base, "last": last}
    noted = f"FROM undo_account AS account WHERE base = :base AND {scope.condition}"
    run(f"DELETE FROM account WHERE {scope.condition} AND id > :last", values)
    run(f"DELETE FROM account WHERE id IN (SELECT id {noted} AND was_there = 0)", values)
    columns = list_columns(Account)
    # What belongs to an account would go with it if that were deleted.
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns)
    run(
        f"INSERT INTO account ({', '.join(columns)}) SELECT {', '.join(columns)}"
        f" {noted} AND was_there = 1 AND id <= :last ON CONFLICT (id) DO UPDATE SET {changes}",
        values,
    )
    for table in BELONGINGS:
        _revert_belongings(table, f"base = :base AND account_id IN (SELECT id {noted})", values)
    _forget(base, scope)


def _revert_belongings(table: str, noted: str, values: dict[str, Any]) -> None:
    if table == "monitor":
        _revert_monitors(noted, values)
        return
    key = find_key(_MODELS[table])
    # A name that one of them had may be another's, in whose place it has not changed.
    same = f"mine.account_id = {table}.account_id AND mine.{key} = {table}.{key}"
    run(
        f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM undo_{table} WHERE {noted})"
        f" AND EXISTS (SELECT 1 FROM undo_{table} AS mine WHERE {noted} AND {same})",
        values,
    )
    # What was noted of accounts that the base has not is of no use.
    rows = f"{noted} AND was_there = 1 AND account_id IN (SELECT id FROM main.account)"
    run(insert_back(_MODELS[table], f"FROM undo_{table} WHERE {rows}"), values)


def _revert_monitors(noted: str, values: dict[str, Any]) -> None:
    """Change them in their places: with one that was deleted, its subusers would go."""
    rows = f"SELECT id FROM undo_monitor WHERE {noted}"
    run(f"DELETE FROM monitor WHERE id IN ({rows} AND was_there = 0)", values)
    # Two may have changed names.
    aside = "UPDATE monitor SET name = :mark || CAST(id AS TEXT)"
    run(f"{aside} WHERE id IN ({rows})", values | {"mark": "\x01"})
    back = f"{noted} AND was_there = 1 AND account_id IN (SELECT id FROM main.account)"
    columns = list_columns(_MODELS["monitor"])
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns)
    insert = insert_back(_MODELS["monitor"], f"FROM undo_monitor WHERE {back}")
    run(f"{insert} ON CONFLICT (id) DO UPDATE SET {changes}", values)


def settle(scope: AccountScope, initial: int) -> None:
    """What accounts are now, they were seeded with: what was noted of them tells from now on how
    the start differs from that.

    :param initial: the highest number of an account of the start.
    """
    values = scope.values | {"initial": initial}
    noted = f"SELECT id FROM undo_account AS account WHERE base = {SEEDED} AND {scope.condition}"
    change = f"SET base = {INITIAL} WHERE base = {SEEDED}"
    for table in BELONGINGS:
        key = find_key(_MODELS[table])
        same = f"gone.account_id = mine.account_id AND gone.{key} = mine.{key}"
        theirs = f"account_id IN ({noted} AND id <= :initial) AND {_is_news(table, same)}"
        run(f"UPDATE undo_{table} AS mine {change} AND {theirs}", values)
    is_news = _is_news("account", "gone.id = account.id")
    accounts = f"UPDATE undo_account AS account {change} AND {scope.condition}"
    run(f"{accounts} AND id <= :initial AND {is_news}", values)
    _forget(SEEDED, scope)


def _is_news(table: str, same: str) -> str:
    """As a condition: the log has not noted already how the start was."""
    return f"NOT EXISTS (SELECT 1 FROM undo_{table} AS gone WHERE base = {INITIAL} AND {same})"


def _forget(base: int, scope: AccountScope) -> None:
    values = scope.values | {"base": base}
    noted = f"FROM undo_account AS account WHERE base = :base AND {scope.condition}"
    for table in BELONGINGS:
        run(
            f"DELETE FROM undo_{table} WHERE base = :base AND account_id IN (SELECT id {noted})",
            values,
        )
    run(f"DELETE {noted}", values)


def run(sql: str, values: dict[str, Any] | None = None) -> Any:
    """Run a statement; in a transaction.

    :param sql: as SQLite has it, with `:name` for each value.
    """
    return bound.execute_sql(bound.dialect.write_statement(sql), values)
