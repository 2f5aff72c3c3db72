"""How a call is written in the manner of its system, for the forms that try one and for curl
commands.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from legacygrid.registry.conventions import Conventions, named_task
from legacygrid.registry.routes import ReadyTask, Route
from legacygrid.wsgi.forms import FormReader


def names_task(ready: ReadyTask) -> bool:
    """Whether the call says which task is meant in a field."""
    return bool(ready.task.name) and ready.operation.family.conventions.task is named_task


def verb(route: Route, ready: ReadyTask) -> str:
    """What a task is called by, where it may be several things: POST."""
    verbs = route.operation.verbs
    if ready.task.name in verbs:
        return ready.task.name
    return "POST" if "POST" in verbs else verbs[0]


def path(route: Route, format: str, variables: Mapping[str, str]) -> str:
    """Where an operation is called.

    :param variables: what stands for the variables of its path; those without a value stay.
    """
    parts = route.operation.paths[0].split("/")
    for name, place in route.variables.items():
        parts[place] = variables.get(name) or parts[place]
    bare = quote("/".join(parts), safe="/@")
    return f"{bare}.{format}" if route.conventions.formats else bare


def pairs(conventions: Conventions, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The parameters as fields of a form; their names are encoded already."""
    for name, value in params.items():
        if isinstance(value, list | dict) and isinstance(conventions.read, FormReader):
            yield from _elements(quote(name), value)
        else:
            yield quote(name, safe="[]"), as_text(value)


def _elements(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """An array as PHP spells it: `to[]`, `permissions[email]`."""
    inside = value.items() if isinstance(value, dict) else (("", each) for each in value)
    for key, each in inside:
        inner = f"{name}[{quote(str(key))}]"
        if isinstance(each, list | dict):
            yield from _elements(inner, each)
        else:
            yield inner, as_text(each)


def as_text(value: Any) -> str:
    """A value as a field of a form has it: a text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
