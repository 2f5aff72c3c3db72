"""The parameters that a person gives of a call: those of a URL's query are some, too, and what v2
did not know is refused with the names that are near.
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from legacygrid.endpoints.sendgrid import SYSTEM
from legacygrid.migration import table
from legacygrid.migration.inputs import base_name
from legacygrid.migration.rows import Row
from legacygrid.migration.steps import list_values
from legacygrid.migration.values import ALWAYS, Param
from legacygrid.serializers.profiles import MANUAL
from legacygrid.wsgi.values import spell_out

#: Those of every call; no recipe goes by them.
CREDENTIALS = frozenset(("api_user", "api_key"))
#: Letters of a name that is repeated.
_SHOWN = 64


class WrongParameterError(Exception):
    """A call has no such parameter, or cannot do with it empty; the text is for a person."""


def read_query(operation: str) -> Iterator[tuple[str, str]]:
    """The parameters in the URL or path of a call."""
    return iter(parse_qsl(operation.partition("?")[2], keep_blank_values=True))


def gather(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Parameters by name: of one that repeats, or ends with `[]`, all in a list."""
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        found.setdefault(name, []).append(text)
    return {
        name: texts if name.endswith("]") or len(texts) > 1 else texts[0]
        for name, texts in found.items()
    }


def check(name: str, rows: Iterable[Row], params: Mapping[str, Any]) -> None:
    """See that a call takes the parameters that were given.

    :param name: of the operation.
    :param rows: the ways of it that may be meant.
    :raises WrongParameterError: one is not known, or is empty and cannot be.
    """
    known, filled = _know(name, frozenset(row.task for row in rows))
    for given, value in params.items():
        base = base_name(given)
        # Of what was not emulated, nobody knows the parameters.
        if known and base not in known:
            raise WrongParameterError(_tell_unknown(name, base, known))
        if base in filled and value in ("", [], [""]):
            raise WrongParameterError(f"{name} needs {base}, which is empty")


def _tell_unknown(name: str, given: str, known: frozenset[str]) -> str:
    takes = sorted(known - CREDENTIALS)
    near = get_close_matches(given.lower(), takes, 3, 0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else f"it takes {', '.join(takes)}"
    return f"{name} has no parameter {spell_out(given[:_SHOWN])}; {hint}"


@cache
def _know(name: str, tasks: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The parameters that tasks of an operation have, and those that may not be empty."""
    fields = dict(_list_fields(name, tasks))
    rows = [row for task in tasks for row in table.find_all(name, task)]
    asked = [each for row in rows for each in list_values(row.steps) if isinstance(each, Param)]
    chosen_by = {each for row in rows for case in row.when for each in case.names}
    in_rows = chosen_by.union((each.name for each in asked), *(row.example for row in rows))
    if not fields and not in_rows:
        return frozenset(), frozenset()
    needed = {each.name for each in asked if each.presence is ALWAYS}
    required = {each for each, field in fields.items() if field.required}
    return CREDENTIALS.union(fields, in_rows, ["task"]), frozenset(needed | required)


def _list_fields(name: str, tasks: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for family in SYSTEM.families:
        for operation in family.operations.values():
            if operation.name == name:
                for task, made in operation.tasks.items():
                    if task in tasks or not task:
                        yield from made.contract.params(MANUAL).items()
