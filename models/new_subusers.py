"""Many new subusers in few statements, as a seed brings them."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import peewee

from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.names import name_keys
from legacygrid.models.queries import inserting
from legacygrid.models.subusers import DEFAULTS

_INSERT = inserting(Account)

Columns = Mapping[str, Any]


def add_many(parent: Account, subusers: Sequence[tuple[str, str, Columns]]) -> bool:
    """Add all of them, or none if one has a name that somebody has already, or two of them have.

    :param subusers: of each its name, the hash of its secret, and columns of its account.
    :returns: whether they were added.
    """
    keys = [name_keys(name, parent.world) for name, _, _ in subusers]
    sought = [key for each in keys for key in each]
    if len({each[-1] for each in keys}) < len(keys) or Login.is_any_taken(sought):
        return False
    base = DEFAULTS | {"world": parent.world, "parent": parent.id}
    _INSERT.insert_all(
        {**base, **columns, "username": name, "seal": secrets.token_hex(16)}
        for name, _, columns in subusers
    )
    # Numbers are given in their order, and by one writer at a time.
    last: int = Account.select(peewee.fn.MAX(Account.id)).scalar()
    Login.claim_many(
        (each[-1], name, number, secret)
        for each, (name, secret, _), number in zip(
            keys, subusers, range(last - len(subusers) + 1, last + 1), strict=True
        )
    )
    return True
