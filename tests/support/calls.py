"""How the tests call any operation of any system: as its owner, with its documented example."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import pytest

import documents
from emulator import PASSWORD, Reply, World, fresh
from legacygrid.endpoints import SYSTEMS
from legacygrid.endpoints.sendgrid.suppressions import LISTS
from legacygrid.endpoints.sendgrid_v3.suppressions import LISTS as V3_LISTS
from legacygrid.models import subusers, suppression
from legacygrid.models.api_key import ApiKey
from legacygrid.models.mail_batches import make_batch_id
from legacygrid.registry.conventions import FORMATS
from legacygrid.registry.operations import Operation, Task
from legacygrid.registry.path_templates import find_variables
from legacygrid.wsgi.rest import ARRAY
from smtp2go_api import new_key
from v3_api import prepare as prepare_v3


def takes_forms(operation: Operation) -> bool:
    """SendGrid's Web API v2 takes forms and queries; the others, documents."""
    return operation.family in SYSTEMS[0].families


TASKS = [
    pytest.param(operation, task, id=f"{operation.name}-{task.name}" if task.name else operation.name)
    for family in SYSTEMS.families
    for operation in family.operations.values()
    for task in operation.tasks.values()
]
FORMS = [each for each in TASKS if takes_forms(each.values[0])]
DOCUMENTS = [each for each in TASKS if not takes_forms(each.values[0])]
every_task = pytest.mark.parametrize(("operation", "task"), TASKS)
every_form = pytest.mark.parametrize(("operation", "task"), FORMS)
every_document = pytest.mark.parametrize(("operation", "task"), DOCUMENTS)
every_format = pytest.mark.parametrize("format", FORMATS)
every_method = pytest.mark.parametrize("method", ["GET", "POST"])

#: The list that an address is taken off, by operation and task.
CANCELLED = {
    ("transaction/blocks/cancel", ""): suppression.BLOCK,
    ("transaction/unsubscribes/cancel", ""): suppression.UNSUBSCRIBE,
    **{(f"{name}.delete", ""): each.kind for name, each in LISTS.items()},
    **{(f"user.{name}", "delete"): each.kind for name, each in LISTS.items()},
    ("customer.invalidemails", "delete"): suppression.INVALID,
    **{(f"v3/suppression/{name}/{{email}}", "DELETE"): each.kind for name, each in V3_LISTS.items()},
}


# Who calls


@dataclass(frozen=True)
class Who:
    """What a call says of who it is from."""

    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)


