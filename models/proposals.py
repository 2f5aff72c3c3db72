"""Searches by a part of a name, address or company among many accounts: the index proposes some,
and each of them is looked at as without it.
"""

from collections.abc import Iterable
from typing import Any

import peewee

from legacygrid.models.account import Account
from legacygrid.models.engines.dialects import bound
from legacygrid.models.queries import slot

#: Letters of a part, and groups of three of them that are looked at, at most.
_LONGEST, _GROUPS = 1000, 32
#: Groups that an account has to have: the rarest.
_RAREST = 4
#: The number of the account of this place among those of a group: the higher it is, the rarer is
#: the group.
_SAMPLE = 64
#: One account in so many that has a group is too much: all are read then.
_TOO_MANY = 16

_INDEX = peewee.Table("account_index")
_MARK = peewee.SQL("(SELECT indexed FROM account_index_mark)")
_SPAN = "SELECT (SELECT min(id) {0}), (SELECT max(id) {0})"
_PLACE = (
    "SELECT rowid FROM account_index WHERE account_index MATCH ? AND rowid >= ?"
    f" ORDER BY rowid LIMIT 1 OFFSET {_SAMPLE - 1}"
)


def propose(parent: Account, alternatives: Iterable[Iterable[str]]) -> str:
    """What to ask the index for; empty if it does not help, as there is none, or as the parts are
    too short or in too many.

    :param alternatives: parts of which an account has to have all, of one alternative.
    :raises StoreUnavailable: the engine does not answer.
    """
    try:
        return _propose(parent, alternatives)
    except bound.errors as error:
        raise bound.explain(error) from error


def _propose(parent: Account, alternatives: Iterable[Iterable[str]]) -> str:
    if not bound.proposes():
        return ""
    owned = "FROM account WHERE parent_id = ?1"
    first, last = bound.execute_sql(_SPAN.format(owned), (parent.id,)).fetchone()
    if first is None:
        return ""
    found = [_choose(parts, first, last) for parts in alternatives]
    return " OR ".join(f"({each})" for each in found) if all(found) else ""


def _choose(parts: Iterable[str], first: int, last: int) -> str:
    """The rarest groups among accounts of a span of numbers, or nothing if all are frequent."""
    places = {}
    for group in _groups(parts):
        quoted = '"' + group.replace('"', '""') + '"'
        row = bound.execute_sql(_PLACE, (quoted, first)).fetchone()
        places[quoted] = row[0] - first if row else last
    enough = min(_SAMPLE * _TOO_MANY, last - first)
    rare = [group for group, place in places.items() if place > enough]
    return " AND ".join(sorted(rare, key=lambda group: -places[group])[:_RAREST])


def _groups(parts: Iterable[str]) -> list[str]:
    """Three letters each, as the index has them."""
    # LIKE and the index know no text behind a NUL.
    texts = [part for part in parts if len(part) <= _LONGEST and "\0" not in part]
    groups = {text[place : place + 3]: None for text in texts for place in range(len(text) - 2)}
    step = len(groups) // _GROUPS + 1
    return list(groups)[::step]


class Proposed:
    """A query of accounts among those that the index proposes, and those that are not in it yet.

    It has one `slot` more, of the name `match`: what was proposed.

    :param edge: the number that accounts are above; below, if `is_backwards`.
    """

    def __init__(self, query: Any, edge: Any, limit: int, is_backwards: bool = False) -> None:
        number: Any = _INDEX.c.rowid
        in_index = query.from_(peewee.Join(_INDEX, Account, peewee.JOIN.CROSS)).where(
            peewee.NodeList((_INDEX.c.account_index, peewee.SQL("MATCH"), slot("match"))),
            number == Account.id,
            number < edge if is_backwards else number > edge,
        )
        if is_backwards:
            newer = query.where(Account.id > _MARK, Account.id < edge).order_by(Account.id.desc())
            parts = [newer, in_index.order_by(number.desc())]
        else:
            newer = query.where(Account.id > peewee.fn.MAX(edge, _MARK)).order_by(Account.id)
            parts = [in_index.order_by(number), newer]
        self._parts = [part.limit(limit) for part in parts]
        self._limit = limit

    def sql(self) -> tuple[str, list[Any]]:
        """The one behind the other, in one statement: nothing changes between them."""
        (first, some), (second, more) = (part.sql() for part in self._parts)
        either = f"SELECT * FROM ({first}) UNION ALL SELECT * FROM ({second}) LIMIT {self._limit}"
        return either, [*some, *more]
