"""Calls are answered before Flask's machinery; Flask, asked for the same, answers the same bytes."""

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from calls import TASKS, Who, claim, owner, path, prepare, takes_forms, verb
from emulator import FORM, World, fresh
from engines import numbers_kept
from legacygrid import dispatch
from legacygrid.harness import refusals
from legacygrid.harness.clock import ClockSetting
from legacygrid.harness.webhooks import signing
from legacygrid.models.engines.dialects import bound
from legacygrid.models.writing import Writer
from legacygrid.registry.operations import Operation, Task
from legacygrid.serializers import answers
from legacygrid.wsgi import worlds
from legacygrid.wsgi.client import Header, call, environ
from legacygrid.wsgi.environ_keys import AGAIN, CALL, WIRE
from legacygrid.wsgi.rest import ARRAY
from legacygrid.wsgi.worlds import Wsgi

#: OpenSSL has chance of its own.
SIGNING_KEY = signing.make_key()
#: What came back: status, headers, body, what the server is to do to it, and what the log says.
Outcome = tuple[str, list[Header], bytes, Any, bool, str]


@pytest.fixture
def ways(own_world: World) -> dict[str, Wsgi]:
    """The application as it is, and Flask's machinery alone, with all rules that it can have."""
    app = own_world.service.app
    assert list(app.url_map.iter_rules("call"))
    return {"first": app.wsgi_app, "flask": worlds.mount(partial(Flask.wsgi_app, app))}


