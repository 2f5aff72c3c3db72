"""Names of Web API v2's operations, and how they stand in paths."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from legacygrid.endpoints.sendgrid import SYSTEM

#: What follows the name of an operation in a path.
FORMATS = ("json", "xml")


class KnownOperation(NamedTuple):
    """An operation that Web API v2 had, emulated or not.

    :param prefix: what precedes the name in its path: `/apiv2/`.
    :param tasks: the values of `task=` that it knows; none if it has one action.
    """

    name: str
    prefix: str
    tasks: tuple[str, ...] = ()


@cache
def operations() -> Mapping[str, KnownOperation]:
    """Every operation of Web API v2, by its name."""
    emulated = (
        KnownOperation(
            operation.name,
            f"/{operation.paths[0].split('/')[1]}/",
            tuple(task for task in operation.tasks if task),
        )
        for family in SYSTEM.families
        for operation in family.operations.values()
    )
    missing = (
        KnownOperation(gap.operation(name), gap.prefix)
        for gap in SYSTEM.not_emulated
        for name in sorted(gap.names)
    )
    return {operation.name: operation for operation in (*emulated, *missing)}


@cache
def by_path() -> Mapping[str, KnownOperation]:
    """The same by their paths without suffix; other spellings of a path, too."""
    known = operations()
    spelled = {
        path: known[operation.name]
        for family in SYSTEM.families
        for operation in family.operations.values()
        for path in operation.paths
    }
    return {f"{each.prefix}{each.name}": each for each in known.values()} | spelled


def find_in_path(path: str) -> tuple[KnownOperation | None, str]:
    """The operation that a path calls, if Web API v2 had one there, and the format of its answer.

    :param path: without host and query: `/apiv2/customer.add.json`.
    """
    bare, _, suffix = path.rpartition(".")
    if suffix not in FORMATS:
        bare, suffix = path, ""
    return by_path().get(bare), suffix
