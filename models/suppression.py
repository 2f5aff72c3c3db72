"""Addresses that get no more mail of an account: blocked after bounces, or unsubscribed."""

from collections.abc import Iterator
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, slot

BLOCK, UNSUBSCRIBE = "block", "unsubscribe"
KINDS = (BLOCK, UNSUBSCRIBE)
#: Rows of one short read of a whole list.
PAGE = 200


class Suppression(Base):
    """One address on one list of one account; taken off, it stays as a row that says so."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    kind = peewee.TextField(choices=[(kind, kind) for kind in KINDS])
    #: As it was mailed to; found without regard to case.
    address = peewee.TextField()
    #: Why, by the numbers of `Recipient.code`.
    code = peewee.IntegerField()
    #: Seconds since 1970, by the emulator's clock; none while it is on the list.
    at = peewee.FloatField()
    removed_at = peewee.FloatField(null=True)

    def __repr__(self) -> str:
        return f"<Suppression {self.id} {self.kind}>"


class SuppressionFilter(NamedTuple):
    """Which entries of a list are meant; what is none may be anything.

    :param since: the first moment, and `before` the one after the last, in seconds since 1970.
    :param removed: those that were removed, instead of those that are on the list.
    """

    account: Account
    kind: str
    address: str | None = None
    number: int | None = None
    since: float | None = None
    before: float | None = None
    removed: bool = False

    @property
    def condition(self) -> Any:
        """As a condition on entries."""
        conditions: list[Any] = [
            Suppression.account == self.account,
            Suppression.kind == self.kind,
            Suppression.removed_at.is_null(not self.removed),
        ]
        if self.address is not None:
            conditions.append(peewee.fn.LOWER(Suppression.address) == self.address.lower())
        if self.number is not None:
            conditions.append(Suppression.id == self.number)
        if self.since is not None:
            conditions.append(Suppression.at >= self.since)
        if self.before is not None:
            conditions.append(Suppression.at < self.before)
        return reduce(and_, conditions)

    def find_page(self, page: int, rows: int) -> list[Suppression]:
        """One page, newest first; the first page is 0."""
        newest_first = self._entries().order_by(Suppression.id.desc())
        return list(newest_first.limit(rows).offset(page * rows))

    def iterate(self) -> Iterator[Suppression]:
        """All entries, oldest first, page by page: each page is a short read of its own."""
        last = 0
        while entries := self._page_after(last):
            yield from entries
            last = entries[-1].id

    def _page_after(self, last: int) -> list[Suppression]:
        later = self._entries().where(Suppression.id > last)
        return list(later.order_by(Suppression.id).limit(PAGE))

    def remove(self, at: float) -> list[Suppression]:
        """Take the entries off their list, within a transaction.

        :param at: seconds since 1970.
        :returns: the entries that were on it.
        :raises NotListed: none of them is on the list.
        """
        entries = list(self._entries())
        if not entries:
            raise reasons.NotListed(hint=f"no such {self.kind} of {self.account.username!r}")
        Suppression.update(removed_at=at).where(self.condition).execute()
        return entries

    def _entries(self) -> Any:
        return Suppression.select().where(self.condition)


#: Why an address on the list gets no mail, by the numbers of `Recipient.code`.
_CODES = {BLOCK: 10, UNSUBSCRIBE: 11}


def add(account: Account, kind: str, address: str, at: float) -> None:
    """Put an address on a list of an account, unless it is there already."""
    if not _on_list(account, address).where(Suppression.kind == kind).exists():
        Suppression.create(account=account, kind=kind, address=address, code=_CODES[kind], at=at)


def codes(account: Account) -> dict[str, int]:
    """The addresses that get no mail of the account, in lower case, and the code that says why."""
    return dict(_LISTED.run(account=account.id))


def _on_list(account: Account, address: str) -> Any:
    theirs = peewee.fn.LOWER(Suppression.address) == address.lower()
    return Suppression.select().where(
        Suppression.account == account, theirs, Suppression.removed_at.is_null()
    )


_LISTED = Compiled(
    lambda: (
        Suppression.select(peewee.fn.LOWER(Suppression.address), Suppression.code)
        .where(Suppression.account == slot("account"), Suppression.removed_at.is_null())
        .order_by(Suppression.id.desc())
    )
)
