"""Rows that SQLite puts together as texts, a page in one: that costs half of a value for each
column of each row.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from itertools import chain
from typing import Any, NamedTuple

import peewee

from legacygrid.models.account import FLAGS, Account
from legacygrid.models.engines.dialects import bound, is_on

#: Of a switch that is off, and of one that is on.
WORDS = ("false", "true")


class RowText(NamedTuple):
    """How a row becomes a text.

    :param keys: the columns whose values stand in it, in this order; a switch as one of `WORDS`.
    :param around: what stands before the first value, between each two, and behind the last.
    :param separator: what stands between rows.
    """

    keys: tuple[str, ...]
    around: tuple[str, ...]
    separator: str

    def column(self) -> Any:
        """The text of an account, as a column of a select."""
        texts = map(_constant, self.around)
        values = map(_value, self.keys)
        first = next(texts)
        # SQLite's printf would take less, and end each value at a NUL.
        rest = chain.from_iterable(zip(values, texts, strict=True))
        return reduce(_concat, rest, first).alias("text")


class TextPage(NamedTuple):
    """Some rows.

    :param text: all of them.
    :param size: how many they are.
    :param read: reads them as records.
    """

    text: str
    size: int
    read: Callable[[], list[Any]]


class TextPages:
    """A list that is read record by record, or as pages of texts."""

    def pages(self, row: RowText) -> Iterator[TextPage]:
        """All pages that have rows."""
        raise NotImplementedError


class Joined:
    """One row of a select of `id` and `text`, which is in order: the last number, how many there
    are, and the texts with the separator between them.
    """

    def __init__(self, query: Any, separator: str) -> None:
        self._query = query
        self._separator = separator

    def sql(self) -> tuple[str, list[Any]]:
        """The statement."""
        inner, params = self._query.sql()
        joined = f"{bound.dialect.JOIN_TEXTS}(text, {bound.param})"
        whole = f"SELECT MAX(id), COUNT(*), {joined} FROM ({inner}) AS page"  # noqa: S608
        return whole, [self._separator, *params]


def _constant(text: str) -> Any:
    return peewee.Value(text, converter=False)


def _value(key: str) -> Any:
    column = getattr(Account, key)
    off, on = map(_constant, WORDS)
    return peewee.Case(None, ((is_on(column), on),), off) if key in FLAGS else column


def _concat(left: Any, right: Any) -> Any:
    return peewee.Expression(left, peewee.OP.CONCAT, right)
