"""Credits: how much mail a subuser may still send."""

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField

TOTAL, RECURRING = "total", "recurring"
MODES = (TOTAL, RECURRING)
DAILY, WEEKLY, MONTHLY = "daily", "weekly", "monthly"
PERIODS = (DAILY, WEEKLY, MONTHLY)


class Credit(Base):
    """The limit of one account; an account without one sends as much as it likes."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE", unique=True)
    account_id: int
    #: `recurring` is filled up again by its period; `total` is not.
    mode = peewee.TextField()
    #: What a period brings; 0 for a total.
    credit = peewee.IntegerField(default=0)
    remain = peewee.IntegerField(default=0)
    #: `daily`, `weekly` or `monthly`; empty for a total.
    period = peewee.TextField(default="")
    #: Between which days it is filled up, as YYYY-MM-DD; empty for no bound.
    start_date = peewee.TextField(default="")
    end_date = peewee.TextField(default="")
    #: The day in California on which it was last set or filled up.
    last_reset = peewee.TextField()

    def __repr__(self) -> str:
        return f"<Credit {self.remain} of {self.credit}>"
