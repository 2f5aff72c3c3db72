"""What the store held when it started, and what was seeded since: what a reset goes back to.

It is a copy, taken before the first write, and a second one from the first seed on: a reset of
everything goes back to the first, a narrowed one to the second. Rows go back in SQL, without a look
at them.
"""

from typing import Any, NamedTuple

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.copies import BELONGINGS, START
from legacygrid.models.database import Base
from legacygrid.models.lookup import find_login
from legacygrid.models.names import name_keys

#: Has the numbers of a world's credentials go on behind the highest.
GO_ON = """
    UPDATE main.sequence SET last = max(last, (
        SELECT coalesce(max(login.number), 0)
        FROM main.login JOIN main.account ON account.id = login.account_id
        WHERE account.world = sequence.world))
"""
#: Accounts of the start that are gone by now and share a name with the one that is remembered, as
#: after a new state.
_SUPERSEDED = f"""
    DELETE FROM {START}.account WHERE id IN (
        SELECT coalesce(old.parent_id, old.id) FROM {START}.account old
        JOIN {START}.login ON login.account_id = old.id
        WHERE coalesce(old.parent_id, old.id) NOT IN (SELECT id FROM main.account)
        AND login.key IN (
            SELECT key FROM main.login WHERE account_id IN (
                SELECT id FROM main.account WHERE id = ?1 OR parent_id = ?1)))
"""


def reset() -> None:
    """Everything is as it was at start, in all worlds; in a transaction beside the start."""
    _run("DELETE FROM main.sequence")
    _run(f"INSERT INTO main.sequence SELECT * FROM {START}.sequence")
    _replace("id > ?", 0)


def reset_world(world: str) -> None:
    """A world is as it was when it was last seeded; in a transaction beside what was seeded."""
    _run("REPLACE INTO main.sequence VALUES (?, 0)", world)
    _replace("world = ?", world)


def end_world(world: str) -> None:
    """Delete a world, and its copy; in a transaction beside the start, or what was seeded."""
    for schema in ("main", START):
        _run(f"DELETE FROM {schema}.account WHERE world = ?", world)
        _run(f"DELETE FROM {schema}.sequence WHERE world = ?", world)


class AccountTree(NamedTuple):
    """A primary account with its subusers, those of now and those of the start.

    :param number: the primary account's; `numbers` has it, too.
    :param names: what the primary account is called, and was called if nobody else is by now.
    """

    world: str
    number: int
    numbers: frozenset[int]
    names: frozenset[str]


def find_account_tree(name: str, world: str) -> AccountTree:
    """The primary account of that name, in any case; in a transaction beside what was seeded.

    :raises UnknownSubuser: there is no primary account of that name, and there was none; the hint
        says it for a person.
    """
    number = _find_number(name, world)
    numbers = _select_both("SELECT id FROM {}.account WHERE id = ?1 OR parent_id = ?1", number)
    names = _select_both("SELECT username FROM {}.account WHERE id = ?1", number)
    holders = {called: find_login(called, world) for called in names}
    theirs = (called for called, found in holders.items() if found is None or found[1].id == number)
    return AccountTree(world, number, frozenset(numbers), frozenset(theirs))


def reset_account(tree: AccountTree) -> None:
    """A primary account, with all that is its own, is as it was when it was last seeded.

    :raises NameTaken: somebody outside of it has one of its names by now.
    """
    _replace("(id = ?1 OR parent_id = ?1)", tree.number)


def update_seeded(accounts: list[Account]) -> None:
    """These primary accounts were seeded: a reset that is narrowed to them goes back to what they
    are now.

    :raises NameTaken: a reset of another account would bring one of their names back.
    """
    for account in accounts:
        _run(_SUPERSEDED, account.id)
        try:
            _copy("(id = ?1 OR parent_id = ?1)", account.id, source="main", target=START)
        except peewee.IntegrityError:
            raise reasons.NameTaken from None


def _find_number(name: str, world: str) -> int:
    found = """
        SELECT account.id, account.parent_id
        FROM {0}.login JOIN {0}.account ON account.id = login.account_id
        WHERE login.key = ?1 AND login.kind = 'owner'"""
    # Whoever has the name now comes first.
    rows = [
        row
        for schema in ("main", START)
        for key in name_keys(name, world)
        for row in _run(found.format(schema), key)
    ]
    if not rows:
        raise reasons.UnknownSubuser(hint=f"there is no account {name!r}")
    number, parent = rows[0]
    if parent is not None:
        raise reasons.UnknownSubuser(
            hint=f"{name!r} is a subuser; name the account that it belongs to"
        )
    return int(number)


def _select_both(sql: str, value: Any) -> set[Any]:
    return {row[0] for schema in ("main", START) for row in _run(sql.format(schema), value)}


def _replace(which: str, value: Any) -> None:
    try:
        _copy(which, value, source=START, target="main")
    except peewee.IntegrityError:
        raise reasons.NameTaken from None
    # Numbers go on behind those that came now.
    _run(GO_ON)


def _copy(which: str, value: Any, source: str, target: str) -> None:
    """Put the accounts that a condition tells, with what is theirs, from one schema into the place
    of those there.
    """
    _run(f"DELETE FROM {target}.account WHERE {which}", value)
    _run(f"INSERT INTO {target}.account SELECT * FROM {source}.account WHERE {which}", value)
    theirs = f"account_id IN (SELECT id FROM {source}.account WHERE {which})"
    for table in BELONGINGS:
        _run(f"INSERT INTO {target}.{table} SELECT * FROM {source}.{table} WHERE {theirs}", value)


def _run(sql: str, *values: Any) -> Any:
    return Base._meta.database.execute_sql(sql, values)
