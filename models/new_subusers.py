"""Many new subusers in few statements, as a seed brings them."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any

import peewee

from legacygrid.models import account_index
from legacygrid.models.account import Account
from legacygrid.models.database import bound
from legacygrid.models.login import Login
from legacygrid.models.names import name_keys
from legacygrid.models.queries import inserting
from legacygrid.models.subusers import DEFAULTS

_INSERT = inserting(Account)
#: Bytes of a seal.
_SEAL = 16


@contextmanager
def adding_very_many() -> Iterator[None]:
    """For a block that adds accounts, and changes and removes none; in a transaction."""
    with account_index.paused(bound.connection()):
        yield


def add_many(
    parent: Account,
    names: Sequence[str],
    hashes: Sequence[str],
    columns: Mapping[str, Sequence[Any]],
) -> bool:
    """Add subusers, or none if one has a name that somebody has already, or two of them have.

    :param hashes: of their secrets.
    :param columns: of their accounts, as far as they are not as usual.
    :returns: whether they were added.
    """
    keys = [name_keys(name, parent.world) for name in names]
    own = [each[-1] for each in keys]
    if len(set(own)) < len(own) or Login.is_any_taken([key for each in keys for key in each]):
        return False
    same = DEFAULTS | {"world": parent.world, "parent": parent.id}
    each = {"username": names, "seal": _draw_seals(len(names))}
    _INSERT.insert_columns({**{name: repeat(same[name]) for name in same}, **columns, **each})
    # Numbers are given in their order, and by one writer at a time.
    last: int = Account.select(peewee.fn.MAX(Account.id)).scalar()
    numbers = range(last - len(names) + 1, last + 1)
    Login.claim_many({"key": own, "name": names, "account": numbers, "secret": hashes})
    return True


def _draw_seals(count: int) -> list[str]:
    drawn, length = secrets.token_hex(_SEAL * count), 2 * _SEAL
    return [drawn[begin : begin + length] for begin in range(0, len(drawn), length)]
