"""Lists of a primary account's subusers, and searches in them."""

from collections.abc import Iterator
from functools import lru_cache, partial, reduce
from operator import itemgetter, or_
from typing import Any

import peewee

from legacygrid.models import account_index
from legacygrid.models.account import Account, ProfileRecord
from legacygrid.models.engines.dialects import contains
from legacygrid.models.login import OWNER
from legacygrid.models.lookup import find_login
from legacygrid.models.proposals import Proposed, propose
from legacygrid.models.queries import Compiled, number_of, pattern_of, slot
from legacygrid.models.row_texts import Joined, RowText, TextPage, TextPages

#: Rows of one short read of a list: a page takes about a millisecond, then others have their turn.
PAGE = 200
#: A number that no account has yet.
_BEYOND = 10**18
#: Filters of what no two subusers, or few, have in common.
_OWN = ("search", "username", "email")
#: Those that the index has.
_INDEXED = frozenset({"search", *account_index.COLUMNS})
#: Subusers of a parent that are read in about a millisecond.
_FEW = 1000
_COLUMNS = tuple(field.name for field in Account._meta.sorted_fields)
#: What a slice has of each.
_OF_SLICE = ("id", "username", "email", "active", "region")
#: Of a row that has the account's number first.
_WITHOUT_NUMBER = itemgetter(slice(1, None))


def are_many(parent: Account) -> bool:
    """Whether the parent has so many subusers that a search takes long."""
    return bool(_MANY.run(parent=parent.id))


def search(
    parent: Account, terms: list[str], is_fuzzy: bool, after: str, limit: int, by_index: bool
) -> list[Account]:
    """The parent's subusers whose name, address or company is one of the terms, oldest first;
    without terms, all.

    :param is_fuzzy: a part of it is enough.
    :param after: the number of one; those that came later are looked for. Empty, or no number, for
        all.
    :param limit: how many at most.
    :param by_index: the parent has many.
    """
    if not terms:
        return page(parent, limit, after)
    columns = (Account.username, Account.email, Account.company)
    fits = reduce(or_, (_match(column, term, is_fuzzy) for column in columns for term in terms))
    edge, query = number_of(after), Account.select().where(Account.parent == parent, fits)
    if match := by_index and propose(parent, ([term] for term in terms)):
        rows = Compiled(lambda: Proposed(query, edge, limit)).run(match=match)
        return [Account.of_columns(_COLUMNS, row) for row in rows]
    return list(query.where(Account.id > edge).order_by(Account.id).limit(limit))


def _match(column: Any, term: str, is_fuzzy: bool) -> Any:
    return (
        contains(column, pattern_of(term)) if is_fuzzy else peewee.fn.LOWER(column) == term.lower()
    )


class Profiles(TextPages):
    """The parent's subusers, oldest first, page by page: each page is a short read of its own.

    :param by_index: the parent has many, and they are filtered: a page may take long.
    :param filters: `active` (a boolean) has to be equal, each other one a part of its column.
    """

    def __init__(self, parent: Account, by_index: bool = False, **filters: Any) -> None:
        self._sought = {"parent": parent.id} | _find_sought(parent, by_index, filters)
        self._filters = frozenset(self._sought) - {"parent"}

    def __iter__(self) -> Iterator[ProfileRecord]:
        after = 0
        while rows := self._read(after):
            yield from map(ProfileRecord._make, map(_WITHOUT_NUMBER, rows))
            after = rows[-1][0]
            if len(rows) < PAGE:
                return

    def _read(self, after: int) -> list[tuple[Any, ...]]:
        return _leaf(self._filters, PAGE).run(after=after, **self._sought)

    def pages(self, row: RowText) -> Iterator[TextPage]:
        """The same, as texts."""
        page, last, count = _text_leaf(self._filters, row), 0, PAGE
        while count == PAGE:
            after = last
            ((last, count, text),) = page.run(after=after, **self._sought)
            if count:
                yield TextPage(text, count, partial(self._read_up_to, after, last))

    def _read_up_to(self, after: int, last: int) -> list[ProfileRecord]:
        rows = [row for row in self._read(after) if row[0] <= last]
        return list(map(ProfileRecord._make, map(_WITHOUT_NUMBER, rows)))


