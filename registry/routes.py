"""Where a call goes: the table of operations made ready for one profile, by path. What can be built
once is built.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from marshmallow import Schema

from legacygrid.registry.conventions import Manners, Unknown
from legacygrid.registry.operations import Family, Operation, Parameters, Task
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.profiles import MANUAL, Profile
from legacygrid.serializers.rows import Rows


@dataclass(frozen=True)
class ReadyTask:
    """A task made ready for one profile: what can be built once is built."""

    operation: Operation
    task: Task
    schema: Schema
    #: The last manual's schema, where it is stricter: it tells what this profile lets pass.
    manual: Schema | None
    rows: Rows | None
    wants: frozenset[str]


@dataclass(frozen=True)
class Route:
    """An operation made ready for one profile."""

    operation: Operation
    manners: Manners
    dialect: Dialect
    tasks: Mapping[str, ReadyTask]
    #: The parameters that the journal shows, and those that are secret.
    shown: frozenset[str]
    hidden: frozenset[str]

    @property
    def verbs(self) -> tuple[str, ...]:
        """What it may be called by, OPTIONS among them."""
        return (*self.operation.verbs, "OPTIONS")

    def places(self, path: str) -> tuple[str, ...]:
        """The whole paths at which it answers under one of the table's; none of a path with a
        number in it.
        """
        if "*" in path:
            return ()
        return tuple(f"{path}.{suffix}" for suffix in self.manners.formats) or (path,)


def schema(params: Parameters, profile: Profile, unknown: Unknown) -> Schema:
    """The schema of a task's parameters.

    :param unknown: what becomes of those that are not declared.
    """
    return Schema.from_dict(dict(params(profile)))(unknown=unknown)


def table(families: Iterable[Family], profile: Profile) -> dict[str, Route]:
    """Every path without suffix, and what answers there.

    :raises ValueError: two operations claim one path.
    """
    found: dict[str, Route] = {}
    for family in families:
        dialect = family.dialect(profile)
        for operation in family.operations.values():
            tasks = {
                name: _ready(operation, task, profile) for name, task in operation.tasks.items()
            }
            for path in operation.paths:
                if path in found:
                    raise ValueError(
                        f"{path} is declared twice: {found[path].operation.name}, {operation.name}"
                    )
                found[path] = Route(
                    operation, family.manners, dialect, tasks, *_shown(tasks.values())
                )
    return found


def _shown(tasks: Iterable[ReadyTask]) -> tuple[frozenset[str], frozenset[str]]:
    fields = [(name, field) for ready in tasks for name, field in ready.schema.fields.items()]
    hidden = frozenset(name for name, field in fields if not getattr(field, "is_shown", False))
    return frozenset(name for name, _ in fields) - hidden | {"task", "user"}, hidden | {
        "api_user",
        "api_key",
    }


def fronts(families: Iterable[Family], profile: Profile) -> dict[str, Dialect]:
    """Whose words are said where nothing answers, by the prefix of the path."""
    return {family.prefix: family.dialect(profile) for family in families if family.prefix}


def _ready(operation: Operation, task: Task, profile: Profile) -> ReadyTask:
    manners = operation.family.manners
    return ReadyTask(
        operation,
        task,
        schema(task.params, profile, manners.unknown),
        schema(task.params, MANUAL, manners.unknown)
        if task.writes and manners.has_manual
        else None,
        task.rows(profile) if task.rows else None,
        task.wants,
    )
