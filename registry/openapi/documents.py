"""OpenAPI documents: one of each system, and one of all that answers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

from legacygrid.registry.conventions import by_method
from legacygrid.registry.openapi.answers import describe_answers
from legacygrid.registry.openapi.requests import Document, describe_request
from legacygrid.registry.openapi.security import SCHEMES, describe_claim
from legacygrid.registry.openapi.sharing import name_bodies, share_responses
from legacygrid.registry.path_templates import NUMBER
from legacygrid.registry.route_table import build_table
from legacygrid.registry.routes import ReadyTask, Route
from legacygrid.registry.system import System
from legacygrid.serializers.profiles import Profile

#: A world has a prefix of its own.
SERVERS = (
    {"url": "/"},
    {"url": "/~{world}", "description": "a world", "variables": {"world": {"default": "demo"}}},
)
_NO_NAME = re.compile(r"[^A-Za-z0-9_.]+")


def begin_document(title: str, description: str) -> Document:
    """A document without any path yet."""
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version("legacygrid"), "description": description},
        "servers": list(SERVERS),
        "paths": {},
        "components": {},
    }


def describe_systems(systems: Iterable[System], profile: Profile) -> dict[str, Document]:
    """The document of each system, by its name."""
    systems = tuple(systems)
    table = build_table(systems, profile)
    return {system.name: describe_system(table, system, profile) for system in systems}


def describe_system(table: Mapping[str, Route], system: System, profile: Profile) -> Document:
    """The document of one system.

    :param table: every path without suffix, and what answers there, by the profile.
    """
    told = f"{system.title}, as Legacygrid answers it with the profile `{profile.name}`."
    document = begin_document(system.title, told)
    routes = {path: route for path, route in table.items() if route.system is system}
    document["paths"] = dict(_paths(routes))
    ways = (way for route in routes.values() for way in describe_claim(route.conventions.claim))
    schemes = dict.fromkeys(name for way in ways for name in way)
    document["components"]["securitySchemes"] = {name: SCHEMES[name] for name in schemes}
    share_responses(document, system.name)
    name_bodies(document)
    return document


def find_operation(document: Document, route: Route, verb: str) -> Document:
    """What a document has of an operation.

    :param verb: what it is called by.
    """
    found: Document = document["paths"][_to_template(route, route.operation.paths[0])][verb.lower()]
    return found


def _paths(routes: Mapping[str, Route]) -> Iterator[tuple[str, Document]]:
    """Each path, with what is asked there: under each spelling, the same by another name."""
    for path, route in routes.items():
        spelling = route.operation.paths.index(path)
        yield _to_template(route, path), dict(_path_item(route, spelling))


def _to_template(route: Route, path: str) -> str:
    whole = path.replace("*", f"{{{NUMBER}}}")
    return f"{whole}.{{format}}" if route.conventions.formats else whole


def _path_item(route: Route, spelling: int) -> Iterator[tuple[str, Document]]:
    for verb in route.called_by:
        # HEAD is GET without the body.
        if verb != "HEAD":
            yield verb.lower(), _operation(route, verb, spelling)


def _operation(route: Route, verb: str, spelling: int) -> Document:
    name = _NO_NAME.sub("_", f"{route.operation.name}.{verb.lower()}").strip("_")
    tasks = _tasks_of(route, verb)
    described: Document = {
        "operationId": f"{name}:{spelling + 1}" if spelling else name,
        "tags": [_tag(route)],
        "summary": _summary(tasks),
        "description": _description(route, tasks),
        **describe_request(route, verb, tasks),
        "responses": describe_answers(route, verb, tasks),
        "security": describe_claim(route.conventions.claim),
        "x-operation": route.operation.name,
        "x-evidence": {ready.task.name or "": _evidence(ready) for ready in tasks},
    }
    return described


def _tag(route: Route) -> str:
    """What an operation is listed under: its family, or in a system of one family its noun."""
    family = route.operation.family
    names = {each.name for each in route.system.families}
    return route.operation.action.partition("/")[0] if names == {family.name} else family.name


def _tasks_of(route: Route, verb: str) -> list[ReadyTask]:
    """Those that may be meant by a verb."""
    if "" not in route.tasks and route.conventions.task is by_method:
        return [route.tasks[verb]]
    return list(route.tasks.values())


def _summary(tasks: list[ReadyTask]) -> str:
    if len(tasks) == 1:
        return tasks[0].task.summary
    return f"By task: {', '.join(ready.task.name for ready in tasks)}."


def _description(route: Route, tasks: list[ReadyTask]) -> str:
    """Who may call, and what each task does."""
    access = route.operation.access
    told = [f"For {access.callers.words}, with access to {access.gate.value}."]
    if len(tasks) > 1:
        told += [f"- `task={ready.task.name}`: {ready.task.summary}" for ready in tasks]
    scopes = sorted({scope for ready in tasks for scope in ready.task.scopes or ()})
    if scopes:
        told.append(f"Scopes: {', '.join(f'`{scope}`' for scope in scopes)}.")
    return "\n\n".join(told)


def _evidence(ready: ReadyTask) -> dict[str, Any]:
    """How well success is known."""
    return {
        "level": ready.task.contract.evidence.level,
        "source": ready.task.contract.evidence.source,
    }
