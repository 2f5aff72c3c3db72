"""Queries of the hot path, and the pieces that they are built from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import peewee

from legacygrid.models.database import Base
from legacygrid.models.engines.dialects import SqlDialect, bound


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
        #: For whom it is built: the next store of this process may be on another engine.
        self._dialect: SqlDialect | None = None
        self._built: tuple[str, list[Any]] = ("", [])

    @property
    def _sql(self) -> tuple[str, list[Any]]:
        if self._dialect is not bound.dialect:
            self._built = self._build().sql()
            self._dialect = bound.dialect
        return self._built

    def run(self, **values: object) -> list[tuple[Any, ...]]:
        """All rows, as tuples in the order of the select.

        :raises StoreUnavailable: the engine does not answer.
        """
        sql, params = self._sql
        try:
            return self._fetch(sql, self._fill(params, values))
        except bound.errors as error:
            raise bound.explain(error) from error

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
        sql, params = self._sql
        number: int = bound.insert(sql, self._fill(params, values))
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
        bound.insert_all(sql, map(take, rows))

    def insert_columns(
        self, columns: Mapping[str, Sequence[object]], same: Mapping[str, object]
    ) -> None:
        """`insert_all` of a few hundred rows and more, for tables with triggers: those have each
        statement cost more than its rows.

        :param columns: by slot, all as long.
        :param same: what all rows have alike, by slot: the slots without a column.
        :raises IntegrityError: a constraint of the table forbids one.
        """
        sql, params = self._sql
        bound.insert_columns(sql, tuple(param.name for param in params), columns, same)

    def _fetch(self, sql: str, params: list[object]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = bound.fetch(sql, params)
        return rows

    @staticmethod
    def _fill(params: Sequence[Any], values: Mapping[str, object]) -> list[object]:
        return [values[param.name] if type(param) is _Slot else param for param in params]


class Repeated(Compiled):
    """One that every call makes: its rows are remembered until something is written."""

    def _fetch(self, sql: str, params: list[object]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = bound.recall(sql, params)
        return rows


def inserting(model: type[Base]) -> Compiled:
    """The insert of a row of which every column is given, but for a number that the table gives."""
    columns = [
        field for field in model._meta.sorted_fields if not isinstance(field, peewee.AutoField)
    ]
    return Compiled(lambda: model.insert({field: slot(field.name) for field in columns}))


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