def _find_sought(parent: Account, by_index: bool, filters: dict[str, Any]) -> dict[str, Any]:
    """What a page is asked for, by the names of its slots; `match` if the index helps."""
    sought = {
        name: pattern_of(value) if isinstance(value, str) else value
        for name, value in filters.items()
    }
    parts = [value for name, value in filters.items() if name in _INDEXED]
    match = by_index and parts and propose(parent, [parts])
    return sought | {"match": match} if match else sought


def page(
    parent: Account, limit: int, after: str = "", before: str | None = None, **filters: Any
) -> list[Account]:
    """Some of the parent's subusers, oldest first, with what a profile tells of them.

    :param limit: how many at most.
    :param after: the number of one; the first that came later are read. Empty, or no number, for
        the first of all.
    :param before: the number of one; the last that came earlier are read, in place of those. Empty
        for the last of all.
    :param filters: as of `Profiles`, and `search`: a part of the name or of the address.
    """
    edge = number_of(after) if before is None else number_of(before) or _BEYOND
    sought = _find_sought(parent, bool(filters) and are_many(parent), filters)
    rows = _leaf(frozenset(sought), limit, before is not None).run(
        parent=parent.id, after=edge, **sought
    )
    columns = ("id", *ProfileRecord._fields)
    found = [Account.of_columns(columns, row) for row in rows]
    return found if before is None else found[::-1]


@lru_cache(500)
def _leaf(filters: frozenset[str], limit: int, is_backwards: bool = False) -> Compiled:
    """One page of a list that is narrowed by these columns; among what the index proposes, if
    `match` is one of them.
    """
    columns = [getattr(Account, name) for name in ProfileRecord._fields]
    return Compiled(lambda: _select(columns, filters, limit, is_backwards))


@lru_cache(100)
def _text_leaf(filters: frozenset[str], row: RowText) -> Compiled:
    """The first page in order, as a text."""
    return Compiled(lambda: Joined(_select([row.column()], filters, PAGE), row.separator))


def _select(
    columns: list[Any], filters: frozenset[str], limit: int, is_backwards: bool = False
) -> Any:
    edge, query = slot("after"), _query(columns, sorted(filters - {"match"}))
    if "match" in filters:
        return Proposed(query, edge, limit, is_backwards)
    if is_backwards:
        return query.where(Account.id < edge).order_by(Account.id.desc()).limit(limit)
    return query.where(Account.id > edge).order_by(Account.id).limit(limit)


def slice_of(
    parent: Account,
    offset: int,
    limit: int,
    name: str = "",
    is_prefix: bool = False,
    region: str = "all",
) -> list[Account]:
    """Some of the parent's subusers, oldest first.

    :param offset: how many of them are left out at the beginning.
    :param name: the name of one; empty for all.
    :param is_prefix: each whose name begins so is one.
    :param region: `all`, `global` or `eu`.
    """
    fits = Account.parent == parent
    if is_prefix:
        fits &= peewee.fn.LOWER(peewee.fn.SUBSTR(Account.username, 1, len(name))) == name.lower()
    elif name:
        found = find_login(name, parent.world)
        fits &= Account.id == (found[1].id if found and found[0].kind == OWNER else 0)
    if region != "all":
        fits &= Account.region == ("" if region == "global" else region)
    columns = [getattr(Account, each) for each in _OF_SLICE]
    query = Account.select(*columns).where(fits).order_by(Account.id)
    return list(query.limit(limit).offset(offset))


def count(parent: Account) -> int:
    """How many subusers the parent has."""
    ((found,),) = _COUNT.run(parent=parent.id)
    return int(found)


def _query(columns: list[Any], filters: list[str]) -> Any:
    query = Account.select(Account.id, *columns).where(Account.parent == slot("parent"))
    # SQLite asks in this order, and no further than to the first that does not fit: what is each
    # one's own tells most.
    for name in sorted(filters, key=lambda name: name not in _OWN):
        query = query.where(_narrow(name))
    return query


def _narrow(name: str) -> Any:
    if name == "active":
        return Account.active == slot(name)
    if name == "search":
        return contains(Account.username, slot(name)) | contains(Account.email, slot(name))
    return contains(getattr(Account, name), slot(name))


_COUNT = Compiled(
    lambda: Account.select(peewee.fn.COUNT(Account.id)).where(Account.parent == slot("parent"))
)
_MANY = Compiled(
    lambda: Account.select(Account.id).where(Account.parent == slot("parent")).limit(1).offset(_FEW)
)
