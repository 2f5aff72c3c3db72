"""What v2 sets up and what its port does by v3 leave the same state behind."""

from datetime import UTC, datetime
from typing import Any

import pytest

from emulator import World, fresh
from legacygrid.migration import table
from legacygrid.migration.execution import execute
from legacygrid.migration.requests import V3Answer, V3Request
from legacygrid.migration.rows import Kind, Row
from v3_api import Api

NOW = datetime(2013, 7, 2, tzinfo=UTC)
#: Calls that set something up; what becomes of the webhook of events is another thing, as v3's posts are.
OPERATIONS = ("customer.apps", "filter.", "customer.parse", "parse.", "customer.sendip", "customer.whitelabel")
ROWS = [
    pytest.param(row, id="-".join(map(str, (row.operation, row.task, *row.example.values()))))
    for row in table.ROWS
    if row.operation.startswith(OPERATIONS) and row.kind is not Kind.NONE and row.example.get("name") != "eventnotify"
]


def stand(world: World) -> str:
    """What a call may be about; the name of the subuser."""
    world.domain("em.example.com")
    sub = world.add()
    for call, more in (("parse.set.json", {}), ("customer.parse.json", {"task": "set", "user": sub})):
        given = {"hostname": "sub.example.com" if more else "own.example.com", "url": "http://127.0.0.1:9/", **more}
        assert world.call(call, **given).json == {"message": "success"}
    return sub


def params_of(row: Row, sub: str) -> dict[str, Any]:
    """The example of a row, for what there is."""
    params: dict[str, Any] = {**row.example}
    if "user" in params:
        params["user"] = sub
    if "hostname" in params and "set" not in (row.task, row.operation.partition(".")[2]):
        params["hostname"] = "sub.example.com" if "user" in params else "own.example.com"
    return params


def state_of(world: World, sub: str) -> Any:
    """What was set up for the account and its subuser; numbers of a world differ, as do names."""
    (account,) = [each for each in world.admin("GET", "state").json["accounts"] if each["username"] == world.name]
    (subuser,) = [each for each in account["subusers"] if each["username"] == sub]
    names = ("apps", "parse", "ips", "mail_domain", "mail_domains", "open_tracking", "click_tracking", "event_webhooks")
    for each in (account, subuser):
        # An app that was set up with nothing is as it was: v2 keeps that, and v3 is not called at all.
        each["apps"] = {name: app for name, app in each.get("apps", {}).items() if app != {"settings": {}}}
    return [{name: each[name] for name in names if name in each} for each in (account, subuser)]


@pytest.mark.parametrize("row", ROWS)
def test_a_port_leaves_the_same_state(own_world: World, row: Row) -> None:
    old, new = (World(own_world.service, f"/~{fresh('world')}") for _ in range(2))
    subs = [stand(world) for world in (old, new)]
    before = state_of(old, subs[0])
    params = {
        f"{name}[]" if isinstance(value, list) else name: value for name, value in params_of(row, subs[0]).items()
    }
    assert old.call(f"{row.operation}.json", **params).status == 200
    v3 = Api(new)

    def send(request: V3Request) -> V3Answer:
        reply = v3(request.verb, request.target.removeprefix("/v3/"), request.body, user=request.on_behalf_of or None)
        return V3Answer(reply.status, reply.json if reply.body else None)

    execute(row, params_of(row, subs[1]), send, None, NOW)
    assert state_of(new, subs[1]) == state_of(old, subs[0])
    reads = ("get", "list", "getavailable", "getAvailable", "getsettings")
    is_read = (row.task or row.operation.partition(".")[2]) in reads
    assert not is_read or state_of(old, subs[0]) == before
