"""Many new subusers in few statements, as a seed brings them."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import peewee

from legacygrid.models.account import Account
from legacygrid.models.engines.dialects import bound
from legacygrid.models.login import Login
from legacygrid.models.names import name_keys, plain_name_keys
from legacygrid.models.queries import Compiled, inserting
from legacygrid.models.subusers import DEFAULTS
from legacygrid.models.undo_log import run

_INSERT = inserting(Account)
_LAST = Compiled(lambda: Account.select(peewee.fn.MAX(Account.id)))
#: Bytes of a seal.
_SEAL = 16


#: A world that has accounts of which the undo log would note what is added to them.
_WATCHED = (
    "SELECT 1 FROM account WHERE world = :world AND id <= (SELECT seeded FROM undo_mark) LIMIT 1"
)


@contextmanager
def adding_very_many(world: str) -> Iterator[None]:
    """For a block that adds accounts to a world, and what is theirs, and changes and removes
    nothing; in a transaction, which an error has to end.
    """
    with bound.adding_very_many(not run(_WATCHED, {"world": world}).fetchall()):
        yield


def add_many(
    parent: Account,
    names: Sequence[str],
    hashes: Sequence[str],
    columns: Mapping[str, Sequence[Any]],
) -> Sequence[int]:
    """Add subusers, or none if one has a name that somebody has already, or two of them have.

    :param hashes: of their secrets.
    :param columns: of their accounts, as far as they are not as usual.
    :returns: the numbers of their accounts; none if they were not added.
    """
    own, keys = _find_keys(names, parent.world)
    if len(set(own)) < len(own) or Login.is_any_taken(keys):
        return ()
    each = {**columns, "username": names, "seal": _draw_seals(len(names))}
    same = DEFAULTS | {"world": parent.world, "parent": parent.id}
    _INSERT.insert_columns(each, {name: same[name] for name in same.keys() - each.keys()})
    # Numbers are given in their order, and by one writer at a time.
    last: int = _LAST.scalar()
    numbers = range(last - len(names) + 1, last + 1)
    Login.claim_many({"key": own, "name": names, "account": numbers, "secret": hashes})
    return numbers


def _find_keys(names: Sequence[str], world: str) -> tuple[list[str], list[str]]:
    """What new names are stored by, and all that somebody may have them by already."""
    plain = plain_name_keys(names, world)
    if plain is not None:
        return plain, plain
    keys = [name_keys(name, world) for name in names]
    return [each[-1] for each in keys], [key for each in keys for key in each]


def _draw_seals(count: int) -> list[str]:
    drawn, length = secrets.token_hex(_SEAL * count), 2 * _SEAL
    return [drawn[begin : begin + length] for begin in range(0, len(drawn), length)]
