"""The table: what becomes of each v2 call in v3. Reports, recipes, the bridge, docs and tests
derive from it.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from legacygrid.migration.calls import (
    apps,
    credentials,
    limits,
    mail,
    not_there,
    own_account,
    parse,
    setup,
    stats,
    subusers,
    suppression,
    switches,
    webhooks,
)
from legacygrid.migration.rows import Row, choose
from legacygrid.migration.rules import RULES

__all__ = ["ROWS", "RULES", "find", "find_all", "find_near", "list_names", "list_tasks"]

ROWS: tuple[Row, ...] = tuple(
    row
    for family in (
        subusers,
        switches,
        own_account,
        credentials,
        limits,
        setup,
        suppression,
        apps,
        webhooks,
        parse,
        stats,
        mail,
        not_there,
    )
    for row in family.ROWS
)


@cache
def _index() -> Mapping[tuple[str, str], tuple[Row, ...]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in ROWS:
        found.setdefault((row.operation, row.task), []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def find(operation: str, task: str = "", params: Mapping[str, Any] | None = None) -> Row | None:
    """What becomes of a call.

    :param operation: as the journal has it: `customer.profile`, `credentials/add`.
    :param params: the call's, which decide where an operation has several rows; without them it is
        the first.
    :returns: none if v2 had no such operation and task, or it refused such parameters.
    """
    rows = find_all(operation, task)
    if params is None:
        return rows[0] if rows else None
    return choose(rows, params)


def find_all(operation: str, task: str = "") -> tuple[Row, ...]:
    """Every row of an operation and task, the most usual first."""
    return _index().get((operation, task), ())


def list_tasks(operation: str) -> list[str]:
    """The tasks of an operation that has rows; the empty text where it has none of its own."""
    return [task for name, task in _index() if name == operation]


def list_names() -> Iterable[str]:
    """Every operation of the table, once."""
    return dict.fromkeys(row.operation for row in ROWS)


def find_near(operation: str) -> list[str]:
    """Names that somebody may have meant."""
    names = list(list_names())
    near = get_close_matches(operation, names, n=4, cutoff=0.5)
    parts = [name for name in names if operation and operation.lower() in name.lower()]
    return list(dict.fromkeys([*near, *parts]))[:6]
