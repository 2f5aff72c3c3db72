"""A primary account with its subusers, as a whole: those of now, and those that were seeded."""

import json
from collections.abc import Collection
from typing import NamedTuple

from legacygrid import reasons
from legacygrid.models.lookup import find_login
from legacygrid.models.names import name_keys
from legacygrid.models.undo_log import AccountScope, run
from legacygrid.models.undo_schema import SEEDED


class AccountTree(NamedTuple):
    """A primary account with its subusers, those of now and those that were seeded.

    :param number: the primary account's.
    :param names: what the primary account is called, and was called if nobody else is by now.
    """

    world: str
    number: int
    names: frozenset[str]

    @property
    def scope(self) -> AccountScope:
        """Its accounts."""
        return AccountScope.of_tree(self.world, self.number)

    def select(self, numbers: Collection[int]) -> frozenset[int]:
        """Those of some numbers that are accounts of it."""
        some = self.scope.values | {"some": json.dumps(list(numbers)), "base": SEEDED}
        both = (
            f"SELECT id FROM {table} WHERE {condition} {self.scope.condition}"
            " AND id IN (SELECT value FROM json_each(:some))"
            for table, condition in _NOW_AND_SEEDED
        )
        return frozenset(number for (number,) in run(" UNION ".join(both), some))


#: The accounts of now, and those of what was seeded that have changed since.
_NOW_AND_SEEDED = (
    ("account", ""),
    ("undo_account AS account", "base = :base AND was_there = 1 AND"),
)


def find_account_tree(name: str, world: str) -> AccountTree:
    """The primary account of that name, in any case.

    :raises UnknownSubuser: there is no primary account of that name, and there was none; the hint
        says it for a person.
    """
    number = _find_number(name, world)
    rows = run(
        """
        SELECT username FROM account WHERE id = :number UNION
        SELECT username FROM undo_account WHERE base = 1 AND was_there = 1 AND id = :number""",
        {"number": number},
    )
    holders = {called: find_login(called, world) for (called,) in rows}
    theirs = (called for called, found in holders.items() if found is None or found[1].id == number)
    return AccountTree(world, number, frozenset(theirs))


def _find_number(name: str, world: str) -> int:
    now = """
        SELECT account.id, account.parent_id FROM login JOIN account ON account.id = account_id
        WHERE login.key = :key AND kind = 'owner'"""
    seeded = """
        SELECT old.id, old.parent_id
        FROM undo_login AS gone JOIN undo_account AS old ON old.id = gone.account_id
        WHERE gone.key = :key AND gone.kind = 'owner' AND gone.was_there = 1 AND gone.base = 1
        AND old.was_there = 1 AND old.base = 1"""
    # Whoever has the name now comes first.
    rows = [
        row
        for sql in (now, seeded)
        for key in name_keys(name, world)
        for row in run(sql, {"key": key})
    ]
    if not rows:
        raise reasons.UnknownSubuser(hint=f"there is no account {name!r}")
    number, parent = rows[0]
    if parent is not None:
        raise reasons.UnknownSubuser(
            hint=f"{name!r} is a subuser; name the account that it belongs to"
        )
    return int(number)
