"""What logins with a rate limit have sent: counted by a rolling window, apart from the outbox, which may be cleared."""

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
    def since(cls, account: Account, login_number: int, at: float) -> int:
        """How many emails that login of the account has sent after that moment."""
        total = peewee.fn.COALESCE(peewee.fn.SUM(cls.emails), 0)
        count: int = (
            cls.select(total).where(cls.login_number == login_number, cls.account == account, cls.at > at).scalar()
        )
        return count
