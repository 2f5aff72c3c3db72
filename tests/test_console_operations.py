"""The console's operations: each is described, and can be tried."""

import html
import json
import re
from typing import Any

import pytest
from harness import World
from test_operations import example
from test_systems import owner as owner_of
from test_systems import prepare

from console import Visitor
from legacygrid.endpoints import FAMILIES, V2
from legacygrid.operations import Operation, Task
from legacygrid.profiles import profile

TASKS = [
    pytest.param(operation, task, id=f"{operation.name}-{task.name}" if task.name else operation.name)
    for family in FAMILIES
    for operation in family.operations.values()
    for task in operation.tasks.values()
]
every_task = pytest.mark.parametrize(("operation", "task"), TASKS)
_STATUS = re.compile(r"<h2 id=\"answer\">.*?<pre><code>(\d+)", re.DOTALL)
_BODY = re.compile(r"<h2 id=\"answer\">.*?</pre>\s*<pre><code>(.*?)</code></pre>", re.DOTALL)
_NUMBER = re.compile(r'/console/requests/(\d+)">call')


def at(name: str, task: str = "") -> str:
    return f"operations/{name}" + (f"?task={task}" if task else "")


def tried(visitor: Visitor, name: str, task: str = "", **form: Any) -> tuple[int, str, int]:
    """What a form answers: status, body, and the call's number."""
    reply = visitor.post(at(name, task), {f"parameter-{key}": value for key, value in form.items()})
    assert reply.status_code == 200, reply.text
    status, body, number = (found.search(reply.text) for found in (_STATUS, _BODY, _NUMBER))
    assert status
    assert body
    assert number
    return int(status[1]), html.unescape(body[1]), int(number[1])


def given(world: World, operation: Operation, task: Task) -> dict[str, Any]:
    """The example, on a state that has what it names."""
    if operation.family in V2:
        params = example(world, task)
        params.pop("task", None)
        return params
    prepare(world, operation, task, owner_of(world, operation))
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in task.example.items()}


@every_task
def test_every_example_can_be_tried(own_world: World, operation: Operation, task: Task) -> None:
    visitor = Visitor(own_world)
    page = visitor.page(at(operation.name, task.name), example=1)
    assert task.summary in page
    assert task.evidence.source in page
    assert all(f"<code>{name}</code>" in page for name in task.params(profile()))
    form = {f"parameter-{name}": value for name, value in given(own_world, operation, task).items()}
    reply = visitor.post(at(operation.name, task.name), form, number=str(own_world.account.id))
    found = _STATUS.search(reply.text)
    assert found, reply.text
    assert found[1] == "200", reply.text
    call = own_world.journal(operation=operation.name)[-1]
    assert (call["task"], call["outcome"], call["caller"]) == (task.name, "done", own_world.name)
    assert f"/console/requests/{call['id']}" in reply.text
