"""How many emails logins with a rate limit have sent, by a rolling window; the outbox may be
cleared meanwhile.
"""

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, inserting, slot


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
        count: int = _COUNT.scalar(account=account.id, login=login_number, after=after, at=at)
        return count

    @classmethod
    def delete_until(cls, account: Account, login_number: int | None, until: float) -> None:
        """Delete what no window reaches any more."""
        _DELETE.run(account=account.id, login=login_number, until=until)

    @classmethod
    def add(cls, account: Account, login_number: int | None, at: float, emails: int) -> None:
        """Note emails that were accepted, within a transaction.

        :param at: seconds since 1970, by the emulator's clock.
        """
        _INSERT.insert(account=account.id, login_number=login_number, at=at, emails=emails)


_OF_LOGIN = (Sent.login_number == slot("login")) & (Sent.account == slot("account"))
_COUNT = Compiled(
    lambda: Sent.select(peewee.fn.COALESCE(peewee.fn.SUM(Sent.emails), 0)).where(
        _OF_LOGIN, Sent.at > slot("after"), Sent.at <= slot("at")
    )
)
_DELETE = Compiled(lambda: Sent.delete().where(_OF_LOGIN, Sent.at <= slot("until")))
_INSERT = inserting(Sent)
