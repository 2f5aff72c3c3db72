"""Monitors: every so many mails of a subuser, somebody gets a copy of one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, slot


class UnknownMonitor(reasons.Reason):
    """The account has no monitor of that name."""


class MonitorExists(reasons.Reason):
    """The account has a monitor of that name already."""


class MonitorInUse(reasons.Reason):
    """A subuser is attached to the monitor that is to be deleted."""


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


class MonitorRecord(NamedTuple):
    """A monitor, and the names of the subusers that are attached to it."""

    name: str
    email: str
    frequency: int
    users: list[str]


def list_records(account: Account) -> list[MonitorRecord]:
    """The monitors of a primary account, oldest first."""
    attached: Any = (
        MonitoredSubuser.select(MonitoredSubuser.monitor, Account.username)
        .join(Account, on=MonitoredSubuser.account == Account.id)
        .join(Monitor, on=MonitoredSubuser.monitor == Monitor.id)
        .where(Monitor.account == account)
        .order_by(MonitoredSubuser.id)
        .tuples()
    )
    users: dict[int, list[str]] = {}
    for monitor, name in attached:
        users.setdefault(monitor, []).append(name)
    monitors = Monitor.select().where(Monitor.account == account).order_by(Monitor.id)
    return [
        MonitorRecord(each.name, each.email, each.frequency, users.get(each.id, []))
        for each in monitors
    ]


def create(account: Account, name: str, email: str, frequency: int) -> None:
    """A new monitor of a primary account, within a transaction.

    :raises MonitorExists: it has one of that name.
    :raises WrongCredentials: the account is gone since the caller was let in.
    """
    _refuse_taken(account, name)
    try:
        Monitor.create(account=account, name=name, email=email, frequency=frequency)
    except peewee.IntegrityError:
        raise reasons.WrongCredentials(hint="the account was deleted meanwhile") from None


def edit(account: Account, name: str, changes: Mapping[str, Any]) -> None:
    """Change columns of a monitor, within a transaction; what is not given stays.

    :raises UnknownMonitor: the account has none of that name.
    :raises MonitorExists: it has another of the new name.
    """
    found = find(account, name)
    if changes.get("name", name) != name:
        _refuse_taken(account, changes["name"])
    if changes:
        Monitor.update(changes).where(Monitor.id == found.id).execute()


def delete(account: Account, name: str) -> None:
    """Delete a monitor to which no subuser is attached, within a transaction.

    :raises UnknownMonitor: the account has none of that name.
    :raises MonitorInUse: a subuser is attached to it.
    """
    found = find(account, name)
    if MonitoredSubuser.select().where(MonitoredSubuser.monitor == found).exists():
        raise MonitorInUse(hint=f"detach the subusers of {name!r} first")
    found.delete_instance()


def append(account: Account, name: str, subuser: Account) -> None:
    """Let a monitor copy mail of a subuser, within a transaction; again changes nothing.

    :raises UnknownMonitor: the account has none of that name.
    :raises UnknownSubuser: somebody deleted the subuser since it was found.
    """
    new = MonitoredSubuser.insert(account=subuser, monitor=find(account, name))
    try:
        new.on_conflict_ignore().execute()
    except peewee.IntegrityError:
        raise reasons.UnknownSubuser from None


def detach(account: Account, name: str, subuser: Account) -> None:
    """Let a monitor copy no more mail of a subuser, within a transaction.

    :param name: of the monitor; empty for all that the subuser is attached to.
    :raises UnknownMonitor: the account has none of that name.
    """
    its = MonitoredSubuser.account == subuser
    if name:
        its &= MonitoredSubuser.monitor == find(account, name)
    MonitoredSubuser.delete().where(its).execute()


def find(account: Account, name: str) -> Monitor:
    """The monitor of that name.

    :raises UnknownMonitor: the account has none.
    """
    found: Monitor | None = Monitor.get_or_none(Monitor.account == account, Monitor.name == name)
    if found is None:
        raise UnknownMonitor(hint=f"{account.username!r} has no monitor {name[:64]!r}")
    return found


def _refuse_taken(account: Account, name: str) -> None:
    if Monitor.select().where(Monitor.account == account, Monitor.name == name).exists():
        raise MonitorExists


# What each mail of a subuser asks for


class Watch(NamedTuple):
    """What a monitor has of one subuser.

    :param mails: how many the subuser has sent since it was appended.
    """

    email: str
    frequency: int
    mails: int

    def copies(self, number: int) -> bool:
        """Whether it copies one of the next mails, the first of which is number 1."""
        return (self.mails + number) % self.frequency == 0


def find_watches(subuser: int) -> list[Watch]:
    """What the monitors have of the subuser of that number; mostly nothing."""
    return list(map(Watch._make, _WATCHES.run(account=subuser)))


def count_mails(subuser: int, number: int) -> None:
    """Count so many more mails of the subuser of that number, within a transaction."""
    more = {MonitoredSubuser.mails: MonitoredSubuser.mails + number}
    MonitoredSubuser.update(more).where(MonitoredSubuser.account == subuser).execute()


_WATCHES = Compiled(
    lambda: (
        MonitoredSubuser.select(Monitor.email, Monitor.frequency, MonitoredSubuser.mails)
        .join(Monitor)
        .where(MonitoredSubuser.account == slot("account"))
        .order_by(MonitoredSubuser.id)
    )
)
