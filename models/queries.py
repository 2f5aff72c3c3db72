"""Queries of the hot path, and the pieces that they are built from."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain, islice
from operator import itemgetter
from typing import Any

import peewee

from legacygrid.models.database import Base, bound

#: Values of one statement: any SQLite takes so many.
_MOST_VALUES = 999


class _Slot:
    """Stands in a compiled query for a value that comes with each run."""

    def __init__(self, name: str) -> None:
        self.name = name


def slot(name: str) -> peewee.Value:
    """A place in a `Compiled` query, filled at each run."""
    return peewee.Value(_Slot(name), converter=False)


class Compiled:
    """A query of the hot path: its SQL is built once from the models. Building it is most of a
    Peewee query's cost.
    """

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build

    @cached_property
    def _sql(self) -> tuple[str, list[Any]]:
        sql, params = self._build().sql()
        return sql, params

    def run(self, **values: object) -> list[tuple[Any, ...]]:
        """All rows, as tuples in the order of the select.

        :raises StoreUnavailable: the engine does not answer.
        """
        try:
            return self._fetch(self._sql[0], self._fill(values))
        except (peewee.DatabaseError, sqlite3.Error) as error:
            raise bound.files.explain(error) from error

    def scalar(self, **values: object) -> Any:
        """The first column of the first row; none if there is none.

        :raises StoreUnavailable: the engine does not answer.
        """
        rows = self.run(**values)
        return rows[0][0] if rows else None

    def insert(self, **values: object) -> int:
        """The number of the new row; for an insert, within a transaction.

        :raises IntegrityError: a constraint of the table forbids it.
        """
        number: int = bound.insert(self._sql[0], self._fill(values))
        return number

    def change(self, *values: object) -> int:
        """How many rows it changes; for an update within a transaction, that has nothing but slots.

        :param values: in the order of the slots in the query.
        :raises IntegrityError: a constraint of the table forbids it.
        """
        changed: int = bound.change(self._sql[0], values)
        return changed

    def insert_all(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert many rows, within a transaction; each has a value for every slot, and the query
        nothing but slots.

        :raises IntegrityError: a constraint of the table forbids one.
        """
        sql, params = self._sql
        take = itemgetter(*(param.name for param in params))
        bound.files.look()
        bound.connection().executemany(sql, map(take, rows))

    def insert_columns(
        self, columns: Mapping[str, Sequence[object]], same: Mapping[str, object]
    ) -> None:
        """`insert_all` of a few hundred rows and more, for tables with triggers: those have each
        statement cost more than its rows.

        :param columns: by slot, all as long.
        :param same: what all rows have alike, by slot: the slots without a column.
        :raises IntegrityError: a constraint of the table forbids one.
        """
        rows = zip(*columns.values(), strict=True)
        many = (_MOST_VALUES - len(same)) // len(columns)
        bound.files.look()
        execute = bound.connection().execute
        while some := list(islice(rows, many)):
            values = (*same.values(), *chain.from_iterable(some))
            execute(_with_rows(*self._split, tuple(same), tuple(columns), len(some)), values)

    @cached_property
    def _split(self) -> tuple[str, tuple[str, ...]]:
        """Of an insert: the SQL before its values, and their slots."""
        sql, params = self._sql
        return sql.rpartition(" VALUES ")[0], tuple(param.name for param in params)

    def _fetch(self, sql: str, params: list[object]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = bound.fetch(sql, params)
        return rows

    def _fill(self, values: Mapping[str, object]) -> list[object]:
        params = self._sql[1]
        return [values[param.name] if type(param) is _Slot else param for param in params]


class Repeated(Compiled):
    """One that every call makes: its rows are remembered until something is written."""

    def _fetch(self, sql: str, params: list[object]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = bound.recall(sql, params)
        return rows


# Few come in a row: a full one, and that of the end of a batch.
@lru_cache(32)
def _with_rows(
    begin: str, slots: tuple[str, ...], same: tuple[str, ...], each: tuple[str, ...], count: int
) -> str:
    """An insert of so many rows; what they have alike is bound once, in the first places."""
    places = {name: place for place, name in enumerate((*same, *each), 1)}
    step = {name: len(each) for name in each}
    rows = (
        ", ".join(f"?{places[name] + row * step.get(name, 0)}" for name in slots)
        for row in range(count)
    )
    return f"{begin} VALUES ({'), ('.join(rows)})"


def inserting(model: type[Base]) -> Compiled:
    """The insert of a row of which every column is given, but for a number that the table gives."""
    columns = [
        field for field in model._meta.sorted_fields if not isinstance(field, peewee.AutoField)
    ]
    return Compiled(lambda: model.insert({field: slot(field.name) for field in columns}))


def contains(column: Any, pattern: Any) -> Any:
    """The column matches a `pattern_of` a part; letters A to Z match in both cases (SQLite's LIKE
    knows no others).
    """
    # A bound pattern by itself would have SQLite prepare the statement anew at each run, in the
    # hope of an index.
    return peewee.NodeList((column, peewee.SQL("LIKE ("), pattern, peewee.SQL("|| '') ESCAPE '!'")))


def pattern_of(part: str) -> str:
    """What `contains` looks for. No column holds a thousand characters, and SQLite takes no pattern
    of 50,000 bytes.
    """
    for special in "!%_":
        part = part.replace(special, f"!{special}")
    return f"%{part[:10_000]}%"


def number_of(text: str) -> int:
    """The number of a row, as it was sent; 0, which no row has, if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
