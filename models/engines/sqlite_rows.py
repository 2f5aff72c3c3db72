"""Many rows in few statements of SQLite."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice

#: Values of one statement: any SQLite takes so many.
_MOST_VALUES = 999


def insert_columns(
    connection: sqlite3.Connection,
    sql: str,
    slots: tuple[str, ...],
    columns: Mapping[str, Sequence[object]],
    same: Mapping[str, object],
) -> None:
    """Insert rows, many of them a statement.

    :param sql: the insert of one, and `slots` what its values are called, in their order.
    :param columns: values of all rows, by slot; `same` are those that all of them have.
    """
    begin = sql.rpartition(" VALUES ")[0]
    rows = zip(*columns.values(), strict=True)
    many = (_MOST_VALUES - len(same)) // len(columns)
    while some := list(islice(rows, many)):
        values = (*same.values(), *chain.from_iterable(some))
        statement = _with_rows(begin, slots, tuple(same), tuple(columns), len(some))
        connection.execute(statement, values)


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
