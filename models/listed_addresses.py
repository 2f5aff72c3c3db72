"""Lists of suppressed addresses as they are read: of one account, or all of a world."""

from collections.abc import Iterator
from functools import reduce
from itertools import islice
from operator import and_
from typing import Any, NamedTuple

from legacygrid.models.account import Account
from legacygrid.models.engines.dialects import contains, unindexed
from legacygrid.models.queries import Compiled, pattern_of, slot
from legacygrid.models.suppression import PAGE, Suppression, SuppressionFilter

#: Entries that are looked through in about a millisecond.
_FEW = 1000


class ListedAddress(NamedTuple):
    """An entry of a list; see `Suppression`."""

    address: str
    reason: str
    status: str
    ip: str
    at: float


class ListedAddresses:
    """The entries that a filter means, oldest first, page by page: each page is a short read of its
    own.

    :param limit: how many at most; none for all.
    :param offset: how many of the first are left out.
    """

    def __init__(
        self, entries: SuppressionFilter, limit: int | None = None, offset: int = 0
    ) -> None:
        self._page = Compiled(lambda: _select_page(entries))
        self._limit = limit
        self._offset = offset

    def __iter__(self) -> Iterator[ListedAddress]:
        return islice(self._iterate(), self._limit)

    def _iterate(self) -> Iterator[ListedAddress]:
        after, offset, count = 0, self._offset, PAGE
        while count == PAGE:
            rows = self._page.run(after=after, offset=offset)
            yield from (ListedAddress._make(entry) for _, *entry in rows)
            count = len(rows)
            after, offset = (rows[-1][0] if rows else after), 0


def _select_page(entries: SuppressionFilter) -> Any:
    columns = (getattr(Suppression, name) for name in ListedAddress._fields)
    return (
        Suppression.select(Suppression.id, *columns)
        .where(entries.condition, Suppression.id > slot("after"))
        .order_by(Suppression.id)
        .limit(PAGE)
        .offset(slot("offset"))
    )


def are_many(account: int, kind: str) -> bool:
    """Whether a list of the account of that number is, or was, so long that it takes long to read
    it.
    """
    return bool(_MANY.run(account=account, kind=kind))


def count(entries: "SuppressionFilter | WorldFilter") -> int:
    """How many entries a filter means."""
    found: int = Suppression.select().where(entries.condition).count()
    return found


def take_off(entries: "SuppressionFilter | WorldFilter", at: float) -> int:
    """Take the entries that a filter means off their lists, within a transaction.

    :param at: seconds since 1970.
    :returns: how many there were.
    """
    removed: int = Suppression.update(removed_at=at).where(entries.condition).execute()
    return removed


class WorldEntry(NamedTuple):
    """An entry of any list in a world.

    :param account: the name of the account that it is of.
    """

    number: int
    world: str
    account: str
    kind: str
    entry: ListedAddress


class WorldFilter(NamedTuple):
    """Which entries of the lists of a world are meant; what is none may be anything.

    :param account: the number of an account.
    :param primary: that of an account whose subusers' entries are meant, too.
    :param number: of an entry.
    :param part: of the address; the case of letters does not matter.
    """

    world: str | None = None
    account: int | None = None
    kind: str | None = None
    address: str | None = None
    primary: int | None = None
    number: int | None = None
    part: str | None = None

    @property
    def condition(self) -> Any:
        """As a condition on entries."""
        return reduce(and_, self._conditions(), Suppression.removed_at.is_null())

    def _conditions(self) -> Iterator[Any]:
        # An index leads to an address, and to a list of one account. That of accounts would have
        # each page look through, and sort, all that they have: it is hidden then.
        by_address = self.address is not None
        if self.world is not None:
            yield _whose(Account.world == self.world, by_address)
        if self.account is not None:
            yield _column(by_address or self.kind is not None) == self.account
        if self.primary is not None:
            is_theirs = (Account.id == self.primary) | (Account.parent == self.primary)
            yield _whose(is_theirs, by_address)
        if self.number is not None:
            yield Suppression.id == self.number
        if self.kind is not None:
            yield Suppression.kind == self.kind
        if self.address is not None:
            yield Suppression.folded == self.address.lower()
        if self.part is not None:
            yield contains(Suppression.folded, pattern_of(self.part.lower()))

    def iterate(self) -> Iterator[WorldEntry]:
        """The entries, oldest first, page by page: each page is a short read of its own."""
        oldest_first = self._select().where(Suppression.id > slot("after")).limit(PAGE)
        page, after, count = Compiled(lambda: oldest_first.order_by(Suppression.id)), 0, PAGE
        while count == PAGE:
            rows = page.run(after=after)
            yield from map(_read_entry, rows)
            count = len(rows)
            after = rows[-1][0] if rows else after

    def find_newest(self, most: int, before: int | None = None) -> list[WorldEntry]:
        """The newest entries.

        :param most: how many at most.
        :param before: the number of an entry; older ones are meant.
        """
        entries = self._select().order_by(Suppression.id.desc()).limit(most)
        if before is not None:
            entries = entries.where(Suppression.id < before)
        return list(map(_read_entry, entries.tuples()))

    def _select(self) -> Any:
        whose = (Account.world, Account.username)
        columns = (getattr(Suppression, name) for name in ("kind", *ListedAddress._fields))
        return (
            Suppression.select(Suppression.id, *whose, *columns)
            .join(Account, on=(Account.id == Suppression.account))
            .where(self.condition)
        )


def _whose(condition: Any, by_index: bool) -> Any:
    """Entries of the accounts for which a condition holds."""
    return _column(by_index).in_(Account.select(Account.id).where(condition))


def _column(by_index: bool) -> Any:
    """The account of an entry, by whose index it may be found or not."""
    if by_index:
        return Suppression.account
    return unindexed(Suppression.account)


def _read_entry(row: Any) -> WorldEntry:
    number, world, account, kind, *entry = row
    return WorldEntry(number, world, account, kind, ListedAddress._make(entry))


_MANY = Compiled(
    lambda: (
        Suppression.select(Suppression.id)
        .where(Suppression.account == slot("account"), Suppression.kind == slot("kind"))
        .limit(1)
        .offset(_FEW)
    )
)
