"""What v2 does to subusers, the account and lists, and what its port does by v3, end in the same state."""

from datetime import UTC, datetime
from typing import Any

import pytest

from emulator import World, fresh
from legacygrid.migration import table
from legacygrid.migration.execution import execute
from legacygrid.migration.requests import V3Answer, V3Request
from legacygrid.migration.rows import Kind, Row
from legacygrid.models import suppression
from legacygrid.models.account import Account
from v3_api import Api

NOW = datetime(2013, 7, 2, tzinfo=UTC)
#: What test_same_state.py has; a credential of v2 is a key in v3, which is another thing.
ELSEWHERE = ("customer.apps", "filter.", "customer.parse", "parse.", "customer.sendip", "customer.whitelabel", "cred")
ROWS = [
    pytest.param(row, id="-".join((row.operation, row.task, *row.example)))
    for row in table.ROWS
    if row.kind in (Kind.EXACT, Kind.FAN) and not row.operation.startswith(ELSEWHERE)
]
READS = (".get", ".count")
#: What was done to the subuser before, by what is done next; otherwise that would change nothing.
EARLIER: dict[str, tuple[str, dict[str, str]]] = {
    "customer.enable": ("customer.disable", {}),
    "customer.website_enable": ("customer.website_disable", {}),
    "customer.limit": ("customer.limit", {"task": "total", "credits": "7"}),
}
#: What any two worlds have otherwise.
OWN = {"id", "keys", "password_hash", "password_bcrypt"}


def stand(world: World, operation: str) -> str:
    """An account with a subuser, and Ada's address on all lists of both; the name of the subuser."""
    assert world.admin("PUT", "clock", {"frozen": NOW.isoformat()}).status == 200
    world.domain("em.example.com")
    sub = world.add("grace")
    with world.service.grid.store.writing():
        for account in (world.account, Account.get(Account.username == sub, Account.parent == world.account)):
            for kind in suppression.KINDS:
                suppression.add(account, kind, "ada@example.com", NOW.timestamp())
    if earlier := EARLIER.get(operation):
        assert world.call(f"{earlier[0]}.json", user=sub, **earlier[1]).json == {"message": "success"}
    return sub


def params_of(row: Row, sub: str) -> dict[str, Any]:
    """The example of a row, for the subuser; what is added to a list is not there yet."""
    params: dict[str, Any] = {**row.example}
    if "user" in params:
        params["user"] = sub
    if (row.task or row.operation).endswith("add") and "unsubscribes" in row.operation:
        params["email"] = "bob@example.com"
    return params


def comparable(document: Any, name: str) -> Any:
    """A state without what is a world's own."""
    if isinstance(document, dict):
        return {key: comparable(value, name) for key, value in document.items() if key not in OWN}
    if isinstance(document, list):
        return [comparable(each, name) for each in document]
    return "PARENT" if document == name else document


def state_of(world: World) -> Any:
    return comparable(world.admin("GET", "state").json["accounts"], world.name)


@pytest.mark.parametrize("row", ROWS)
def test_a_port_ends_in_the_same_state(own_world: World, row: Row) -> None:
    old, new = (World(own_world.service, f"/~{fresh('world')}") for _ in range(2))
    params = params_of(row, {stand(world, row.operation) for world in (old, new)}.pop())
    before = state_of(old)
    assert state_of(new) == before
    assert "error" not in old.call(f"{row.operation}.json", **params).text
    v3 = Api(new)

    def send(request: V3Request) -> V3Answer:
        reply = v3(request.verb, request.target.removeprefix("/v3/"), request.body, user=request.on_behalf_of or None)
        return V3Answer(reply.status, reply.json if reply.body else None)

    execute(row, params, send, None, NOW)
    assert state_of(new) == state_of(old)
    reads = row.task == "get" or row.operation.endswith(READS)
    assert (state_of(old) == before) == reads
