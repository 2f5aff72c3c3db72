"""The table of operations: everything that is known of a call before it comes in.

Families declare their operations with `Family.operation`; URLs, formats, permissions, the docs and
the tests over every operation are all derived from the table.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Any

from marshmallow.fields import Field

from legacygrid.auth.rate_limits import Rate
from legacygrid.models.login import Gate
from legacygrid.reasons import Reason
from legacygrid.registry.conventions import SENDGRID, Manners
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.evidence import Evidence
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows


class Caller(Flag):
    """Who calls."""

    PRIMARY = auto()
    SUBUSER = auto()
    #: A further login, and one that manages the account's others.
    CREDENTIAL = auto()
    ADMIN = auto()

    @property
    def words(self) -> str:
        """For people: `primary, subuser`."""
        return ", ".join(str(kind.name).lower() for kind in self)


OWNERS = Caller.PRIMARY | Caller.SUBUSER
EVERYBODY = OWNERS | Caller.CREDENTIAL | Caller.ADMIN

#: What a handler gets by naming it: the account of the caller; the subuser that `user=` names;
#: hashing; who was let in; where mail is posted; the emulator itself; the number in the path, as it
#: was sent.
GIVEN = frozenset({"caller", "subuser", "secrets", "principal", "submission", "grid", "number"})

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
    sends: bool
    refuses: tuple[type[Reason], ...]
    evidence: Evidence
    example: Mapping[str, Any]

    @property
    def wants(self) -> frozenset[str]:
        """What the handler takes beside its parameters."""
        return frozenset(inspect.signature(self.handler).parameters) & GIVEN

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").partition("\n")[0]


@dataclass(frozen=True)
class Operation:
    """A name on the wire, with its tasks; an operation without `task=` has one, named by the empty
    text.
    """

    name: str
    paths: tuple[str, ...]
    family: "Family"
    callers: Caller
    #: What a login needs to be let in to, and which of its data permissions it needs, if any.
    gate: Gate = Gate.API
    permission: str = ""
    verbs: tuple[str, ...] = ()
    rate: Rate | None = None
    tasks: dict[str, Task] = field(default_factory=dict)

    @property
    def action(self) -> str:
        """What follows its family's name."""
        return self.name[len(self.family.name) + 1 :]

    @property
    def listed_as(self) -> frozenset[str]:
        """How the list of a key calls it: `/users/smtp/add`, as SMTP2GO writes it, or by its whole
        name.
        """
        return frozenset((self.name, self.action, f"/{self.action}"))


class Family:
    """Operations that share a prefix and a dialect.

    :param name: the family's name on the wire.
    :param spellings: paths of an operation without suffix, `{}` for what follows the family's name;
        the first is canon. A `*` in one stands for a number.
    :param callers: who may call, unless an operation says otherwise.
    :param prefix: of all paths of its system, also of those at which nothing answers; none where
        SendGrid's 404 does.
    """

    def __init__(
        self,
        name: str,
        spellings: tuple[str, ...],
        dialect: Callable[[Profile], Dialect],
        callers: Caller,
        manners: Manners = SENDGRID,
        prefix: str = "",
    ) -> None:
        self.name = name
        self.spellings = spellings
        self.dialect = dialect
        self.callers = callers
        self.manners = manners
        self.prefix = prefix
        self.operations: dict[str, Operation] = {}

    def operation(
        self,
        name: str,
        *,
        evidence: Evidence,
        task: str = "",
        also: str = "",
        callers: Caller | None = None,
        gate: Gate = Gate.API,
        permission: str = "",
        verbs: tuple[str, ...] = (),
        rate: Rate | None = None,
        params: Parameters = lambda profile: {},
        rows: Callable[[Profile], Rows] | None = None,
        writes: bool = False,
        sends: bool = False,
        refuses: tuple[type[Reason], ...] = (),
        example: Mapping[str, Any] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare what follows as an operation, or as one of its tasks.

        :param name: the whole name on the wire, such as `customer.profile`.
        :param task: the value of `task=` that means this; none for an operation without tasks.
        :param also: a second spelling of the action that some clients use.
        :param gate: what a login needs to be let in to.
        :param rate: how often an account may call it; that of the system, unless given.
        :param permission: the data permission that it needs, `reference` or `download`, if any.
        :param verbs: what it is called by, if not by all that its family is.
        :param params: makes the parameters' fields for a profile, in the order of the manual.
        :param rows: makes what is said of each record that the handler returns; without, the answer
            is success.
        :param writes: it changes the store: it runs in one transaction, on a worker thread.
        :param sends: it takes mail in: it runs on a worker thread and makes its own transactions.
        :param refuses: the reasons of its own, beside those of the road.
        :param example: parameters of a call that succeeds, as in the manual.
        """

        def declare(handler: Handler) -> Handler:
            about = {"gate": gate, "permission": permission}
            about |= {"verbs": verbs or self.manners.verbs, "rate": rate or self.manners.rate}
            operation = self._named(name, also, callers=callers or self.callers, **about)
            if task in operation.tasks or (operation.tasks and not (task and all(operation.tasks))):
                raise ValueError(f"{name} task={task!r} is declared twice")
            operation.tasks[task] = Task(
                task, handler, params, rows, writes, sends, refuses, evidence, example or {}
            )
            return handler

        return declare

    def _named(self, name: str, also: str, **about: Any) -> Operation:
        if name not in self.operations:
            action = name[len(self.name) + 1 :]
            actions = (action, also) if also else (action,)
            paths = tuple(spelling.format(word) for spelling in self.spellings for word in actions)
            self.operations[name] = Operation(name, paths, self, **about)
        found = self.operations[name]
        if any(getattr(found, key) != value for key, value in about.items()):
            raise ValueError(
                f"{name} says otherwise at one task than at another who may call it, and how"
            )
        return found
