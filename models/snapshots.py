"""What the store held when it started, and what was seeded since: what a reset goes back to.

Nothing is copied for it: triggers note what rows were before they change (`undo_schema.py`), and a
reset of everything goes back to the start, a narrowed one to what was seeded. Rows go back in SQL,
without a look at them. All of it is done in a transaction.
"""

import json

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.account_trees import AccountTree
from legacygrid.models.sequence import Sequence
from legacygrid.models.undo_log import (
    EVERYTHING,
    AccountScope,
    Marks,
    clear,
    find_last_account,
    noting_until,
    read_marks,
    revert,
    run,
    set_marks,
    settle,
)
from legacygrid.models.undo_schema import INITIAL, SEEDED

#: Trees of what was seeded that would bring back what a tree has by now, as a column of a table
#: tells; no two have the same. Of that tree, what has not changed is no trouble.
_CONFLICTS = """
    WITH changed AS (
        SELECT id FROM account WHERE id > :seeded AND {condition} UNION
        SELECT id FROM undo_account AS account WHERE base = 1 AND {condition})
    SELECT DISTINCT coalesce(old.parent_id, old.id)
    FROM changed CROSS JOIN {table} AS mine ON mine.account_id = changed.id
    JOIN undo_{table} AS gone
        ON gone.{column} = mine.{column} AND gone.was_there = 1 AND gone.base = 1
    JOIN undo_account AS old ON old.id = gone.account_id AND old.was_there = 1 AND old.base = 1
    WHERE coalesce(old.parent_id, old.id) <> :number
"""


def mark_initial() -> None:
    """What is there by now is the start."""
    last = find_last_account()
    clear()
    set_marks(Marks(last, last))


def reset() -> None:
    """Everything is as it was at start, in all worlds; what was seeded since is forgotten."""
    initial = read_marks().initial
    run("DELETE FROM sent")
    settle(EVERYTHING, initial)
    with noting_until(0):
        revert(INITIAL, EVERYTHING, initial)
    run("DELETE FROM sequence WHERE world IN (SELECT world FROM undo_sequence)")
    run("INSERT INTO sequence SELECT world, last FROM undo_sequence WHERE last IS NOT NULL")
    clear()
    set_marks(Marks(initial, initial))


def reset_world(world: str) -> None:
    """A world is as it was when it was last seeded.

    :raises NameTaken: as `reset_account`.
    """
    scope = AccountScope.of_world(world)
    run("INSERT INTO sequence VALUES (:world, 0) ON CONFLICT DO NOTHING", scope.values)
    _revert_to_seeded(scope)
    # Numbers go on behind the highest that is there. None is above the last that was given, and
    # many may have one, but few of this world will be looked at for it.
    run(
        """
        UPDATE sequence SET last = coalesce((
            SELECT login.number
            FROM login CROSS JOIN account ON account.id = login.account_id
            WHERE login.number <= sequence.last AND +account.world = :world
            ORDER BY login.number DESC LIMIT 1), 0)
        WHERE world = :world""",
        scope.values,
    )


def end_world(world: str) -> None:
    """Delete a world, and what it was seeded with."""
    scope, initial = AccountScope.of_world(world), read_marks().initial
    with noting_until(initial):
        run("DELETE FROM account WHERE world = :world", scope.values)
        run("DELETE FROM sequence WHERE world = :world", scope.values)
    settle(scope, initial)
    run("DELETE FROM undo_sequence WHERE world = :world AND last IS NULL", scope.values)


def reset_account(tree: AccountTree) -> None:
    """A primary account, with all that is its own, is as it was when it was last seeded.

    :raises NameTaken: somebody outside of it has one of its names by now.
    """
    _revert_to_seeded(tree.scope)


def update_seeded(accounts: list[Account]) -> None:
    """These primary accounts were seeded: a reset that is narrowed to them goes back to what they
    are now.

    :raises NameTaken: a reset of another account would bring one of their names back.
    """
    marks = read_marks()
    for account in accounts:
        tree = AccountScope.of_tree(account.world, account.id)
        _supersede(tree, marks)
        settle(tree, marks.initial)
    # Others came since by calls.
    run(
        """
        INSERT INTO undo_account (base, was_there, id, parent_id, world)
        SELECT 1, 0, id, parent_id, world FROM account
        WHERE id > :seeded AND coalesce(parent_id, id) NOT IN (SELECT value FROM json_each(:trees))
        """,
        {"seeded": marks.seeded, "trees": json.dumps([account.id for account in accounts])},
    )
    # The last of them may be gone again.
    set_marks(Marks(marks.initial, max(marks.seeded, find_last_account())))


def _supersede(tree: AccountScope, marks: Marks) -> None:
    """Forget those of what was seeded that are gone by now and share a name with a tree, as after a
    new state.

    :raises NameTaken: somebody who is there shares one.
    """
    for number in _find_conflicts(tree, "login", "key", marks):
        if not Account.select().where(Account.id == number).exists():
            settle(AccountScope.of_tree(tree.values["world"], number), marks.initial)
    for table, column in (("login", "key"), ("api_key", "digest")):
        if _find_conflicts(tree, table, column, marks):
            raise reasons.NameTaken


def _find_conflicts(tree: AccountScope, table: str, column: str, marks: Marks) -> list[int]:
    sql = _CONFLICTS.format(table=table, column=column, condition=tree.condition)
    return [number for (number,) in run(sql, tree.values | {"seeded": marks.seeded})]


def _revert_to_seeded(scope: AccountScope) -> None:
    """Have what a scope holds as it was seeded."""
    marks = read_marks()
    # From an index: a login without a limit has sent nothing that counts.
    run(
        f"""
        DELETE FROM sent WHERE id IN (
            SELECT sent.id FROM sent CROSS JOIN account ON account.id = sent.account_id
            WHERE {scope.condition})""",
        scope.values,
    )
    # Numbers go on behind those that come back.
    (last,) = run(
        f"""
        SELECT coalesce(max(number), 0)
        FROM undo_account AS account JOIN undo_login AS gone ON gone.account_id = account.id
        WHERE gone.was_there = 1 AND gone.base = 1 AND account.base = 1 AND {scope.condition}""",
        scope.values,
    ).fetchone()
    Sequence.at_least(scope.values["world"], last)
    try:
        with noting_until(0):
            revert(SEEDED, scope, marks.seeded)
    except peewee.IntegrityError:
        raise reasons.NameTaken from None
