"""Operations and their tasks, made ready for one profile: what can be built once is built."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from legacygrid.auth.principal import Principal
from legacygrid.auth.rate_limits import Rate
from legacygrid.reasons import UnknownTask
from legacygrid.registry.conventions import Conventions, Environ
from legacygrid.registry.operations import READS, WRITES, Operation, Task
from legacygrid.registry.path_templates import find_variables, read_part, show_part
from legacygrid.registry.system import System
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.parameters import CallSchema, Params, is_alike
from legacygrid.serializers.profiles import MANUAL, Profile
from legacygrid.serializers.rows import Rows
from legacygrid.wsgi.answer import Answer
from legacygrid.wsgi.forms import Fields
from legacygrid.wsgi.worlds import path_of


@dataclass(frozen=True)
class ReadyTask:
    """A task made ready for one profile: what can be built once is built, when the first call needs
    it.
    """

    operation: Operation
    task: Task
    profile: Profile

    @cached_property
    def rows(self) -> Rows | None:
        """What writes each record of its answer; none answers success."""
        make = self.task.contract.rows
        return make(self.profile) if make else None

    @cached_property
    def wants(self) -> frozenset[str]:
        """What its handler takes beside the parameters of the call."""
        return self.task.wants

    @cached_property
    def params(self) -> Params:
        """The fields of its parameters."""
        return self.task.contract.params(self.profile)

    @cached_property
    def schema(self) -> CallSchema:
        """That of its parameters."""
        return self._make_schema(self.params)

    @cached_property
    def manual(self) -> CallSchema | None:
        """Those that the last manual takes otherwise: it tells what this profile lets pass."""
        if not self.operation.family.conventions.has_manual or self.task.effect is not WRITES:
            return None
        own = self.schema.fields
        others = {
            name: field
            for name, field in self.task.contract.params(MANUAL).items()
            if not is_alike(field, own.get(name))
        }
        return self._make_schema(others) if others else None

    def _make_schema(self, params: Params) -> CallSchema:
        made = CallSchema.from_dict(dict(params))
        return cast(CallSchema, made(unknown=self.operation.family.conventions.unknown))


@dataclass(frozen=True)
class Route:
    """An operation made ready for one profile.

    :param other_verbs: those by which another operation answers at its path.
    """

    system: System
    operation: Operation
    conventions: Conventions
    dialect: Dialect
    tasks: Mapping[str, ReadyTask]
    rates: Mapping[str, Rate | None]
    other_verbs: tuple[str, ...] = ()

    @cached_property
    def shown(self) -> frozenset[str]:
        """The parameters that the journal shows."""
        known = {name for ready in self.tasks.values() for name in ready.params}
        return frozenset(known - self._secret | {"task", "user"})

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The parameters that it does not."""
        return self._secret | {"api_user", "api_key"}

    @cached_property
    def _secret(self) -> frozenset[str]:
        """Those of its tasks that one of them does not show."""
        return frozenset(
            name
            for ready in self.tasks.values()
            for name, field in ready.params.items()
            if not getattr(field, "is_shown", False)
        )

    @property
    def verbs(self) -> tuple[str, ...]:
        """What its path may be called by, OPTIONS among them."""
        return (*self.called_by, *self.other_verbs, "OPTIONS")

    @cached_property
    def called_by(self) -> tuple[str, ...]:
        """What it may be called by itself; OPTIONS is no call."""
        return self.operation.own_verbs or tuple(self.tasks)

    @cached_property
    def variables(self) -> Mapping[str, int]:
        """The places of the variables of its path, by their names."""
        return find_variables(self.operation.paths[0])

    def read(self, environ: Environ) -> Fields:
        """What a call has, with what stands in its path for these.

        :raises Reason: it cannot be read.
        """
        fields = self.conventions.read(environ)
        if self.variables:
            parts = path_of(environ).split("/")
            fields.update({name: read_part(parts[at]) for name, at in self.variables.items()})
        return fields

    def show_path(self, path: str) -> str:
        """A path of it as a journal may have it."""
        if not self.variables:
            return path
        parts = path.split("/")
        for name, place in self.variables.items():
            parts[place] = show_part(name, parts[place])
        return "/".join(parts)

    def rate_of(self, verb: str) -> Rate | None:
        """How often an account may call it by a verb; none for any number of times."""
        return self.rates[verb] if self.rates else self.operation.rate

    @cached_property
    def never_only_reads(self) -> bool:
        """Whether each of its tasks writes or sends."""
        return all(ready.task.effect is not READS for ready in self.tasks.values())

    def act_as(self, principal: Principal, fields: Fields) -> Principal:
        """For whom a call is.

        :raises WrongCredentials: it is for nobody of the caller's.
        """
        may_act = self.operation.access.acts_for_subusers
        return self.conventions.acts_as(principal, fields) if may_act else principal

    def answer(self, ready: ReadyTask, result: Any, format: str) -> Answer:
        """What a task's handler returned, as its system writes it."""
        contract, write = ready.task.contract, self.conventions.answer
        return write(self.dialect, ready.rows, result, format, contract.status)

    def find_task(self, method: str, fields: Fields) -> ReadyTask:
        """The task that is meant, by `task=` or the HTTP verb; without tasks, neither is looked at.

        :raises UnknownTask: the operation has tasks, and this is none of them.
        """
        ready = self.tasks.get("")
        if ready is None:
            sent = self.conventions.task(method, fields)
            ready = self.tasks.get(sent)
        if ready is None:
            known = ", ".join(self.tasks)
            raise UnknownTask(hint=f"task={sent[:64]!r} is none of {known}; the case counts")
        return ready

    def places(self, path: str) -> tuple[str, ...]:
        """The whole paths at which it answers under one of the table's; none of a template."""
        if find_variables(path):
            return ()
        return tuple(f"{path}.{suffix}" for suffix in self.conventions.formats) or (path,)