@contextmanager
def undone(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of what happens within the block stays; all that is random, and time, is the same each time."""
    grid, seeded = world.service.grid, random.Random(1)
    with numbers_kept(), bound.atomic() as transaction, monkeypatch.context() as patch:
        patch.setattr(Writer, "together", lambda writer: bound.atomic())
        patch.setattr(random, "_urandom", seeded.randbytes)
        patch.setattr("os.urandom", seeded.randbytes)
        patch.setattr(signing, "make_key", lambda: SIGNING_KEY)
        grid.clock.set(ClockSetting(frozen=1_400_000_000.0), world.account.world)
        yield
        transaction.rollback()
    grid.limits.forget(world.account.world)
    grid.audit.forget(world.account.world)


def outcome(app: Wsgi, request: dict[str, Any]) -> Outcome:
    answer = call(app, request)
    try:
        body = b"".join(answer.chunks)
        line = re.sub(r"ms=\S+", "", request[CALL].line()) if CALL in request else ""
        return answer.status, answer.headers, body, request[WIRE], AGAIN in request, line
    finally:
        answer.close()


@pytest.fixture
def both(own_world: World, ways: dict[str, Wsgi], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Makes a call in both ways, on the same state; the outcome, if it is one."""

    def make(*given: Any, **more: Any) -> Outcome:
        outcomes = {}
        for name, app in ways.items():
            with undone(own_world, monkeypatch):
                outcomes[name] = outcome(app, environ(*given, **more))
        assert outcomes["first"] == outcomes["flask"]
        return outcomes["first"]

    return make


def request(
    world: World, operation: Operation, task: Task, who: Who, members: Mapping[str, Any], format: str = ""
) -> tuple[Any, ...]:
    """A call for `environ`: a form in a query for XML and in a body for JSON, or a document."""
    target, fields = path(world, operation, format, members), {**who.members, **members}
    if not takes_forms(operation):
        headers, method = [("Content-Type", "application/json"), *who.headers.items()], verb(operation, task)
        # Of calls without a body, it is in the query.
        query = urlencode(fields, doseq=True) if method == "GET" else ""
        return method, target, query, headers, json.dumps(fields.get(ARRAY, fields)).encode()
    text = urlencode(fields, doseq=True)
    if format == "xml":
        return "GET", target, text
    return "POST", target, "", [("Content-Type", FORM)], text.encode()


# Every operation


@pytest.mark.parametrize(("operation", "task"), TASKS)
def test_a_call_and_its_refusals(
    own_world: World, both: Callable[..., Outcome], operation: Operation, task: Task
) -> None:
    example = prepare(own_world, operation, task)
    me, stranger = owner(own_world, operation), claim(operation)(fresh("nobody"), "wrong", f"api-{'0' * 32}")
    for format in operation.family.conventions.formats or ("",):
        done = both(*request(own_world, operation, task, me, example, format))
        assert done[0].startswith(str(task.contract.status)), done
        both(*request(own_world, operation, task, stranger, example, format))
        both(*request(own_world, operation, task, me, {"task": "odd", "user": "", "username": ""}, format))


VERBS = [*dispatch.VERBS, "TRACE", "PROPFIND", "get", "CONNECT"]
HOSTS = ["localhost", "", "a b", "[::1", "example.com:99999", "\xe4.example", "..", "/"]
#: What a client may say of itself; a browser, above all.
HEADERS = [
    ("Accept", "text/html"), ("Sec-Fetch-Dest", "document"), ("Accept-Language", "ja"), ("Range", "bytes=0-1"),
    ("If-None-Match", "*"), ("Content-Encoding", "br"), ("Content-Type", "multipart/form-data"), ("Cookie", "a=b"),
    ("X-Forwarded-Host", "a b"), ("Authorization", "Basic !"), ("Expect", "100-continue"), ("Upgrade", "websocket"),
]  # fmt: skip
OPERATIONS = {each.values[0].name: each.values[0] for each in TASKS}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_odd_verbs_hosts_and_headers(own_world: World, both: Callable[..., Outcome], operation: Operation) -> None:
    for format in operation.family.conventions.formats or ("",):
        target = path(own_world, operation, format)
        for method in VERBS:
            both(method, target, "", [], b"a=1")
        for host in HOSTS:
            both("POST", target, "", [("Host", host)])
        for header in HEADERS:
            both("POST", target, "", [header], b"a=1")


# Other paths


@pytest.mark.parametrize(
    "target",
    [
        "/", "//", "/apiv2", "/apiv2/", "/apiv2/customer.add", "/apiv2/customer.add.", "/apiv2/customer.add.JSON",
        "/apiv2/customer.add.yaml", "/apiv2/customer.add.json/", "/apiv2//customer.add.json", "//apiv2/customer.add.json",
        "/apiv2/customer%2Eadd%2ejson", "/apiv2/customer.add.json%0a", "/apiv2/customer.add.json%00", "/apiv2/%ff.json",
        "/apiv2/customer.add.json%3Fa=1", "/apiv2/../apiv2/customer.add.json", "/apiv2/./customer.add.json", "/%",
        "/%2fapiv2/customer.add.json", "/apiv2%2fcustomer.add.json", "/api/%C3%A4.get.json", "/~odd/x", "/~/x", "/~a~b/x",
        "/v3/users/smtp/add/", "/v2/accounts/1", "/v2/account-info", "/v2/*", "/v2/contacts/-1", "/favicon.ico",
        "/robots.txt", "/apple-touch-icon.png", "/.well-known/x", "/wf/click", "/wf/other", "/__admin", "/__admin/x",
    ],
)  # fmt: skip
def test_paths_that_are_or_are_none(both: Callable[..., Outcome], target: str) -> None:
    for method in VERBS:
        both(method, target)
    for host in HOSTS:
        both("GET", target, "", [("Host", host)])


def test_no_path_of_an_operation_is_anything_else(own_world: World, ways: dict[str, Wsgi]) -> None:
    urls = own_world.service.app.url_map.bind("localhost")
    for at in own_world.service.grid.operations:
        assert urls.match(at.replace("*", "1"), "POST")[0] == "call"


# Faults

FAULTS = [
    {"reason": "WrongCredentials"}, {"status": 418, "body": "odd", "headers": {"X-Odd": "1", "content-type": "a/b"}},
    {"status": 204, "body": "none"}, {"status": 304}, {"status": 302, "headers": {"Location": "/x"}}, {"delay": 0.01},
    {"rate_limit": {"limit": 1, "seconds": 5}}, {"truncate": 3}, {"reset": "before"}, {"reset": "after"},
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=json.dumps)
@pytest.mark.parametrize("method", ["POST", "HEAD"])
def test_faults(own_world: World, both: Callable[..., Outcome], fault: dict[str, Any], method: str) -> None:
    reply = own_world.admin("POST", "faults", {"operation": "profile.get"} | fault)
    assert reply.status == 201, reply.text
    text = urlencode(owner(own_world, OPERATIONS["profile.get"]).members)
    both(method, f"{own_world.prefix}/api/profile.get.json", text)


# What breaks


def test_a_refusal_that_breaks(own_world: World, both: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "refusal", lambda *given: answers.refusal(None, *given[1:]))  # type: ignore[arg-type]
    for format in ("json", "xml"):
        assert both("POST", f"{own_world.prefix}/apiv2/customer.add.{format}")[0].startswith("500")


def test_flask_has_no_part_in_a_call(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Flask, "full_dispatch_request")
    assert own_world.call("profile.get.json").status == 200
