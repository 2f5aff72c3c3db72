"""Where a call goes: every path of every system, and what answers there."""

from collections.abc import Iterable
from dataclasses import replace

from legacygrid.registry.conventions import FORMATS
from legacygrid.registry.operations import Operation
from legacygrid.registry.path_templates import PathTree, find_variables
from legacygrid.registry.routes import ReadyTask, Route
from legacygrid.registry.system import System
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.profiles import Profile


class RouteTable(dict[str, Route]):
    """Every path without suffix, and what answers there; a template stands as it is written.

    :ivar templates: those of them that have variables.
    :ivar taken: paths that are none of these, though a template fits.
    :ivar behind: what answers at a path by other verbs, as a template fits it, too: a subuser may
        be named `stats`.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        super().__init__()
        self.templates: PathTree[Route] = PathTree()
        self.taken = frozenset(taken)
        self.behind: dict[str, Route] = {}

    def find(self, path: str, verb: str) -> Route | None:
        """What answers at a path without suffix; what is written wins over variables, unless it
        has not the verb and they have.
        """
        if path not in self:
            return None if path in self.taken else self.templates.find(path)
        behind = self.behind.get(path)
        has_verb = behind is not None and verb in behind.called_by
        return behind if has_verb and verb not in self[path].called_by else self[path]

    def connect(self) -> None:
        """Have each path that is written know what a template has there, once all are in."""
        for path, route in self.items():
            behind = None if find_variables(path) else self.templates.find(path)
            if behind is not None:
                self.behind[path] = behind
                verbs = tuple(each for each in behind.called_by if each not in route.called_by)
                self[path] = replace(route, other_verbs=verbs)


def build_table(systems: Iterable[System], profile: Profile) -> RouteTable:
    """Every path without suffix, and what answers there.

    :raises ValueError: two operations claim one path.
    """
    systems = tuple(systems)
    gaps = (gap for system in systems for gap in system.not_emulated)
    table = RouteTable(f"{gap.prefix}{name}" for gap in gaps for name in gap.names)
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
                    if find_variables(path):
                        table.templates.add(path, route)
    table.connect()
    return table


def find_route(table: RouteTable, path: str, verb: str) -> tuple[Route | None, str]:
    """What answers at a path, if anything does, and the format of the answer.

    `/apiv2/customer.add.json` is in the table without its suffix, paths of other systems are whole.
    """
    bare, _, suffix = path.rpartition(".")
    route = table.get(bare)
    if route is not None and suffix in route.conventions.formats:
        return route, suffix
    route = table.find(path, verb)
    if route is None or route.conventions.formats:
        return None, suffix if suffix in FORMATS else "json"
    return route, "json"


def _make_ready(system: System, operation: Operation, dialect: Dialect, profile: Profile) -> Route:
    conventions = operation.family.conventions.of(profile)
    tasks = {
        name: ReadyTask(operation, task, profile)
        for name, task in operation.tasks.items()
        if task.contract.exists(profile)
    }
    rates = conventions.find_rates(profile, operation.name, tasks)
    return Route(system, operation, conventions, dialect.for_verbs(tasks), tasks, rates)
