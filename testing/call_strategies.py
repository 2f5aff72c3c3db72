"""Hypothesis strategies of calls of Web API v2, for properties of clients and of their ports."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from legacygrid.endpoints import SYSTEMS
from legacygrid.registry.operations import Operation, Task
from legacygrid.serializers import profiles

try:
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ImportError as error:
    why = "sequences of calls need Hypothesis: pip install 'legacygrid[hypothesis]'"
    raise ImportError(why) from error

#: Names of subusers that calls are about, and of further logins.
SUBUSERS, LOGINS = ("ada", "bob", "grace"), ("reports", "robot")
_TEXTS = ("London", "Paris & Rome", "Zażółć", "0")
_EMAILS = ("ada@example.com", "bob@example.com", "grace@example.org")
_PASSWORDS = ("analytical1", "difference2")
_PERMISSIONS = st.dictionaries(st.sampled_from(("email", "api")), st.sampled_from((0, 1)))
#: Values of parameters, by the class of the field; those of other classes are as in the manual.
_BY_FIELD: Mapping[str, SearchStrategy[str]] = {
    "Text": st.sampled_from(_TEXTS),
    "Email": st.sampled_from(_EMAILS),
    "Flag": st.sampled_from(("0", "1")),
    "Credits": st.integers(1, 500).map(str),
    "Permissions": _PERMISSIONS.map(json.dumps),
}
#: Parameters that a call says twice.
_REPEATED = {"confirm_password": "password"}


class V2Call(NamedTuple):
    """A call of Web API v2.

    :param operation: its name on the wire, such as `customer.profile`.
    :param params: with the task, without credentials.
    """

    operation: str
    params: Mapping[str, str]

    @property
    def task(self) -> str:
        """Its task; empty if it has none."""
        return self.params.get("task", "")


def call_sequences(
    operations: Iterable[str] = (),
    subusers: Sequence[str] = SUBUSERS,
    max_size: int = 8,
) -> SearchStrategy[list[V2Call]]:
    """A strategy of sequences of calls. They are well formed, and may be refused all the same: a
    subuser may exist already, or not yet.

    :param operations: `customer.add`, or `customer.profile set` for one task of several; by
        default, all that change something.
    :param subusers: names of subusers that the calls add and speak of.
    :raises ValueError: there is no such operation.
    """
    chosen = tuple(_choose(tuple(operations)))
    return st.lists(
        st.one_of([_calls(*each, subusers) for each in chosen]), min_size=1, max_size=max_size
    )


def _choose(names: Collection[str]) -> Iterable[tuple[Operation, Task]]:
    known = _tasks()
    if not names:
        return [each for each in known.values() if each[1].effect.value != "reads"]
    found = {
        key: each for key, each in known.items() for name in names if name in (key, each[0].name)
    }
    for name in names:
        if not any(name in (key, each[0].name) for key, each in found.items()):
            raise ValueError(f"there is no operation {name!r}")
    return found.values()


@cache
def _tasks() -> Mapping[str, tuple[Operation, Task]]:
    """What v2 can do, by `customer.profile set`."""
    return {
        f"{operation.name} {task.name}".rstrip(): (operation, task)
        for family in SYSTEMS[0].families
        for operation in family.operations.values()
        for task in operation.tasks.values()
    }


def _calls(operation: Operation, task: Task, subusers: Sequence[str]) -> SearchStrategy[V2Call]:
    fields = task.contract.params(profiles.profile("recorded", {}))
    values = {
        name: _values(
            operation.name,
            name,
            type(fields[name]).__name__ if name in fields else "",
            example,
            subusers,
        )
        for name, example in task.contract.example.items()
    }
    fixed = {"task": st.just(task.name)} if task.name else {}
    is_optional = {name: name in fields and not fields[name].required for name in values}
    needed = {name: each for name, each in values.items() if not is_optional[name]}
    further = {name: each for name, each in values.items() if is_optional[name]}
    return st.fixed_dictionaries(fixed | needed, optional=further).map(
        lambda params: V2Call(operation.name, _with_repeated(params))
    )


def _values(
    operation: str, name: str, field: str, example: Any, subusers: Sequence[str]
) -> SearchStrategy[str]:
    if name == "username" and operation.startswith("credentials/"):
        return st.sampled_from(LOGINS)
    if name in ("user", "username"):
        return st.sampled_from(subusers)
    if name in ("password", "confirm_password"):
        return st.sampled_from(_PASSWORDS)
    if name == "name":
        return st.just(str(example))
    return _BY_FIELD.get(field, st.just(str(example)))


def _with_repeated(params: Mapping[str, str]) -> dict[str, str]:
    repeated = {name: params[other] for name, other in _REPEATED.items() if name in params}
    return {**params, **repeated}
