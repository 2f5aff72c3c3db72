"""Every operation of the systems beside SendGrid's, without exception: the tables test themselves."""

import base64
import inspect
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_smtp2go import new_key
from werkzeug.test import Client

from emulator import PASSWORD, World
from legacygrid import reasons
from legacygrid.endpoints import SYSTEMS
from legacygrid.models import suppression
from legacygrid.reasons import Problem
from legacygrid.registry.operations import Operation, Task
from legacygrid.serializers.profiles import profile

TASKS = [
    pytest.param(operation, task, id=f"{operation.name}-{task.name}" if task.name else operation.name)
    for family in SYSTEMS.families
    if family not in SYSTEMS[0].families
    for operation in family.operations.values()
    for task in operation.tasks.values()
]
every_task = pytest.mark.parametrize(("operation", "task"), TASKS)
#: What a call of any system can meet on its way.
ROAD = (
    reasons.UnknownMethod, reasons.NotEmulated, reasons.VerbNotAllowed, reasons.BodyCutShort, reasons.BodyTooLarge,
    reasons.TooManyFields, reasons.BodyTooSlow, reasons.BadDocument, reasons.WrongCredentials, reasons.NotAuthorised,
    reasons.NotPermitted, reasons.BadParameters, reasons.StoreUnavailable, reasons.Fault,
)  # fmt: skip


#: The list that an address is taken off.
CANCELLED = {
    "transaction/blocks/cancel": suppression.BLOCK,
    "transaction/unsubscribes/cancel": suppression.UNSUBSCRIBE,
}


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


#: How each system is told who calls, by the beginning of its paths.
CLAIMS: dict[str, Callable[[str, str, str], Who]] = {
    "/v2/": by_basic,
    "/v3/": by_key,
    "/transaction/": by_pair,
    "/api/v2/": by_pair,
}


def claim(operation: Operation) -> Callable[[str, str, str], Who]:
    return next(how for prefix, how in CLAIMS.items() if operation.paths[0].startswith(prefix))


def path(world: World, operation: Operation) -> str:
    suffix = operation.family.conventions.formats[:1]
    return ".".join((world.prefix + operation.paths[0].replace("*", str(world.account.id)), *suffix))


def verb(operation: Operation, task: Task) -> str:
    return task.name if task.name in operation.verbs else operation.verbs[0]


def send(world: World, operation: Operation, task: Task, who: Who, members: Mapping[str, Any]) -> Any:
    text = json.dumps({**who.members, **members})
    headers = {"Content-Type": "application/json", **who.headers}
    return world.service.send(verb(operation, task), path(world, operation), text, headers)


def owner(world: World, operation: Operation) -> Who:
    return claim(operation)(world.name, PASSWORD, new_key(world))


def prepare(world: World, operation: Operation, task: Task, who: Who) -> None:
    """What the example names is there."""
    if operation.name in ("smtp2go/users/smtp/edit", "smtp2go/users/smtp/remove"):
        body = {**who.members, "username": task.contract.example["username"]}
        assert world.service.send("POST", f"{world.prefix}/v3/users/smtp/add", json.dumps(body)).status == 200

    if operation.name in CANCELLED:
        with world.service.grid.store.writing():
            suppression.add(world.account, CANCELLED[operation.name], task.contract.example["email"], 1.0)


@every_task
def test_is_documented_and_sourced(operation: Operation, task: Task) -> None:
    assert inspect.getdoc(task.handler)
    assert task.summary.endswith(".")
    assert task.contract.evidence.level in ("recorded", "documented", "client", "inferred")
    assert len(task.contract.evidence.source) > 5


@every_task
def test_its_dialect_can_say_its_reasons(operation: Operation, task: Task) -> None:
    dialect = operation.family.dialect(profile())
    more = (*task.contract.refuses, *((reasons.TooManyCalls,) if operation.rate else ()))
    for reason in (*ROAD, *more):
        assert dialect.has_words(reason, operation.name), reason
        status, document, _ = dialect.refusal(reason(Problem("name", "What is wrong")), operation.name)
        assert 400 <= status < 600
        assert json.loads(dialect.write_json(document))


@every_task
def test_example_succeeds(own_world: World, operation: Operation, task: Task) -> None:
    who = owner(own_world, operation)
    prepare(own_world, operation, task, who)
    reply = send(own_world, operation, task, who, task.contract.example)
    assert reply.status == 200, reply.body


@every_task
@pytest.mark.parametrize("what", ["wrong", "missing"])
def test_wrong_credentials_are_refused(own_world: World, operation: Operation, task: Task, what: str) -> None:
    who = claim(operation)(own_world.name, "wrong", f"api-{'0' * 32}") if what == "wrong" else Who()
    reply = send(own_world, operation, task, who, task.contract.example)
    assert reply.status == 401, reply.body
    (call,) = own_world.journal(operation=operation.name)
    assert (call["refusal"]["reason"], call["caller"]) == ("WrongCredentials", "")


# Whatever comes in

any_input = settings(
    max_examples=50,
    derandomize="CI" in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "0", "-1", "from", "1 day", "a@example.com", "\ud800", "\x00", "x" * 3000]),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.integers(-2, 3), st.floats(), TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


#: What may well be meant.
LIKELY = st.sampled_from(
    [None, "", True, False, 0, 1, 30, "0", "1", "1 day", "0:00:00", "drop", "blocked", "en", "a@example.com", "x" * 12,
     [], ["a@example.com"], {}, [{}], "2014-01-31", "\u00e9\u0301\U0001f600"]
)  # fmt: skip


@every_task
def test_any_json_has_a_clear_answer(own_world: World, operation: Operation, task: Task) -> None:
    who, client, grid = owner(own_world, operation), Client(own_world.service.app), own_world.service.grid
    prepare(own_world, operation, task, who)
    names = sorted({*task.contract.params(profile()), *task.contract.example}) or ["name"]
    near = st.dictionaries(st.sampled_from(names), LIKELY, max_size=2).map(
        lambda given: {**task.contract.example, **given}
    )
    members = st.one_of(near, near, st.dictionaries(st.one_of(st.sampled_from(names), TEXTS), VALUES, max_size=6))
    done: Counter[int] = Counter()

    @any_input
    @given(members)
    def answered(given: dict[str, Any]) -> None:
        grid.limits.forget("")
        text = json.dumps({**given, **who.members})
        reply = client.open(path(own_world, operation), method=verb(operation, task), data=text, headers=who.headers)
        assert reply.status_code < 500, (text, reply.text)
        assert reply.status_code != 401, text
        if reply.content_type.startswith("application/json"):
            json.loads(reply.text)
        done[reply.status_code] += 1

    answered()
    assert done[200], "none of it came as far as the handler"


@every_task
def test_any_bytes_have_a_clear_answer(own_world: World, operation: Operation, task: Task) -> None:
    headers, client = owner(own_world, operation).headers, Client(own_world.service.app)
    bodies = st.one_of(st.binary(max_size=50), st.text('[]{}":,0e.-nultrfasNI\\ ', max_size=30).map(str.encode))

    @any_input
    @given(bodies)
    def answered(body: bytes) -> None:
        own_world.service.grid.limits.forget("")
        reply = client.open(path(own_world, operation), method=verb(operation, task), data=body, headers=headers)
        assert reply.status_code < 500, (body, reply.text)

    answered()
