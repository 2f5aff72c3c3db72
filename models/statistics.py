"""Statistics: how often what happened to the mail of an account, day by day. They are counted as it
happens, and outlive the messages.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import peewee

from legacygrid.models.account import Account
from legacygrid.models.calendar_days import days_between
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, inserting, slot

#: What is counted, by the names of customer.stats; what it does not show comes last.
COUNTERS = (
    "requests", "delivered", "bounces", "repeat_bounces", "unsubscribes", "repeat_unsubscribes",
    "clicks", "opens", "spamreports", "repeat_spamreports", "invalid_email", "blocks",
    "unique_clicks", "unique_opens", "spam_drop", "processed", "deferred",
)  # fmt: skip


Numbers = Mapping[str, int]
#: Into which parts mail is counted beside: by what it was read with, and where.
BROWSERS, CLIENTS, DEVICES, ISPS = "browsers", "clients", "devices", "isps"
#: The part of what is not known.
UNKNOWN = "Unknown"
#: What is counted of those who read mail, wherever they are.
OF_READERS = ("opens", "unique_opens", "clicks", "unique_clicks")
#: Before and after all days.
EVER = ("", "~")


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


def count(account: int, counted: Iterable[tuple[Place, Sequence[str]]]) -> None:
    """Count for the account of that number, within a transaction.

    :param counted: once for each time: where, and which of `COUNTERS`, each once.
    """
    sums: dict[Place, dict[str, int]] = {}
    for place, counters in counted:
        numbers = sums.setdefault(place, {})
        for name in counters:
            numbers[name] = numbers.get(name, 0) + 1
    for place, numbers in sums.items():
        # Mostly the row is there: an upsert, which names all columns, takes thrice as long.
        if not _adding(tuple(numbers)).change(*numbers.values(), account, *place):
            _INSERT.insert(account=account, **place._asdict(), **{**_ZEROS, **numbers})


class Figures(NamedTuple):
    """What was counted in one place: of mail of a category, of a part; either may be empty."""

    day: str
    category: str
    part: str
    numbers: Numbers


def read_days(account: int, first: str, last: str, category: str = "") -> list[Figures]:
    """What was counted for the account of that number, a row for each day from one to another.

    :param first: as YYYY-MM-DD, and `last`.
    :param category: of mail of that one alone; empty for all mail.
    """
    rows = _DAYS.run(account=account, first=first, last=last, category=category)
    found: dict[str, Numbers] = {day: _name(numbers) for day, *numbers in rows}
    return [
        Figures(day, category, "", found.get(day) or dict.fromkeys(COUNTERS, 0))
        for day in days_between(first, last)
    ]


def read_parts(
    account: int, first: str, last: str, kind: str, category: str = ""
) -> Iterator[Figures]:
    """The same of parts of the recipients; parts without counts are left out.

    :param kind: which parts: `BROWSERS`, `CLIENTS`, `DEVICES` or `ISPS`.
    """
    about = {"account": account, "first": first, "last": last, "category": category}
    for day, part, *numbers in _PARTS.run(**about, begin=f"{kind}:", end=f"{kind};"):
        name = part.partition(":")[2]
        yield Figures(day, category, name, _name(numbers))


def read_countries(account: int, first: str, last: str, category: str = "") -> list[Figures]:
    """The same of countries: all who open mail do so on this machine, which is in no country that
    anybody could tell.
    """
    return [
        each._replace(part=UNKNOWN, numbers={name: each.numbers[name] for name in OF_READERS})
        for each in read_days(account, first, last, category)
    ]


def read_total(account: int, first: str, last: str, category: str = "") -> Figures:
    """The sums of all days from one to another; `EVER` are before and after all of them."""
    (numbers,) = _TOTAL.run(account=account, first=first, last=last, category=category)
    return Figures("", category, "", _name(numbers))


def list_categories(account: int) -> list[str]:
    """All categories of mail that the account of that number ever sent, by the alphabet."""
    return [category for (category,) in _CATEGORIES.run(account=account)]


def _name(numbers: Sequence[int]) -> Numbers:
    return dict(zip(COUNTERS, numbers, strict=True))


_OF_DAYS = (
    (Statistic.account == slot("account"))
    & (Statistic.category == slot("category"))
    & (Statistic.day >= slot("first"))
    & (Statistic.day <= slot("last"))
)
_NUMBERS = [getattr(Statistic, name) for name in COUNTERS]
_DAYS = Compiled(
    lambda: Statistic.select(Statistic.day, *_NUMBERS).where(_OF_DAYS, Statistic.part == "")
)
_PARTS = Compiled(
    lambda: (
        Statistic.select(Statistic.day, Statistic.part, *_NUMBERS)
        .where(_OF_DAYS, Statistic.part >= slot("begin"), Statistic.part < slot("end"))
        .order_by(Statistic.day, Statistic.part)
    )
)
_TOTAL = Compiled(
    lambda: Statistic.select(
        *(peewee.fn.COALESCE(peewee.fn.SUM(number), 0) for number in _NUMBERS)
    ).where(_OF_DAYS, Statistic.part == "")
)
_CATEGORIES = Compiled(
    lambda: (
        Statistic.select(Statistic.category)
        .where(Statistic.account == slot("account"), Statistic.category != "")
        .distinct()
        .order_by(Statistic.category)
    )
)
_INSERT = inserting(Statistic)
_ZEROS = dict.fromkeys(COUNTERS, 0)


@lru_cache(64)
def _adding(counters: tuple[str, ...]) -> Compiled:
    """The update that counts in one place."""
    columns = [getattr(Statistic, name) for name in counters]
    return Compiled(
        lambda: Statistic.update({column: column + slot(column.name) for column in columns}).where(
            Statistic.account == slot("account"),
            *(getattr(Statistic, name) == slot(name) for name in Place._fields),
        )
    )
