"""The table of operations: everything that is known of a call before it comes in.

Families declare their operations with `Family.operation`; URLs, formats, permissions, the docs and
the tests over every operation are all derived from the table.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from marshmallow.fields import Field

from legacygrid.auth.principal import Access, Caller
from legacygrid.auth.rate_limits import Rate
from legacygrid.reasons import Reason
from legacygrid.registry.conventions import SENDGRID, Conventions
from legacygrid.registry.evidence import Evidence
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.profiles import MANUAL, Profile
from legacygrid.serializers.rows import Rows

Parameters = Callable[[Profile], Mapping[str, Field[Any]]]
Handler = Callable[..., Any]


class Effect(Enum):
    """What a task does to the store, which decides where and how it runs."""

    #: Nothing: it runs on the event loop of the shipped server, but for hashing.
    READS = "reads"
    #: It changes the store: it runs in one transaction, on a worker thread.
    WRITES = "writes"
    #: It takes mail in: it runs on a worker thread and makes its own transactions.
    SENDS = "sends"


READS, WRITES, SENDS = Effect.READS, Effect.WRITES, Effect.SENDS


def no_parameters(profile: Profile) -> Mapping[str, Field[Any]]:
    """The parameters of a call that takes none."""
    return {}


@dataclass(frozen=True)
class Contract:
    """What a task takes and answers.

    :param evidence: how well its success is known.
    :param params: makes the parameters' fields for a profile, in the order of the manual.
    :param rows: makes the writer of each record that the handler returns; none answers success.
    :param refuses: the reasons of its own, beside those of every call.
    :param status: the HTTP status of its success; an answer with 204 has no body.
    :param exists: whether a profile has the task.
    :param example: parameters of a call that succeeds, as in the manual.
    """

    evidence: Evidence
    params: Parameters = no_parameters
    rows: Callable[[Profile], Rows] | None = None
    refuses: tuple[type[Reason], ...] = ()
    status: int = 200
    exists: Callable[[Profile], bool] = lambda profile: True
    example: Mapping[str, Any] = field(default_factory=dict)


class Task(NamedTuple):
    """One action of an operation.

    :param scopes: one of these has to be on the list of an API key that has a list of scopes; none
        where any key will do, or keys list the names of operations.
    """

    name: str
    handler: Handler
    contract: Contract
    effect: Effect
    scopes: frozenset[str] | None = None

    @property
    def wants(self) -> frozenset[str]:
        """What the handler takes beside the parameters of the call; see `endpoints.providers`."""
        declared = self.contract.params(MANUAL)
        signature = inspect.signature(self.handler).parameters.values()
        required = (each for each in signature if each.default is each.empty)
        named = (each.name for each in required if each.kind is not each.VAR_KEYWORD)
        return frozenset(name for name in named if name not in declared)

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").partition("\n\n")[0].replace("\n", " ")


@dataclass(frozen=True)
class Operation:
    """A name on the wire, with its tasks; one without `task=` has one, named by the empty text.

    :param own_verbs: what it is called by; none where its tasks are the verbs.
    """

    name: str
    paths: tuple[str, ...]
    family: "Family"
    access: Access
    own_verbs: tuple[str, ...]
    rate: Rate | None
    tasks: dict[str, Task] = field(default_factory=dict)

    @property
    def verbs(self) -> tuple[str, ...]:
        """What it is called by."""
        return self.own_verbs or tuple(self.tasks)

    def add(self, task: Task) -> None:
        """Add one of its tasks.

        :raises ValueError: it is there, or one of them has no name beside others.
        """
        if task.name in self.tasks:
            raise ValueError(f"{self.name} task={task.name!r} is declared twice")
        if self.tasks and not (task.name and all(self.tasks)):
            raise ValueError(f"{self.name} has one action without task= beside another")
        self.tasks[task.name] = task

    @property
    def action(self) -> str:
        """What follows its family's name."""
        return self.name[len(self.family.name) + 1 :]


class Family:
    """Operations that share a prefix and a dialect.

    :param name: the family's name on the wire.
    :param spellings: paths of an operation without suffix, `{}` for what follows the family's name;
        the first is canon. A `*` in one stands for a number, `{{name}}` for any part of a path,
        which is the parameter of that name.
    :param callers: who may call, unless an operation says otherwise.
    :param prefix: of all paths of its system, also of those at which nothing answers; none where
        SendGrid's 404 does.
    :param acts_for_subusers: its calls may be for a subuser of the caller's; see `Access`.
    """

    def __init__(
        self,
        name: str,
        spellings: tuple[str, ...],
        dialect: Callable[[Profile], Dialect],
        callers: Caller,
        conventions: Conventions = SENDGRID,
        prefix: str = "",
        acts_for_subusers: bool = False,
    ) -> None:
        self.name = name
        self.spellings = spellings
        self.dialect = dialect
        self.access = Access(callers, acts_for_subusers=acts_for_subusers)
        self.conventions = conventions
        self.prefix = prefix
        self.operations: dict[str, Operation] = {}

    def operation(
        self,
        name: str,
        *,
        contract: Contract,
        task: str = "",
        effect: Effect = READS,
        access: Access | None = None,
        verbs: tuple[str, ...] = (),
        rate: Rate | None = None,
        also: str = "",
        scopes: tuple[str, ...] = (),
    ) -> Callable[[Handler], Handler]:
        """Declare a handler as an operation, or as one of its tasks.

        :param name: the whole name on the wire, such as `customer.profile`.
        :param task: the value of `task=`, or the HTTP verb, that means this; none without tasks.
        :param access: who may call it; as its family says, unless given.
        :param verbs: the HTTP verbs; those of its family's conventions, unless given.
        :param rate: how often an account may call it; as its family's conventions say, by default.
        :param also: a second spelling of the action that some clients use.
        :param scopes: see `Task`.
        :raises ValueError: the name or the task is declared twice, or tasks disagree.
        """

        def declare(handler: Handler) -> Handler:
            operation = self._find_or_add(
                name,
                also,
                access=self._with_spellings(name, access or self.access),
                own_verbs=verbs or self.conventions.verbs,
                rate=rate or self.conventions.rate,
            )
            operation.add(Task(task, handler, contract, effect, frozenset(scopes) or None))
            return handler

        return declare

    def _with_spellings(self, name: str, access: Access) -> Access:
        """With the spellings for the list of a key: `/users/smtp/add`, as SMTP2GO writes it."""
        if self.conventions.has_scopes:
            return access
        action = name[len(self.name) + 1 :]
        return access._replace(listed_as=frozenset((name, action, f"/{action}")))

    def _find_or_add(self, name: str, also: str, **shared: Any) -> Operation:
        if name not in self.operations:
            action = name[len(self.name) + 1 :]
            actions = (action, also) if also else (action,)
            paths = [spelling.format(word) for spelling in self.spellings for word in actions]
            self.operations[name] = Operation(name, tuple(paths), self, **shared)
        operation = self.operations[name]
        for key, value in shared.items():
            if getattr(operation, key) != value:
                raise ValueError(f"{name}: its tasks disagree about {key}")
        return operation
