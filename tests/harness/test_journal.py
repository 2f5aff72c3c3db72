"""The journal: what is told of a call, that it is found, and that no secret comes into it."""

import json
import time
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

import pytest

from emulator import FORM, NEW, PASSWORD, Service, World, fresh
from legacygrid.harness.call_filters import CallFilter
from legacygrid.harness.calls import Call
from legacygrid.harness.journal import Journal

SECRETS = ["somepass1", PASSWORD, "another-pass1", "SG.the-key-of-a-test", "pass-of-a-credential1", "in-the-path-1"]


def only(world: World, **sought: Any) -> dict[str, Any]:
    (told,) = world.journal(**sought)
    return told


def test_a_call_is_told_in_full(own_world: World) -> None:
    new = {"username": "ada"} | NEW | {"unknown": "x", "other": "y"}
    own_world.call("customer.add.json", **new)
    told = only(own_world)
    assert told.pop("ms") > 0
    assert told.pop("time").endswith("Z")
    assert isinstance(told.pop("id"), int)
    assert told == {
        "world": own_world.prefix[2:],
        "method": "POST",
        "path": "/apiv2/customer.add.json",
        "operation": "customer.add",
        "task": "",
        "format": "json",
        "params": {name: new[name] for name in new if "password" not in name and name not in ("unknown", "other")},
        "ignored": 2,
        "account": own_world.name,
        "caller": own_world.name,
        "credentials_from": "body",
        "user_agent": "",
        "status": 200,
        "outcome": "done",
        "refusal": None,
        "hints": [],
        "tolerated": [],
        "fault": None,
    }


def test_a_refusal_is_told_with_its_evidence(own_world: World) -> None:
    own_world.call("customer.delete.xml", user="nobody")
    told = only(own_world)
    assert (told["outcome"], told["status"], told["format"]) == ("refused", 200, "xml")
    assert told["refusal"] == {
        "reason": "UnknownSubuser",
        "texts": [],
        "hint": f"'{own_world.name}' has no subuser 'nobody'",
        "evidence": {"level": "recorded", "source": "markedmondson/sendgrid_api, spec/cassettes, October 2013"},
    }


def test_all_that_is_wrong_with_a_call_is_told(own_world: World) -> None:
    own_world.call("customer.profile.json", task="setEmail", user=own_world.add("ada"), email="none")
    told = only(own_world, operation="customer.profile")
    assert told["refusal"]["texts"] == ["Email is not a valid email address"]


def test_what_the_manual_forbids_is_told(own_world: World) -> None:
    own_world.add("ada", company="")
    assert only(own_world)["tolerated"] == ["company is missing; the manual requires it"]


CALLS = [
    ("/apiv2/customer.ad.json", {}, {"outcome": "unmatched", "path": "/apiv2/customer.ad.json", "operation": ""}),
    ("/nothing/of/ours", {}, {"outcome": "unmatched", "path": "/nothing/of"}),
    ("/api/profile.get.json", {"api_user": "nobody"}, {"outcome": "refused", "caller": "", "account": ""}),
    ("/apiv2/customer.profile.json", {"task": "nothing"}, {"outcome": "refused", "params": {"task": "nothing"}}),
    ("/apiv2/customer.enable.json", {"user[]": ["a", "b"]}, {"params": {"user": ["a", "b"]}}),
    ("/apiv2/customer.enable.json", {"user[x]": "a"}, {"params": {"user": {"x": "a"}}}),
    ("/apiv2/customer.enable.json", {"user": "x" * 5000}, {"params": {"user": "x" * 1000}}),
    ("/apiv2/customer.enable.json", {"user": "\0"}, {"params": {"user": "(contains characters that XML 1.0 forbids)"}}),
]  # fmt: skip


