"""Credits: how much mail a subuser may still send. What its period brings is worked out when
somebody looks, so a clock that jumps over many periods fills it up once.
"""

from dataclasses import dataclass, replace

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.calendar_days import later_by_months, number_of_day, text_of_day
from legacygrid.models.clock_days import day_of
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, slot

TOTAL, RECURRING = "total", "recurring"
MODES = (TOTAL, RECURRING)
DAILY, WEEKLY, MONTHLY = "daily", "weekly", "monthly"
PERIODS = (DAILY, WEEKLY, MONTHLY)
#: Credits that an account can have.
MOST = 10**12


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


@dataclass(frozen=True)
class Limit:
    """The limit of an account at a moment; its parts are those of `Credit`."""

    mode: str
    credit: int
    remain: int
    period: str
    start_date: str
    end_date: str
    last_reset: str

    def on(self, day: str) -> "Limit":
        """The same on a later day: filled up, if a period began since.

        :param day: as YYYY-MM-DD, in California.
        """
        last = min(day, self.end_date) if self.end_date else day
        if self.mode != RECURRING or last <= self.last_reset:
            return self
        begun = self._last_beginning(last)
        if begun < self.start_date or begun <= self.last_reset:
            return self
        return replace(self, remain=self.credit, last_reset=begun)

    def again_from(self, day: str) -> "Limit":
        """The same where the clock was set back to a day before it was last filled up: its periods
        begin from then on, or it would not be filled up for as long as that.
        """
        if self.mode != RECURRING or day >= self.last_reset:
            return self
        has_begun = self.start_date <= self.last_reset
        start = min(self.start_date, day) if has_begun else self.start_date
        return replace(self, start_date=start, last_reset=day)

    def require(self, credits: int) -> None:
        """Check that so many credits are left.

        :raises CreditsExceeded: fewer are left.
        """
        if self.remain < credits:
            raise reasons.CreditsExceeded(hint=f"{credits} credits needed, {self.remain} left")

    def _last_beginning(self, day: str) -> str:
        """When the period began that a day is in: weeks and months go by the first of them."""
        first, today = number_of_day(self.start_date or self.last_reset), number_of_day(day)
        if self.period == DAILY or today < first:
            return day
        if self.period == WEEKLY:
            return text_of_day(today - (today - first) % 7)
        return later_by_months(first, today)


def total(credits: int, day: str) -> Limit:
    """A limit that is not filled up.

    :param day: on which it is set.
    """
    return Limit(TOTAL, 0, credits, "", "", "", day)


def recurring(
    credits: int, period: str, day: str, start: str = "", end: str = "", initial: int | None = None
) -> Limit:
    """A limit that is filled up by a period, from its first day on.

    :param credits: what a period brings.
    :param period: one of `PERIODS`.
    :param day: on which it is set; it is filled up then.
    :param start: the first day on which a period begins; by default, that on which it is set.
    :param end: the last day on which one may begin; empty for none.
    :param initial: what it has until the first period after; by default as much as one brings.
    """
    remain = credits if initial is None else initial
    return Limit(RECURRING, credits, remain, period, start or day, end, day)


def later(day: str, period: str) -> str:
    """The day on which a period ends that begins on a day, as YYYY-MM-DD.

    :param period: one of `PERIODS`.
    """
    first = number_of_day(day)
    if period != MONTHLY:
        return text_of_day(first + (7 if period == WEEKLY else 1))
    return later_by_months(first, first + 31)


def find(account: int, at: float) -> Limit | None:
    """The limit of the account of that number; none if it sends as much as it likes.

    :param at: seconds since 1970, by the emulator's clock.
    """
    rows = _FIND.run(account=account)
    return Limit(*rows[0]).on(day_of(at)) if rows else None


def keep(account: int, limit: Limit) -> None:
    """Keep the limit of the account of that number, within a transaction.

    :raises UnknownSubuser: the account is gone.
    """
    try:
        _KEEP.insert(account=account, **vars(limit))
    except peewee.IntegrityError:
        raise reasons.UnknownSubuser from None


def remove(account: int) -> None:
    """Let the account of that number send as much as it likes, within a transaction."""
    Credit.delete().where(Credit.account == account).execute()


def add(account: int, credits: int, at: float) -> None:
    """Give credits to the account of that number, or take some, within a transaction; its limit is
    not filled up any more, then. None can be taken from who has none left.

    :param credits: less than 0 to take some.
    :param at: seconds since 1970, by the emulator's clock.
    :raises UnknownSubuser: the account is gone.
    """
    limit = find(account, at) or total(0, day_of(at))
    remain = min(max(limit.remain + credits, 0), MOST)
    keep(account, total(remain, limit.last_reset))


def require(account: int, credits: int, at: float) -> None:
    """Check that the account of that number can pay for mail.

    :param credits: what it costs.
    :param at: seconds since 1970, by the emulator's clock.
    :raises CreditsExceeded: fewer are left.
    """
    if limit := find(account, at):
        limit.require(credits)


def take(account: int, credits: int, at: float) -> None:
    """Have the account of that number pay for mail, within a transaction: all, or nothing.

    :param credits: what it costs.
    :param at: seconds since 1970, by the emulator's clock.
    :raises CreditsExceeded: fewer are left.
    """
    limit = begin_again(account, at) if credits else None
    if limit is not None:
        limit.require(credits)
        keep(account, replace(limit, remain=limit.remain - credits))


def begin_again(account: int, at: float) -> Limit | None:
    """Note that the clock was set back, if it was, within a transaction: see `Limit.again_from`.

    :param at: seconds since 1970, by the emulator's clock.
    :returns: the limit of the account of that number; none if it has none.
    """
    limit = find(account, at)
    again = limit.again_from(day_of(at)) if limit else None
    if again is not None and again != limit:
        keep(account, again)
    return again


_COLUMNS = (
    "mode",
    "credit",
    "remain",
    "period",
    "start_date",
    "end_date",
    "last_reset",
)
_FIND = Compiled(
    lambda: Credit.select(*(getattr(Credit, name) for name in _COLUMNS)).where(
        Credit.account == slot("account")
    )
)
_KEEP = Compiled(
    lambda: Credit.insert({name: slot(name) for name in ("account", *_COLUMNS)}).on_conflict(
        conflict_target=[Credit.account],
        update={name: getattr(peewee.EXCLUDED, name) for name in _COLUMNS},
    )
)
