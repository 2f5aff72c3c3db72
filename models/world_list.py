"""Which worlds there are."""

from typing import Any

import peewee

from legacygrid.models.account import Account
from legacygrid.models.engines.dialects import unindexed


def list_worlds(limit: int) -> list[tuple[str, int]]:
    """The names of the worlds that have accounts, but for the one without name, and how many
    primary accounts each has.

    :param limit: no more than so many, by their names.
    """
    # The index of worlds would lead through all subusers; that of parents has the few without.
    primaries = Account.select(Account.world, peewee.fn.COUNT(1))
    named = primaries.where(Account.parent.is_null(), unindexed(Account.world) != "")
    rows: Any = named.group_by(Account.world).order_by(Account.world).limit(limit).tuples()
    return list(rows)
