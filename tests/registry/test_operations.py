"""Every operation of SendGrid's Web API v2, without exception: the table tests itself."""

import inspect
from typing import Any

import pytest

from emulator import PASSWORD, World, fresh
from legacygrid import reasons
from legacygrid.endpoints import SYSTEMS
from legacygrid.registry.conventions import FORMATS
from legacygrid.registry.operations import Operation, Task

TASKS = [
    pytest.param(operation, task, id=f"{operation.name}-{task.name}" if task.name else operation.name)
    for family in SYSTEMS[0].families
    for operation in family.operations.values()
    for task in operation.tasks.values()
]
every_task = pytest.mark.parametrize(("operation", "task"), TASKS)
every_format = pytest.mark.parametrize("format", FORMATS)
every_method = pytest.mark.parametrize("method", ["GET", "POST"])


def example(world: World, task: Task) -> dict[str, Any]:
    """The documented example, on a state that has what it names."""
    params: dict[str, Any] = dict(task.contract.example)
    if task.name:
        params["task"] = task.name
    if "user" in params:
        params["user"] = world.add(password="analytical1", confirm_password="analytical1")
    if task.name == "" and params.get("username") == "reports" and task.handler.__name__ != "add_credential":
        params["username"] = world.credential()
    elif "username" in params:
        params["username"] = fresh("new")
    return params


@every_task
@every_format
@every_method
def test_example_succeeds(world: World, operation: Operation, task: Task, format: str, method: str) -> None:
    params = example(world, task)
    call = f"{operation.paths[0]}.{format}"
    reply = world.service.form(call, method, api_user=world.name, api_key=PASSWORD, **params)
    assert reply.status == 200, reply.text
    if task.contract.rows:
        assert reply.text[:1] == ("[" if format == "json" else "<"), reply.text
    elif format == "json":
        assert reply.json == {"message": "success"}
    else:
        assert reply.xml.tag == "result"
        assert reply.xml[0].text in ("success", "0", "1"), reply.text


@every_task
@every_format
def test_wrong_credentials_are_refused(world: World, operation: Operation, task: Task, format: str) -> None:
    params = example(world, task)
    before = world.rows(), world.call("credentials/get.json").json, world.call("profile.get.json").json
    reply = world.service.form(f"{operation.paths[0]}.{format}", api_user=world.name, api_key="wrong", **params)
    assert "Permission denied, wrong credentials" in reply.text or "Bad username / password" in reply.text
    assert before == (world.rows(), world.call("credentials/get.json").json, world.call("profile.get.json").json)


@every_task
def test_every_spelling_answers(world: World, operation: Operation, task: Task) -> None:
    for path in operation.paths:
        assert world.service.form(f"{path}.json").status in (200, 400, 403)


@every_task
def test_is_documented_and_sourced(operation: Operation, task: Task) -> None:
    doc = inspect.getdoc(task.handler)
    assert doc
    assert task.summary.endswith(".")
    assert task.contract.evidence.level in ("recorded", "documented", "client", "inferred")
    assert len(task.contract.evidence.source) > 5


@every_task
def test_its_dialect_can_say_its_reasons(world: World, operation: Operation, task: Task) -> None:
    dialect = world.service.grid.operations[operation.paths[0]].dialect
    for reason in (reasons.WrongCredentials, reasons.NotAuthorised, reasons.NotPermitted, *task.contract.refuses):
        assert dialect.has_words(reason, operation.name), reason
        assert dialect.saying(reason, operation.name).evidence.source
