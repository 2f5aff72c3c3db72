"""Finds rows of the table by what a person calls a call: its name, its path, or a URL."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from legacygrid.migration import given_params, table
from legacygrid.migration.rows import Row

#: Ways to call an operation that are told in full, as text; of more there is a line each.
MOST_WAYS = 6
#: Letters of a name that is repeated.
_SHOWN = 200


class UnknownCallError(Exception):
    """v2 had no such call; the text is for a person."""


def to_name(operation: str) -> str:
    """The name of an operation, of which somebody may have given the path or a URL."""
    path = operation.partition("?")[0]
    path = re.sub(r"^(https?://[^/]+)?/?(apiv2|api)/", "", path)
    name = re.sub(r"\.(json|xml)$", "", path)
    folder, dot, action = name.partition(".")
    return f"{folder}/{action}" if dot and folder in ("credentials", "timezone") else name


class AskedCall(NamedTuple):
    """A call that somebody asks about.

    :param rows: the ways that are meant.
    :param params: those that were given, without credentials.
    """

    rows: Sequence[Row]
    params: Mapping[str, Any]


def read_call(operation: str, task: str, params: Iterable[tuple[str, str]]) -> AskedCall:
    """The call that is meant by a name, path or URL and parameters, those of its query among them.

    :param task: empty for that of the parameters, or all.
    :raises UnknownCallError: there is none.
    :raises WrongParameterError: it has no such parameter, or needs one that is empty.
    """
    given = given_params.gather((*given_params.read_query(operation), *params))
    task = task or str(given.get("task", ""))
    name = to_name(operation)
    given_params.check(name, choose_rows(operation, task, {}), given)
    for each in (*given_params.CREDENTIALS, "task"):
        given.pop(each, None)
    return AskedCall(choose_rows(operation, task, given), given)


def choose_rows(operation: str, task: str, params: Mapping[str, Any]) -> Sequence[Row]:
    """The rows that are meant.

    :param operation: a name such as customer.add, or the path or URL of a call.
    :param task: empty for all of its tasks.
    :param params: of the call, which decide where a task has several ways.
    :raises UnknownCallError: there is none.
    """
    name = to_name(operation)
    tasks = table.list_tasks(name)
    if not tasks:
        near = table.find_near(name)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise UnknownCallError(f"v2 had no {_show(name)}{hint}")
    if task and task not in tasks:
        known = ", ".join(filter(None, tasks)) or "none"
        raise UnknownCallError(f"{name} had no task {_show(task)}; its tasks: {known}")
    meant = [each for each in tasks if task in ("", each)]
    if not params:
        return [row for each in meant for row in table.find_all(name, each)]
    chosen: Iterable[Row | None] = (table.find(name, each, params) for each in meant)
    return [row for row in chosen if row]


def _show(name: str) -> str:
    """A name that somebody gave, as much of it as helps."""
    return f"{name[:_SHOWN]}..." if len(name) > _SHOWN else name or "call without a name"
