"""How many emails logins with a rate limit have sent, by a rolling window; the outbox may be
cleared meanwhile.
"""

from typing import Any

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField


class Sent(Base):
    """Emails of one login that were accepted at one moment; each recipient is an email."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    login_number = peewee.IntegerField()
    at = peewee.FloatField()
    emails = peewee.IntegerField()

    class Meta:
        indexes = ((("login_number", "account", "at"), False),)

    def __repr__(self) -> str:
        return f"<Sent {self.emails} at {self.at}>"

    @classmethod
    def count_between(
        cls, account: Account, login_number: int | None, after: float, at: float
    ) -> int:
        """How many emails that login of the account has sent after one moment, up to another."""
        total = peewee.fn.COALESCE(peewee.fn.SUM(cls.emails), 0)
        count: int = (
            cls.select(total)
            .where(cls._of(account, login_number), cls.at > after, cls.at <= at)
            .scalar()
        )
        return count

    @classmethod
    def delete_until(cls, account: Account, login_number: int | None, until: float) -> None:
        """Delete what no window reaches any more."""
        cls.delete().where(cls._of(account, login_number), cls.at <= until).execute()

    @classmethod
    def _of(cls, account: Account, login_number: int | None) -> Any:
        return (cls.login_number == login_number) & (cls.account == account)
