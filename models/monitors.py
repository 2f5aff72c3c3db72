"""Monitors: every so many mails of a subuser, somebody gets a copy of one."""

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField


class Monitor(Base):
    """A monitor of a primary account."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE", index=False)
    account_id: int
    name = peewee.TextField()
    email = peewee.TextField()
    #: One mail of so many is copied.
    frequency = peewee.IntegerField()

    class Meta:
        indexes = ((("account", "name"), True),)

    def __repr__(self) -> str:
        return f"<Monitor {self.name!r}>"


class MonitoredSubuser(Base):
    """A subuser whose mail a monitor copies."""

    id = NumberField()
    #: The subuser.
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE", index=False)
    account_id: int
    monitor = peewee.ForeignKeyField(Monitor, on_delete="CASCADE")
    monitor_id: int
    #: Mails that it has sent since it was appended.
    mails = peewee.IntegerField(default=0)

    class Meta:
        indexes = ((("account", "monitor"), True),)

    def __repr__(self) -> str:
        return f"<MonitoredSubuser {self.account_id} of {self.monitor_id}>"