def by_basic(name: str, secret: str, key: str) -> Who:
    return Who({"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()})


def by_pair(name: str, secret: str, key: str) -> Who:
    return Who(members={"api_user": name, "api_key": secret})


def by_key(name: str, secret: str, key: str) -> Who:
    return Who(members={"api_key": key})


def by_bearer(name: str, secret: str, key: str) -> Who:
    return Who({"Authorization": f"Bearer {key}"})


#: How each system is told who calls, where that is not by a pair.
CLAIMS: dict[str, Callable[[str, str, str], Who]] = {
    "sendgrid_v3": by_bearer,
    "dotmailer": by_basic,
    "smtp2go": by_key,
}


def claim(operation: Operation) -> Callable[[str, str, str], Who]:
    (system,) = [each for each in SYSTEMS if operation.family in each.families]
    return CLAIMS.get(system.name, by_pair)


def owner(world: World, operation: Operation) -> Who:
    return claim(operation)(world.name, PASSWORD, new_key(world))


# What is called


def prepare(world: World, operation: Operation, task: Task) -> dict[str, Any]:
    """The documented example, on a state that has what it names."""
    params = _form(world, task) if takes_forms(operation) else dict(task.contract.example)
    if operation.name.startswith("v3/"):
        params |= prepare_v3(world, operation, task)
    if operation.name in ("smtp2go/users/smtp/edit", "smtp2go/users/smtp/remove"):
        body = {"api_key": new_key(world), "username": task.contract.example["username"]}
        assert world.service.send("POST", f"{world.prefix}/v3/users/smtp/add", json.dumps(body)).status == 200
    params |= _for_variables(world, operation, params)
    if operation.name == "v3/subusers/stats":
        params["subusers"] = world.add()
    if kind := CANCELLED.get((operation.name, task.name)):
        account = subusers.find(world.account, params["user"]) if "user" in params else world.account
        with world.service.grid.store.writing():
            suppression.add(account, kind, params["email"], 1.0)
    return params


def _for_variables(world: World, operation: Operation, params: Mapping[str, Any]) -> dict[str, Any]:
    """What the path of an operation of v3 names, made; and names that nobody has."""
    names = find_variables(operation.paths[0])
    if "batch_id" in names:
        return {"batch_id": make_batch_id(world.account)}
    if "api_key_id" in names:
        with world.service.grid.store.writing():
            return {"api_key_id": ApiKey.register(world.account, fresh("SG.key")).key_id}
    if operation.name.startswith("v3/subusers/{username}"):
        name = world.add()
        if operation.name.endswith("/remaining"):
            assert world.call("customer.limit.json", user=name, task="total", credits="9").status == 200
        return {"username": name}
    if "old_password" in params:
        return {"old_password": PASSWORD}
    if operation.name in ("v3/subusers", "v3/user/username") and "username" in params:
        return {"username": fresh("new")}
    return {}


def _form(world: World, task: Task) -> dict[str, Any]:
    params = dict(task.contract.example)
    if task.name:
        params["task"] = task.name
    if "mail_domain" in params:
        world.domain(params["mail_domain"])
    if params.get("name") == "every tenth":
        world.monitor(params["name"])
    if "user" in params:
        params["user"] = world.add(password="analytical1", confirm_password="analytical1")
    if "hostname" in params and "spam_check" not in params:
        _register(world, params["hostname"], params.get("user"))
    if task.name == "" and params.get("username") == "reports" and task.handler.__name__ != "add_credential":
        params["username"] = world.credential()
    elif "username" in params:
        params["username"] = fresh("new")
    return params


def _register(world: World, hostname: str, user: str | None) -> None:
    """A hostname of the Parse Webhook, of the account or of a subuser."""
    who = {"user": user, "task": "set"} if user else {}
    name = "customer.parse.json" if user else "parse.set.json"
    reply = world.call(name, hostname=hostname, url="http://127.0.0.1:9/", **who)
    assert reply.json == {"message": "success"}, reply.text


def path(world: World, operation: Operation, format: str = "", members: Mapping[str, Any] | None = None) -> str:
    """Where it is; in its first format unless another is asked for.

    :param members: those of a call, some of which may stand for the variables of its template.
    """
    formats = operation.family.conventions.formats
    suffix = [format or formats[0]] if formats else []
    names, given = find_variables(operation.paths[0]), members or {}
    variables = {name: quote(str(given.get(name, "x"))) for name in names}
    bare = operation.paths[0].replace("*", str(world.account.id)).format_map(variables)
    return ".".join((world.prefix + bare, *suffix))


def verb(operation: Operation, task: Task) -> str:
    return task.name if task.name in operation.verbs else operation.verbs[0]


def send(
    world: World, operation: Operation, task: Task, who: Who, members: Mapping[str, Any], format: str = ""
) -> Reply:
    """One call: a form in a query for XML and in a body for JSON, or a document. Its answer is as documented."""
    reply = _send(world, operation, task, who, members, format)
    route = world.service.grid.operations[operation.paths[0]]
    method = "GET" if takes_forms(operation) and format == "xml" else verb(operation, task)
    documents.check_call(route, method, format, reply)
    return reply


def _send(world: World, operation: Operation, task: Task, who: Who, members: Mapping[str, Any], format: str) -> Reply:
    names = find_variables(operation.paths[0])
    target = path(world, operation, format, members)
    if takes_forms(operation):
        return world.service.form(target, "GET" if format == "xml" else "POST", **who.members, **members)
    rest = {**who.members, **{name: value for name, value in members.items() if name not in names}}
    if verb(operation, task) == "GET" and rest:
        return world.service.send("GET", f"{target}?{urlencode(rest, doseq=True)}", headers=who.headers)
    text = json.dumps(rest.get(ARRAY, rest))
    return world.service.send(verb(operation, task), target, text, {"Content-Type": "application/json", **who.headers})
