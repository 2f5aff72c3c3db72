"""Sums of what was counted in many days, of each category or each subuser, the most first."""

from typing import Any, NamedTuple

import peewee

from legacygrid.models.account import Account
from legacygrid.models.engines.dialects import contains
from legacygrid.models.queries import pattern_of
from legacygrid.models.statistics import COUNTERS, Numbers, Statistic


class Order(NamedTuple):
    """Which sums are told, and in which order.

    :param counter: one of `COUNTERS`.
    """

    counter: str
    is_rising: bool
    limit: int
    offset: int


class NamedSum(NamedTuple):
    """The sums of a category or of a subuser; the first and last name are those of the latter."""

    name: str
    numbers: Numbers
    first_name: str = ""
    last_name: str = ""


def sum_subusers(
    parent: int, first: str, last: str, order: Order, part: str = "", name: str = ""
) -> list[NamedSum]:
    """The sums of the subusers of the account of that number, also of those without mail.

    :param first: as YYYY-MM-DD, and `last`.
    :param part: of those alone in whose names it is.
    :param name: of the one that is called exactly so.
    """
    is_counted = (
        (Statistic.account == Account.id)
        & (Statistic.category == "")
        & (Statistic.part == "")
        & Statistic.day.between(first, last)
    )
    sought = Account.parent == parent
    if part:
        sought &= contains(Account.username, pattern_of(part))
    if name:
        sought &= Account.username == name
    query = (
        Account.select(Account.username, Account.first_name, Account.last_name, *_sums())
        .join(Statistic, peewee.JOIN.LEFT_OUTER, on=is_counted)
        .where(sought)
        .group_by(Account.id)
    )
    return [
        NamedSum(name, _name(numbers), first_name, last_name)
        for name, first_name, last_name, *numbers in _arrange(query, order, Account.id)
    ]


def sum_categories(account: int, first: str, last: str, order: Order) -> list[NamedSum]:
    """The sums of the categories of the mail of the account of that number."""
    query = (
        Statistic.select(Statistic.category, *_sums())
        .where(
            Statistic.account == account,
            Statistic.category != "",
            Statistic.part == "",
            Statistic.day.between(first, last),
        )
        .group_by(Statistic.category)
    )
    rows = _arrange(query, order, Statistic.category)
    return [NamedSum(name, _name(numbers)) for name, *numbers in rows]


def _sums() -> list[Any]:
    return [_sum(name) for name in COUNTERS]


def _sum(counter: str) -> Any:
    return peewee.fn.COALESCE(peewee.fn.SUM(getattr(Statistic, counter)), 0)


def _arrange(query: Any, order: Order, then_by: Any) -> Any:
    number = _sum(order.counter)
    arranged = query.order_by(number.asc() if order.is_rising else number.desc(), then_by)
    return arranged.limit(order.limit).offset(order.offset).tuples()


def _name(numbers: list[int]) -> Numbers:
    return dict(zip(COUNTERS, numbers, strict=True))