@pytest.mark.parametrize(("target", "params", "expected"), CALLS, ids=lambda value: str(value)[:60])
def test_every_call_is_there(own_world: World, target: str, params: dict[str, Any], expected: dict[str, Any]) -> None:
    who = {"api_user": own_world.name, "api_key": PASSWORD}
    own_world.service.form(own_world.prefix + target, **who | params)
    told = only(own_world)
    assert {name: told[name] for name in expected} == expected


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE"])
def test_every_verb_is_there(own_world: World, method: str) -> None:
    own_world.service.send(method, f"{own_world.prefix}/apiv2/customer.add.json")
    assert only(own_world)["method"] == method


def test_a_subuser_and_a_credential_belong_to_their_primary_account(own_world: World) -> None:
    own_world.add("ada")
    own_world.credential("reader")
    own_world.call("profile.get.json", api_user="ada", api_key="somepass1")
    own_world.call("profile.get.json", api_user="reader", api_key="password1")
    told = own_world.journal(operation="profile.get", account=own_world.name)
    assert [row["caller"] for row in told] == ["ada", "reader"]


BASIC = "Basic " + b64encode(b"nobody:wrong-secret").decode()
#: Query, form, headers, and where the credentials came from.
CREDENTIALS: list[tuple[str, str, dict[str, str], dict[str, str], str]] = [
    ("/api/profile.get.json", "api_user=A&api_key=P", {}, {}, "query"),
    ("/api/profile.get.json", "", {"api_user": "A", "api_key": "P"}, {}, "body"),
    ("/api/profile.get.json", "api_key=P", {"api_user": "A"}, {}, "query"),
    ("/api/profile.get.json", "api_user=A", {"api_key": "P"}, {}, "body"),
    ("/api/profile.get.json", "api_user=A&api_key=P", {"api_user": "A", "api_key": "P"}, {}, "body"),
    ("/api/profile.get.json", "api_user=A", {}, {}, "query"),
    ("/api/profile.get.json", "api_user=A&api_key=wrong", {}, {"Authorization": "Bearer SG.x"}, "query"),
    ("/api/profile.get.json", "", {}, {"Authorization": "Bearer SG.x"}, "header"),
    ("/api/profile.get.json", "", {}, {"Authorization": BASIC}, ""),
    ("/api/profile.get.json", "", {}, {}, ""),
    ("/api/newsletter/list.json", "api_user=A&api_key=P", {}, {}, "query"),
    ("/api/newsletter/list.json", "", {"api_user": "A", "api_key": "P"}, {}, "body"),
    ("/api/newsletter/list.json", "", {}, {"Authorization": "Bearer SG.x"}, "header"),
    ("/api/newsletter/list.json", "", {}, {}, ""),
    ("/transaction/v2/bounces/list.json", "", {"api_user": "A", "api_key": "P"}, {}, "body"),
    ("/v2/account-info", "", {}, {"Authorization": BASIC}, "header"),
    ("/v2/account-info", "", {}, {"Authorization": "Basic !"}, "header"),
    ("/v2/contacts", "", {}, {"Authorization": BASIC}, "header"),
    ("/v3/users/smtp/view", "", {}, {"X-Smtp2go-Api-Key": "api-x"}, "header"),
    ("/v3/template/view", "", {}, {"X-Smtp2go-Api-Key": "api-x"}, "header"),
    ("/apiv2/customer.ad.json", "api_user=A&api_key=P", {}, {}, ""),
]


@pytest.mark.parametrize(("target", "query", "form", "headers", "place"), CREDENTIALS)
def test_where_credentials_came_from(
    own_world: World, target: str, query: str, form: dict[str, str], headers: dict[str, str], place: str
) -> None:
    method, body = "GET", None
    if form:
        method, body, headers = "POST", urlencode(form), {"Content-Type": FORM, **headers}
    elif target.startswith(("/v3/", "/transaction/")):
        method = "POST"
    own_world.service.send(method, f"{own_world.prefix}{target}?{query}", body, headers)
    assert only(own_world)["credentials_from"] == place
    assert only(own_world, credentials_from=place)


