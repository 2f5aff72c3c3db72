"""Statistics: how often what happened to the mail of an account, day by day. They are counted as it
happens, and outlive the messages.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, slot

#: What is counted, by the names of customer.stats; what it does not show comes last.
COUNTERS = (
    "requests", "delivered", "bounces", "repeat_bounces", "unsubscribes", "repeat_unsubscribes",
    "clicks", "opens", "spamreports", "repeat_spamreports", "invalid_email", "blocks",
    "unique_clicks", "unique_opens", "spam_drop", "processed", "deferred",
)  # fmt: skip


class Statistic(Base):
    """The counts of one day."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE", index=False)
    account_id: int
    #: As YYYY-MM-DD, in the account's time zone.
    day = peewee.TextField()
    #: Of mail of one category; empty for that of all mail.
    category = peewee.TextField(default="")
    #: Of a part of it, as `isps:example.com` or `browsers:Firefox`; empty for all.
    part = peewee.TextField(default="")
    requests = peewee.IntegerField(default=0)
    delivered = peewee.IntegerField(default=0)
    bounces = peewee.IntegerField(default=0)
    repeat_bounces = peewee.IntegerField(default=0)
    unsubscribes = peewee.IntegerField(default=0)
    repeat_unsubscribes = peewee.IntegerField(default=0)
    clicks = peewee.IntegerField(default=0)
    opens = peewee.IntegerField(default=0)
    spamreports = peewee.IntegerField(default=0)
    repeat_spamreports = peewee.IntegerField(default=0)
    invalid_email = peewee.IntegerField(default=0)
    blocks = peewee.IntegerField(default=0)
    unique_clicks = peewee.IntegerField(default=0)
    unique_opens = peewee.IntegerField(default=0)
    spam_drop = peewee.IntegerField(default=0)
    processed = peewee.IntegerField(default=0)
    deferred = peewee.IntegerField(default=0)

    class Meta:
        indexes = ((("account", "day", "category", "part"), True),)

    def __repr__(self) -> str:
        return f"<Statistic {self.day} of {self.account_id}>"


class Place(NamedTuple):
    """Where something is counted; see `Statistic`."""

    day: str
    category: str = ""
    part: str = ""


def count(account: int, counted: Iterable[tuple[Place, str]]) -> None:
    """Count for the account of that number, within a transaction.

    :param counted: once for each time: where, and which of `COUNTERS`.
    """
    sums: dict[Place, Counter[str]] = {}
    for place, counter in counted:
        sums.setdefault(place, Counter())[counter] += 1
    rows = (
        {"account": account, **place._asdict(), **{name: counts[name] for name in COUNTERS}}
        for place, counts in sums.items()
    )
    _COUNT.insert_all(rows)


_COUNT = Compiled(
    lambda: Statistic.insert(
        {
            field: slot(field.name)
            for field in Statistic._meta.sorted_fields
            if field is not Statistic.id
        }
    ).on_conflict(
        conflict_target=[
            Statistic.account,
            Statistic.day,
            Statistic.category,
            Statistic.part,
        ],
        update={
            name: getattr(Statistic, name) + getattr(peewee.EXCLUDED, name) for name in COUNTERS
        },
    )
)
