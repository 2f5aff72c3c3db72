"""Addresses that an account's mail does not reach any more: blocked after bounces, or unsubscribed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

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


@dataclass(frozen=True)
class Listed:
    """Which entries of which list are looked for; what is none may be anything.

    :param since: the first moment, and `before` the one after the last, in seconds since 1970.
    :param removed: those that were taken off, instead of those that are on it.
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
        wanted: list[Any] = [Suppression.account == self.account, Suppression.kind == self.kind]
        wanted.append(Suppression.removed_at.is_null(not self.removed))
        if self.address is not None:
            wanted.append(peewee.fn.LOWER(Suppression.address) == self.address.lower())
        if self.number is not None:
            wanted.append(Suppression.id == self.number)
        if self.since is not None:
            wanted.append(Suppression.at >= self.since)
        if self.before is not None:
            wanted.append(Suppression.at < self.before)
        return reduce(and_, wanted)

    def page(self, page: int, rows: int) -> list[Suppression]:
        """One page, newest first; the first page is 0."""
        return list(self._entries().order_by(Suppression.id.desc()).limit(rows).offset(page * rows))

    def all(self) -> Iterator[Suppression]:
        """All of it, oldest first, page by page: each page is a short read of its own."""
        after = 0
        while found := list(
            self._entries().where(Suppression.id > after).order_by(Suppression.id).limit(PAGE)
        ):
            yield from found
            after = found[-1].id

    def take_off(self, at: float) -> list[Suppression]:
        """Take the entries off their list; those that were on it. Within a transaction.

        :param at: seconds since 1970.
        :raises NotListed: none of them is on the list.
        """
        found = list(self._entries())
        if not found:
            raise reasons.NotListed(hint=f"no such {self.kind} of {self.account.username!r}")
        Suppression.update(removed_at=at).where(self.condition).execute()
        return found

    def _entries(self) -> Any:
        return Suppression.select().where(self.condition)


#: Why a list keeps mail away, by the numbers of `Recipient.code`.
_CODES = {BLOCK: 10, UNSUBSCRIBE: 11}


def add(account: Account, kind: str, address: str, at: float) -> None:
    """Put an address on a list of an account, unless it is on it."""
    if not _on_list(account, address).where(Suppression.kind == kind).exists():
        Suppression.create(account=account, kind=kind, address=address, code=_CODES[kind], at=at)


def codes(account: Account) -> dict[str, int]:
    """Why no mail of the account reaches an address, for each that none does, in lower case."""
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