def test_credentials_in_a_document_came_from_its_body(own_world: World) -> None:
    for target in ("users/smtp/view", "template/view"):
        own_world.service.send("POST", f"{own_world.prefix}/v3/{target}", '{"api_key": "api-x"}')
    found = own_world.admin("GET", "requests?credentials_from=body").json["requests"]
    assert [told["operation"] for told in found] == ["smtp2go/users/smtp/view", "smtp2go/template/view"]
    assert own_world.admin("GET", "requests?credentials_from=").json["requests"] == []
    assert own_world.admin("GET", "requests?credentials_from=cookie").status == 400


FOUND = [
    ({}, 5), ({"operation": "customer.add"}, 2), ({"params": {"username": "ada"}}, 2), ({"outcome": "refused"}, 2),
    ({"operation": "customer.profile", "task": "get"}, 1), ({"task": "set"}, 1), ({"format": "xml"}, 1),
    ({"method": "GET"}, 1), ({"caller": "nobody"}, 0), ({"status": 200}, 5), ({"status": 404}, 0),
    ({"params": {"username": "ada", "city": "any city"}}, 1), ({"params": {"username": None}}, 3),
    ({"operation": "customer.add", "outcome": "done"}, 1), ({"limit": 3}, 3),
]  # fmt: skip


@pytest.mark.parametrize(("sought", "count"), FOUND, ids=str)
def test_calls_are_found(own_world: World, sought: dict[str, Any], count: int) -> None:
    own_world.add("ada")
    own_world.call("customer.add.json", username="ada")
    own_world.call("customer.profile.json", "GET", task="get")
    own_world.call("customer.profile.json", task="set", user="ada", city="Paris")
    own_world.call("customer.delete.xml", user="grace")
    assert len(own_world.journal(**sought)) == count
    if "limit" not in sought:
        assert own_world.admin("POST", "requests/count", sought).json == {"count": count}


def test_the_query_narrows_and_limits_too(own_world: World) -> None:
    for name in ("ada", "bob", "cyd"):
        own_world.call("customer.enable.json", user=name)
    last = own_world.admin("GET", "requests?operation=customer.enable&limit=2").json["requests"]
    assert [told["params"]["user"] for told in last] == ["bob", "cyd"]
    later = own_world.admin("GET", f"requests?after={last[0]['id']}").json["requests"]
    assert later == last[1:]
    assert own_world.admin("GET", f"requests/{last[0]['id']}").json == last[0]


@pytest.mark.parametrize("wait", ["0", "5s"])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_client_that_pages_misses_no_call(own_world: World, size: int, wait: str) -> None:
    for name in ("ada", "bob", "cyd"):
        own_world.call("customer.enable.json", user=name)
    seen: list[str] = []
    last = 0
    while len(seen) < 3:
        page = own_world.admin("GET", f"requests?after={last}&limit={size}&wait={wait}").json["requests"]
        assert 0 < len(page) <= size
        seen += [each["params"]["user"] for each in page]
        last = page[-1]["id"]
    assert seen == ["ada", "bob", "cyd"]
    assert own_world.admin("GET", f"requests?after={last}&limit={size}").json == {"requests": []}


def test_the_nearest_call_is_told_if_none_fits(own_world: World) -> None:
    own_world.add("grace")
    own_world.call("customer.profile.json", task="get")
    sought = {"operation": "customer.add", "params": {"username": "ada", "city": "any city"}}
    told = own_world.admin("POST", "requests/find", sought).json
    assert told["requests"] == []
    assert told["nearest"]["request"]["params"]["username"] == "grace"
    assert told["nearest"]["differences"] == [{"field": "params.username", "wanted": "ada", "there": "grace"}]


def test_there_is_no_nearest_of_nothing(own_world: World) -> None:
    told = own_world.admin("POST", "requests/find", {"operation": "customer.add"}).json
    assert told == {"requests": [], "nearest": None}


def test_what_matched_nothing_is_told_apart(own_world: World) -> None:
    own_world.add("ada")
    own_world.service.send("GET", f"{own_world.prefix}/apiv2/customer.ad.json")
    (told,) = own_world.admin("GET", "requests/unmatched").json["requests"]
    assert told["path"] == "/apiv2/customer.ad.json"
    assert told["refusal"]["reason"] == "UnknownMethod"


