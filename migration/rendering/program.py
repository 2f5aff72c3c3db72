"""The code that a row becomes, before it is written in a language."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from legacygrid.migration.evaluation import read_param
from legacygrid.migration.inputs import Inputs, make_inputs
from legacygrid.migration.rows import Row
from legacygrid.migration.steps import Ask, Step, list_values
from legacygrid.migration.values import ALWAYS, Need, Param, Value, Worked

#: Words that no variable can be called in one of the languages.
_RESERVED = frozenset(
    ["from", "list", "set", "class", "def", "end", "function", "delete", "import"]
)


class Variable(NamedTuple):
    """Something that the code is given.

    :param why: what it is, where v2 had nothing of it.
    """

    name: str
    value: Any
    why: str = ""


class Program(NamedTuple):
    """The code of one call.

    :param name: of the function, where it is one.
    """

    row: Row
    name: str
    variables: tuple[Variable, ...]
    steps: tuple[Step, ...]

    @property
    def is_function(self) -> bool:
        """Whether it is more than one request."""
        return len(self.steps) != 1 or not isinstance(self.steps[0], Ask)


def make_program(row: Row, params: Mapping[str, Any] | None, now: datetime | None) -> Program:
    """The code of a call.

    :param params: the call's; those of the row's example stand for what it lacks, and for all.
    :param now: the moment of the call.
    :raises MissingParameter: a parameter cannot be read.
    """
    inputs = make_inputs(_complete(row, params), now=now or datetime.now(UTC))
    steps = row.resolve(inputs)
    words = filter(None, re.split(r"\W+", f"{row.operation} {row.task}"))
    return Program(row, "_".join(words), tuple(_list_variables(steps, inputs)), steps)


def _complete(row: Row, params: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if params is None:
        return row.example
    needed = {
        each.name
        for each in list_values(row.steps)
        if isinstance(each, Param) and each.presence is ALWAYS
    }
    filled = {name: value for name, value in row.example.items() if name in needed}
    return {**filled, **params}


def _list_variables(steps: tuple[Step, ...], inputs: Inputs) -> Iterator[Variable]:
    known: set[str] = set()
    for value in list_values(steps):
        variable = _to_variable(value, inputs)
        if variable and variable.name not in known:
            known.add(variable.name)
            yield variable


def _to_variable(value: Value, inputs: Inputs) -> Variable | None:
    match value:
        case Param():
            return Variable(identify(value.name), read_param(value, inputs))
        case Need():
            return Variable(identify(value.name), value.example, value.why)
        case Worked():
            worked = value.work(inputs)
            return None if worked is None else Variable(identify(value.name), worked)
    return None


def identify(name: str) -> str:
    """What a parameter is called in code: `list_`, `text_html`."""
    word = re.sub(r"\W+", "_", name)
    return f"{word}_" if word in _RESERVED else word
