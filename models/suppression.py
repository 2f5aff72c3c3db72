"""Addresses that get no more mail of an account: those that bounced, are none, complained, or
unsubscribed. The lists of all systems are of these; which of them keep mail back, a system says.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.engines.dialects import any_of
from legacygrid.models.queries import Compiled, inserting, slot

BLOCK, UNSUBSCRIBE = "block", "unsubscribe"
#: SendGrid's further lists; its blocks, which later mail goes to, are those of `BLOCK`.
BOUNCE, INVALID, SPAMREPORT = "bounce", "invalid", "spamreport"
KINDS = (BLOCK, UNSUBSCRIBE, BOUNCE, INVALID, SPAMREPORT)
#: Rows of one short read of a whole list.
PAGE = 200


class Suppression(Base):
    """One address on one list of one account; taken off, it stays as a row that says so."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE", index=False)
    account_id: int
    kind = peewee.TextField(choices=[(kind, kind) for kind in KINDS])
    #: As it was mailed to; it is found by `folded`, which is in lower case.
    address = peewee.TextField()
    folded = peewee.TextField()
    #: Why, by the numbers of `Recipient.code`; in words, and as the status of an SMTP server.
    code = peewee.IntegerField()
    reason = peewee.TextField(default="")
    status = peewee.TextField(default="")
    #: Of the server that said so.
    ip = peewee.TextField(default="")
    #: Seconds since 1970, by the emulator's clock: since when, and until when; none while it is on
    #: the list.
    at = peewee.FloatField()
    removed_at = peewee.FloatField(null=True)

    class Meta:
        # Lists are read by the one, mail is looked up by the other.
        indexes = ((("account", "kind", "id"), False), (("account", "folded"), False))

    def __repr__(self) -> str:
        return f"<Suppression {self.id} {self.kind}>"


class SuppressionFilter(NamedTuple):
    """Which entries of a list are meant; what is none may be anything.

    :param since: the first moment, and `before` the one after the last, in seconds since 1970.
    :param removed: those that were removed, instead of those that are on the list.
    :param status: the first digit of the status.
    :param addresses: any of these.
    """

    account: Account
    kind: str
    address: str | None = None
    number: int | None = None
    since: float | None = None
    before: float | None = None
    removed: bool = False
    status: str | None = None
    addresses: Collection[str] | None = None

    @property
    def condition(self) -> Any:
        """As a condition on entries."""
        conditions: list[Any] = [
            Suppression.account == self.account,
            Suppression.kind == self.kind,
            Suppression.removed_at.is_null(not self.removed),
        ]
        if self.address is not None:
            conditions.append(Suppression.folded == self.address.lower())
        if self.addresses is not None:
            folded = json.dumps([address.lower() for address in self.addresses])
            conditions.append(Suppression.folded.in_(any_of(peewee.Value(folded))))
        if self.number is not None:
            conditions.append(Suppression.id == self.number)
        if self.since is not None:
            conditions.append(Suppression.at >= self.since)
        if self.before is not None:
            conditions.append(Suppression.at < self.before)
        if self.status is not None:
            conditions.append(peewee.fn.SUBSTR(Suppression.status, 1, 1) == self.status)
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
CODES = {BLOCK: 10, UNSUBSCRIBE: 11, BOUNCE: 2, INVALID: 9, SPAMREPORT: 99}
#: What an SMTP server says of such an address, unless something else is said.
USUAL_STATUS: Mapping[str, str] = {BOUNCE: "5.1.1", BLOCK: "4.0.0"}


class NewEntry(NamedTuple):
    """An address that comes on a list.

    :param reason: why, in words; `status` as an SMTP server says it, and `ip` the server's.
    """

    address: str
    reason: str = ""
    status: str = ""
    ip: str = ""


def add(
    account: Account,
    kind: str,
    address: str,
    at: float,
    reason: str = "",
    status: str | None = None,
    ip: str = "",
) -> bool:
    """Put an address on a list of an account; parameters as of `add_all`, and of an entry.

    :param status: none for what an SMTP server usually says of such an address.
    :returns: whether it was not there already.
    """
    status = USUAL_STATUS.get(kind, "") if status is None else status
    return add_all(account, kind, [NewEntry(address, reason, status, ip)], at) == 1


def add_all(account: Account, kind: str, entries: Iterable[NewEntry], at: float) -> int:
    """Put addresses on a list of an account, within a transaction.

    :param at: seconds since 1970, by the emulator's clock.
    :returns: how many were not there already.
    :raises UnknownSubuser: the account is gone.
    """
    new = {entry.address.lower(): entry for entry in entries}
    for address in find_listed(account.id, new, [kind]):
        del new[address]
    same = {
        "account": account.id,
        "kind": kind,
        "code": CODES[kind],
        "at": at,
        "removed_at": None,
    }
    rows = ({**same, "folded": key, **new[key]._asdict()} for key in new)
    try:
        _INSERT.insert_all(rows)
    except peewee.IntegrityError:
        raise reasons.UnknownSubuser from None
    return len(new)


_INSERT = inserting(Suppression)


class Listed(NamedTuple):
    """Why an address gets no mail: the list that it came on last, and the code for that."""

    kind: str
    code: int


def find_listed(
    account: int, addresses: Iterable[str], kinds: Collection[str]
) -> dict[str, Listed]:
    """Which of some addresses are on some lists of the account of that number.

    :returns: by address, in lower case.
    """
    folded = json.dumps([address.lower() for address in addresses])
    rows = _LISTED.run(account=account, addresses=folded)
    return {address: Listed(kind, code) for address, kind, code in rows if kind in kinds}


_LISTED = Compiled(
    lambda: (
        Suppression.select(Suppression.folded, Suppression.kind, Suppression.code)
        .where(
            Suppression.account == slot("account"),
            Suppression.folded.in_(any_of(slot("addresses"))),
            Suppression.removed_at.is_null(),
        )
        .order_by(Suppression.id)
    )
)
