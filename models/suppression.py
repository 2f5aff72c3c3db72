"""Addresses that an account's mail does not reach any more: blocked after bounces, or unsubscribed."""

from typing import Any

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, slot

BLOCK, UNSUBSCRIBE = "block", "unsubscribe"
KINDS = (BLOCK, UNSUBSCRIBE)


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
    return Suppression.select().where(Suppression.account == account, theirs, Suppression.removed_at.is_null())


_LISTED = Compiled(
    lambda: (
        Suppression.select(peewee.fn.LOWER(Suppression.address), Suppression.code)
        .where(Suppression.account == slot("account"), Suppression.removed_at.is_null())
        .order_by(Suppression.id.desc())
    )
)
