"""A call that the server makes again on a worker thread: what must run once, runs once."""

from typing import Any

import pytest

from cmc import api_user
from emulator import World, fresh
from legacygrid import dispatch
from legacygrid.models.api_key import ApiKey
from legacygrid.models.names import within
from legacygrid.models.secrets import key_digest
from legacygrid.registry import parameters
from legacygrid.registry.routes import Route
from legacygrid.wsgi import blocking

#: Every step of a call after which the server may have to make it again from its start, with what it is called by name.
STEPS: list[tuple[Any, str, dict[str, Any]]] = [
    (dispatch, "find", {}),
    (dispatch, "trigger_fault", {"is_outage": True}),
    (dispatch, "authenticate", {}),
    (dispatch, "count", {}),
    (Route, "find_task", {}),
    (dispatch, "trigger_fault", {}),
    (parameters, "load", {}),
]


@pytest.fixture(params=STEPS, ids=lambda step: "-".join((step[1], *step[2])))
def step(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ends the first pass behind that step, on the loop or a worker, as if a hash would follow; the passes."""
    module, name, wanted = request.param
    real, passes = getattr(module, name), []

    def once_more(*given: Any, **named: Any) -> Any:
        result = real(*given, **named)
        if named == wanted:
            passes.append(name)
            blocking.about_to_hash()
        return result

    monkeypatch.setattr(module, name, once_more)
    return passes


@pytest.fixture
def known(own_world: World, step: list[str]) -> World:
    """A world whose owner's password is in memory, so that hashing does not end the pass before."""
    assert own_world.call("profile.get.json").status == 200
    own_world.admin("DELETE", "requests")
    step.clear()
    return own_world


def test_an_audited_call_is_logged_once(own_world: World, step: list[str]) -> None:
    audit, account = own_world.service.grid.audit, own_world.account
    user = api_user(own_world, role="admin")
    assert user.call("auditlogs/list.json", type="login").status == 200
    own_world.admin("DELETE", "requests")
    audit.forget(account.world)
    step.clear()
    assert user.call("auditlogs/list.json", type="login").status == 200
    assert len(step) == 2
    assert len(audit.entries(account, "login")) == 1
    assert [call["operation"] for call in own_world.journal()] == ["transaction/auditlogs/list"]


def test_a_limited_call_is_counted_once(own_world: World, step: list[str]) -> None:
    key = "api-" + fresh("k").rjust(32, "k")
    with own_world.service.grid.store.writing():
        ApiKey.create(account=own_world.account, label="", digest=within(own_world.account.world, key_digest(key)))
    headers = {"X-Smtp2go-Api-Key": key, "Content-Type": "application/json"}
    reply = own_world.service.send("POST", f"{own_world.prefix}/v3/users/smtp/view", "{}", headers)
    assert (reply.status, len(step)) == (200, 2)
    assert reply.headers["X-RateLimit-Remaining"] == "29"


@pytest.mark.parametrize("operation", ["customer.disable", "newsletter/list"])
def test_a_fault_is_triggered_once(known: World, operation: str) -> None:
    fault = {"operation": operation, "times": 2, "status": 503, "body": "busy"}
    assert known.admin("POST", "faults", fault).status == 201
    reply = known.call(f"{operation}.json", user="nobody")
    (told,) = known.admin("GET", "faults").json["faults"]
    assert (reply.status, told["fired"], told["seen"]) == (503, 1, 1)


def test_a_change_is_made_once(known: World, step: list[str]) -> None:
    name = known.add()
    assert len(step) == 2
    assert [row["username"] for row in known.rows()] == [name]
    operations = [call["operation"] for call in known.journal()]
    assert operations == ["customer.add", "customer.profile"]