def test_calls_are_forgotten(own_world: World) -> None:
    own_world.add("ada")
    own_world.call("customer.delete.json", user="ada")
    assert own_world.admin("DELETE", "requests?operation=customer.add").json == {"removed": 1}
    assert [told["operation"] for told in own_world.journal()] == ["customer.delete"]
    assert own_world.admin("DELETE", "requests").json == {"removed": 1}
    assert own_world.journal() == []


def test_a_call_is_there_before_it_is_answered(own_world: World) -> None:
    import threading

    own_world.admin("POST", "faults", {"delay": 0.5})
    thread = threading.Thread(target=own_world.call, args=("customer.profile.json",), kwargs={"task": "get"})
    started = time.monotonic()
    thread.start()
    while not own_world.journal():
        assert time.monotonic() - started < 5
    assert thread.is_alive()
    thread.join()


def test_no_secret_is_told(own_world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    seed = {"version": 1, "accounts": [{"username": "acme", "password": SECRETS[2], "keys": [{"key": SECRETS[3]}]}]}
    own_world.admin("POST", "seed", seed)
    own_world.add("ada")
    own_world.call("customer.auth.json", user="ada", password="somepass1")
    own_world.call("customer.auth.json", user="ada", password=SECRETS[2])
    own_world.call("customer.password.json", user="ada", password=SECRETS[2], confirm_password=SECRETS[2])
    own_world.call("customer.password.json", user="ada", password=SECRETS[2], confirm_password="somepass1")
    own_world.call("password.set.json", password=PASSWORD, confirm_password=PASSWORD)
    own_world.call("credentials/add.json", username="reader", password=SECRETS[4])
    own_world.call("credentials/edit.json", username="reader", password=SECRETS[4])
    own_world.call("profile.get.json", api_user="apikey", api_key=SECRETS[3])
    own_world.call("profile.get.json", api_user=SECRETS[3], api_key="apikey")
    own_world.call("profile.get.json", api_user="acme", api_key="somepass1")
    hidden = {"newPassword": SECRETS[0], "note": f"it is {SECRETS[3]}", "html": f"<a href='/?key={SECRETS[5]}'>"}
    own_world.call("newsletter/add.json", **hidden)
    own_world.call("newsletter/add.json", api_user=SECRETS[3], api_key=SECRETS[4], **{SECRETS[4]: ""})
    service, prefix = own_world.service, own_world.prefix
    service.send("GET", f"{prefix}/apiv2/customer.ad.json&api_user=acme&api_key={SECRETS[5]}")
    service.send("GET", f"{prefix}/apiv2/customer.add.json&api_user=acme&api_key={SECRETS[5]}")
    service.send("GET", f"{prefix}/api_user=acme&api_key={SECRETS[5]}")
    service.send("GET", f"{prefix}/api/profile.get.json", headers={"Authorization": f"Bearer {SECRETS[3]}"})
    told = [
        own_world.admin("GET", target).text
        for target in ("requests", "requests/unmatched", "metrics", "state", "faults")
    ]
    told += caplog.messages + [repr(call) for call in service.grid.journal.find(CallFilter())]
    assert len(own_world.journal()) == 17
    for secret in SECRETS:
        assert not [text for text in told if secret in text], secret


def test_it_holds_the_last_calls_alone() -> None:
    journal = Journal(size=3)
    for number in range(5):
        journal.record(Call("GET", f"/{number}"))
    assert [call.path for call in journal.find(CallFilter())] == ["/2", "/3", "/4"]
    assert [call.number for call in journal.find(CallFilter(after=4))] == [5]
    assert journal.size == 3


def test_without_a_world_all_calls_are_told(recorded: Service, own_world: World) -> None:
    own_world.add("ada")
    number = only(own_world)["id"]
    reply = recorded.send("GET", f"/__admin/requests/{number}")
    assert reply.json == only(own_world)
    other = World(recorded, f"/~{fresh('world')}")
    assert other.admin("GET", f"requests/{number}").status == 404
    assert json.loads(other.admin("GET", "requests").text) == {"requests": []}
