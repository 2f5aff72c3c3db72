"""The table of operations: everything that is known of a call before it comes in.

Families declare their operations with `Family.operation`; URLs, formats, permissions, the docs and the tests over every
operation are all derived from the table.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Any

from marshmallow import EXCLUDE, Schema
from marshmallow.fields import Field

from legacygrid.profiles import MANUAL, Profile
from legacygrid.reasons import Reason
from legacygrid.serializers.answers import ALLOW
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.evidence import Evidence
from legacygrid.serializers.rows import Rows

FORMATS = ("json", "xml")
VERBS = tuple(ALLOW.split(", "))


class Caller(Flag):
    """Who calls."""

    PRIMARY = auto()
    SUBUSER = auto()
    #: A credential with the `api` bit.
    CREDENTIAL = auto()

    @property
    def words(self) -> str:
        """For people: `primary, subuser`."""
        return ", ".join(str(kind.name).lower() for kind in self) or "a credential without the api permission"


OWNERS = Caller.PRIMARY | Caller.SUBUSER
EVERYBODY = OWNERS | Caller.CREDENTIAL

Parameters = Callable[[Profile], Mapping[str, Field[Any]]]
Handler = Callable[..., Any]


@dataclass(frozen=True)
class Task:
    """One deed of an operation, with all that the road has to know of it."""

    name: str
    handler: Handler
    params: Parameters
    rows: Callable[[Profile], Rows] | None
    writes: bool
    refuses: tuple[type[Reason], ...]
    evidence: Evidence
    example: Mapping[str, str]

    @property
    def wants(self) -> frozenset[str]:
        """What the handler takes beside its parameters: caller, subuser, secrets."""
        return frozenset(inspect.signature(self.handler).parameters) & {"caller", "subuser", "secrets"}

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").partition("\n")[0]


@dataclass(frozen=True)
class Operation:
    """A name on the wire, with its tasks; an operation without `task=` has one, named by the empty text."""

    name: str
    paths: tuple[str, ...]
    family: "Family"
    callers: Caller
    tasks: dict[str, Task] = field(default_factory=dict)


class Family:
    """Operations that share a prefix and a dialect.

    :param name: the family's name on the wire.
    :param spellings: paths of an operation without suffix, `{}` for what follows the family's name; the first is canon.
    :param callers: who may call, unless an operation says otherwise.
    """

    def __init__(
        self, name: str, spellings: tuple[str, ...], dialect: Callable[[Profile], Dialect], callers: Caller
    ) -> None:
        self.name = name
        self.spellings = spellings
        self.dialect = dialect
        self.callers = callers
        self.operations: dict[str, Operation] = {}

    def operation(
        self,
        name: str,
        *,
        evidence: Evidence,
        task: str = "",
        also: str = "",
        callers: Caller | None = None,
        params: Parameters = lambda profile: {},
        rows: Callable[[Profile], Rows] | None = None,
        writes: bool = False,
        refuses: tuple[type[Reason], ...] = (),
        example: Mapping[str, str] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare what follows as an operation, or as one of its tasks.

        :param name: the whole name on the wire, such as `customer.profile`.
        :param task: the value of `task=` that means this; none for an operation without tasks.
        :param also: a second spelling of the action that some clients use.
        :param params: makes the parameters' fields for a profile, in the order of the manual.
        :param rows: makes what is said of each record that the handler returns; without, the answer is success.
        :param writes: it changes the store: it runs in one transaction, on a worker thread.
        :param refuses: the reasons of its own, beside those of the road.
        :param example: parameters of a call that succeeds, as in the manual.
        """

        def declare(handler: Handler) -> Handler:
            operation = self._named(name, also, callers or self.callers)
            if task in operation.tasks or (operation.tasks and not (task and all(operation.tasks))):
                raise ValueError(f"{name} task={task!r} is declared twice")
            operation.tasks[task] = Task(task, handler, params, rows, writes, refuses, evidence, example or {})
            return handler

        return declare

    def _named(self, name: str, also: str, callers: Caller) -> Operation:
        if name not in self.operations:
            action = name[len(self.name) + 1 :]
            actions = (action, also) if also else (action,)
            paths = tuple(spelling.format(word) for spelling in self.spellings for word in actions)
            self.operations[name] = Operation(name, paths, self, callers)
        if self.operations[name].callers != callers:
            raise ValueError(f"{name} lets other callers in at one task than at another")
        return self.operations[name]


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
    dialect: Dialect
    tasks: Mapping[str, ReadyTask]
    #: The parameters that the journal shows, and those that are secret.
    shown: frozenset[str]
    hidden: frozenset[str]


def schema(params: Parameters, profile: Profile) -> Schema:
    """The schema of a task's parameters; what is not declared is tolerated."""
    return Schema.from_dict(dict(params(profile)))(unknown=EXCLUDE)


def table(families: Iterable[Family], profile: Profile) -> dict[str, Route]:
    """Every path without suffix, and what answers there.

    :raises ValueError: two operations claim one path.
    """
    found: dict[str, Route] = {}
    for family in families:
        dialect = family.dialect(profile)
        for operation in family.operations.values():
            tasks = {name: _ready(operation, task, profile) for name, task in operation.tasks.items()}
            for path in operation.paths:
                if path in found:
                    raise ValueError(f"{path} is declared twice: {found[path].operation.name}, {operation.name}")
                found[path] = Route(operation, dialect, tasks, *_shown(tasks.values()))
    return found


def _shown(tasks: Iterable[ReadyTask]) -> tuple[frozenset[str], frozenset[str]]:
    fields = [(name, field) for ready in tasks for name, field in ready.schema.fields.items()]
    hidden = frozenset(name for name, field in fields if not getattr(field, "is_shown", False))
    return frozenset(name for name, _ in fields) - hidden | {"task", "user"}, hidden | {"api_user", "api_key"}


def _ready(operation: Operation, task: Task, profile: Profile) -> ReadyTask:
    return ReadyTask(
        operation,
        task,
        schema(task.params, profile),
        schema(task.params, MANUAL) if task.writes else None,
        task.rows(profile) if task.rows else None,
        task.wants,
    )
