"""Where a call goes: the table of operations made ready for one profile, by path. What can be built
once is built.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import cast

from legacygrid.auth.rate_limits import Rate
from legacygrid.reasons import UnknownMethod, UnknownTask
from legacygrid.registry.conventions import FORMATS, Conventions
from legacygrid.registry.operations import READS, WRITES, Operation, Task
from legacygrid.registry.system import System, Systems
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.parameters import CallSchema, Params, is_alike
from legacygrid.serializers.profiles import MANUAL, Profile
from legacygrid.serializers.rows import Rows
from legacygrid.wsgi.forms import Fields

# Numbers of the wire have the digits of ASCII alone.
_NUMBER = re.compile(r"/-?\d+(?=/|$)", re.ASCII)


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
    """An operation made ready for one profile."""

    system: System
    operation: Operation
    conventions: Conventions
    dialect: Dialect
    tasks: Mapping[str, ReadyTask]

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
        """What it may be called by, OPTIONS among them."""
        return (*self.operation.verbs, "OPTIONS")

    @property
    def rate(self) -> Rate | None:
        """How often an account may call it; none for any number of times."""
        return self.operation.rate

    @cached_property
    def never_only_reads(self) -> bool:
        """Whether each of its tasks writes or sends."""
        return all(ready.task.effect is not READS for ready in self.tasks.values())

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
            hint = f"task={sent[:64]!r} is none of {known}; the case counts"
            raise UnknownTask(hint=hint)
        return ready

    def places(self, path: str) -> tuple[str, ...]:
        """The whole paths at which it answers under one of the table's; none of a path with a
        number in it.
        """
        if "*" in path:
            return ()
        return tuple(f"{path}.{suffix}" for suffix in self.conventions.formats) or (path,)


def build_table(systems: Iterable[System], profile: Profile) -> dict[str, Route]:
    """Every path without suffix, and what answers there.

    :raises ValueError: two operations claim one path.
    """
    table: dict[str, Route] = {}
    for system in systems:
        for family in system.families:
            dialect = family.dialect(profile)
            for operation in family.operations.values():
                route = _make_ready(system, operation, dialect, profile)
                for path in operation.paths:
                    if path in table:
                        names = f"{table[path].operation.name}, {operation.name}"
                        raise ValueError(f"{path} is declared twice: {names}")
                    table[path] = route
    return table


def find_route(table: Mapping[str, Route], path: str) -> tuple[Route | None, str]:
    """What answers at a path, if anything does, and the format of the answer.

    `/apiv2/customer.add.json` is in the table without its suffix, paths of other systems are whole.
    """
    bare, _, suffix = path.rpartition(".")
    route = table.get(bare)
    if route is not None and suffix in route.conventions.formats:
        return route, suffix
    route = table.get(path) or table.get(_NUMBER.sub("/*", path))
    if route is None or route.conventions.formats:
        return None, suffix if suffix in FORMATS else "json"
    return route, "json"


def find_number(path: str) -> str:
    """The number in a path, as it was sent; empty if there is none."""
    match = _NUMBER.search(path)
    return match[0].removeprefix("/") if match else ""


def explain_unknown(table: Mapping[str, Route], path: str) -> UnknownMethod:
    """Why nothing answers at a path at which the real services had nothing, either."""
    if path in table:
        return UnknownMethod(hint="such a call ends in .json or .xml")
    bare, _, suffix = path.rpartition(".")
    path = bare if suffix in FORMATS else path
    if "//" in path:
        hint = "the path has a double slash; the base URL of the client should not end in a slash"
        return UnknownMethod(hint=hint)
    near = "".join(
        f", but {close} is one" for close in get_close_matches(path[:100], table, 1, cutoff=0.8)
    )
    return UnknownMethod(hint=f"no such method under that prefix{near}; see: legacygrid routes")


def fallback_dialects(systems: Systems, profile: Profile) -> dict[str, Dialect]:
    """Whose words are said where nothing answers, by the prefix of the path."""
    prefixed = (family for family in systems.families if family.prefix)
    return {family.prefix: family.dialect(profile) for family in prefixed}


def _make_ready(system: System, operation: Operation, dialect: Dialect, profile: Profile) -> Route:
    tasks = {name: ReadyTask(operation, task, profile) for name, task in operation.tasks.items()}
    return Route(system, operation, operation.family.conventions, dialect, tasks)
