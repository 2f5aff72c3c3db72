"""Faults on command: what a client meets, what was carried out, and when it fires."""

import http.client
import json
import socket
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests as requests_library

from emulator import FORM, NEW, PASSWORD, Service, World
from wire import Cut, Wire, fields, request

SUCCESS = '{"message":"success"}'


def order(world: World, **fault: Any) -> dict[str, Any]:
    reply = world.admin("POST", "faults", fault)
    assert reply.status == 201, reply.text
    ordered: dict[str, Any] = reply.json
    return ordered


def is_there(world: World, name: str) -> bool:
    return name in world.admin("GET", "state").text


REASONS = [
    ("customer.delete.json", {"reason": "UnknownSubuser"}, 200, '{"error":{"code":400,"message":"User does not exist"}}'),
    ("customer.delete.xml", {"reason": "UnknownSubuser"}, 200, "<result><message>User does not exist</message></result>"),
    ("customer.delete.json", {"reason": "WrongCredentials"}, 200,
     '{"error":{"code":401,"message":"Permission denied, wrong credentials"}}'),
    ("credentials/get.json", {"reason": "UnknownCredential"}, 404, '{"error": "Credential does not exist"}'),
    ("credentials/remove.json", {"reason": "BadParameters", "texts": ["No", "Nor that"]}, 400, '{"error": "No; Nor that"}'),
    ("customer.delete.json", {"reason": "StoreUnavailable"}, 503,
     '{"error":{"code":503,"message":"The emulator\'s store does not answer"}}'),
    ("customer.delete.json", {"status": 500, "body": "<h1>502</h1>", "headers": {"Content-Type": "text/html"}}, 500, "<h1>502</h1>"),
    ("customer.delete.json", {"status": 204}, 204, ""),
    ("customer.delete.xml", {"rate_limit": {"limit": 150, "seconds": 10}}, 429,
     '{"errors":[{"field":null,"message":"too many requests"}]}'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "fault", "status", "text"), REASONS, ids=lambda value: str(value)[:60])
def test_what_is_answered_instead(own_world: World, name: str, fault: dict[str, Any], status: int, text: str) -> None:
    own_world.add("ada")
    own_world.credential("reader")
    ordered = order(own_world, operation=name.rpartition(".")[0], **fault)
    params = {"username": "reader"} if name.startswith("credentials") else {"user": "ada"}
    reply = own_world.call(name, **params)
    assert (reply.status, reply.text) == (status, text)
    assert is_there(own_world, "ada")
    assert is_there(own_world, "reader")
    (told,) = own_world.journal(outcome="fault")
    assert (told["fault"], told["status"]) == (ordered["id"], status)


OUTAGE = {"system": "sendgrid", "outage": True, "status": 410, "body": "gone"}


def test_an_outage_asks_nobody_who_they_are(own_world: World) -> None:
    order(own_world, **OUTAGE)
    for name, who in (("customer.profile.json", {"task": "no-such"}), ("newsletter/list.json", {"api_key": "wrong"})):
        reply = own_world.call(name, **who)
        assert (reply.status, reply.text) == (410, "gone")
    assert [call["outcome"] for call in own_world.journal()] == ["fault", "fault"]
    assert own_world.journal()[0]["params"] == {"task": "no-such"}
    other = own_world.service.send(
        "POST", f"{own_world.prefix}/v3/subaccounts/search", "{}", {"Content-Type": "application/json"}
    )
    assert other.status != 410


@pytest.mark.parametrize(
    ("when", "statuses"),
    [
        ({"since": "2026-06-01T12:15:00Z"}, [200, 410, 410, 410]),
        ({"until": "2026-06-01T12:15:00Z"}, [410, 200, 200, 200]),
        ({"since": "2026-06-01T12:05:00Z", "every": 1200, "lasting": 600}, [410, 200, 410, 200]),
    ],
)
def test_a_fault_goes_by_the_clock(own_world: World, when: dict[str, Any], statuses: list[int]) -> None:
    ordered = order(own_world, **OUTAGE, **when)
    assert {name: ordered[name] for name in when} == {
        name: value.replace("Z", ".000Z") if isinstance(value, str) else value for name, value in when.items()
    }
    own_world.admin("PUT", "clock", {"frozen": "2026-06-01T12:05:00Z"})
    for status in statuses:
        assert own_world.call("customer.profile.json", task="get").status == status
        own_world.admin("PUT", "clock", {"advance": 600})


def test_a_429_has_its_headers_and_goes_by_the_clock(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2019-09-09T00:00:00Z"})
    order(own_world, rate_limit={"limit": 150, "seconds": 30})
    reply = own_world.call("customer.profile.json", task="get")
    told = {name: reply.headers[name] for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")}
    assert told == {"X-RateLimit-Limit": "150", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1567987230"}
    assert reply.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(("when", "is_done"), [("before", False), ("after", True)])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_reset_comes_before_or_after_the_deed(own_world: World, when: str, is_done: bool, method: str) -> None:
    order(own_world, reset=when)
    with pytest.raises(ConnectionResetError):
        own_world.call("customer.add.json", method, **NEW | {"username": "ada"})
    assert is_there(own_world, '"ada"') == is_done
    (told,) = own_world.journal()
    assert (told["outcome"], told["status"]) == ("fault", None)


@pytest.mark.parametrize("bytes_sent", [0, 1, 10])
def test_an_answer_is_cut(own_world: World, bytes_sent: int) -> None:
    order(own_world, truncate=bytes_sent)
    with pytest.raises(http.client.IncompleteRead) as caught:
        own_world.call("customer.add.json", **NEW | {"username": "ada"})
    assert caught.value.partial == SUCCESS.encode()[:bytes_sent]
    assert is_there(own_world, "ada")


@pytest.mark.parametrize(("truncate", "sent"), [(0, b""), (1, b"["), (2, b"["), (5, b"["), (10_000, b"[")])
def test_never_all_of_an_answer_is_sent(own_world: World, truncate: int, sent: bytes) -> None:
    order(own_world, truncate=truncate, times=1)
    with pytest.raises(http.client.IncompleteRead) as caught:
        own_world.call("customer.profile.json", task="get")
    assert caught.value.partial == sent
    assert own_world.call("customer.profile.json", task="get").body == b"[]"


@pytest.mark.parametrize("format", ["json", "xml"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_list_that_is_sent_in_pieces_is_never_whole(own_world: World, format: str, version: str) -> None:
    for _ in range(3):
        own_world.add()
    whole = own_world.call(f"customer.profile.{format}", task="get").body
    for truncate in (len(whole) - 1, len(whole), len(whole) + 1):
        order(own_world, truncate=truncate, times=1)
        form = fields(own_world.name, task="get")
        with Wire(own_world.service.url) as wire:
            wire.send(request("POST", f"{own_world.prefix}/apiv2/customer.profile.{format}", form, version))
            with pytest.raises(Cut) as caught:
                wire.read()
        assert caught.value.body == whole[:-1]


def test_an_answer_without_a_body_is_not_cut_and_it_is_said(own_world: World) -> None:
    order(own_world, truncate=5, times=1)
    target = f"{own_world.prefix}/api/profile.get.json?{fields(own_world.name).decode()}"
    assert own_world.service.send("HEAD", target).status == 200
    (told,) = own_world.admin("GET", "faults").json["faults"]
    assert (told["seen"], told["fired"], told["missed"]) == (1, 0, 1)
    assert [call["outcome"] for call in own_world.journal()] == ["done"]
    # The next call is due.
    with pytest.raises(http.client.IncompleteRead):
        own_world.service.send("GET", target)
    (told,) = own_world.admin("GET", "faults").json["faults"]
    assert (told["seen"], told["fired"], told["missed"]) == (2, 1, 1)


@pytest.mark.parametrize(
    "effect", [{"delay": 0.05, "truncate": 5}, {"delay": 0.05, "reset": "after"}, {"reset": "before"}]
)
def test_what_acts_on_an_answer_without_a_body_is_fired(own_world: World, effect: dict[str, Any]) -> None:
    order(own_world, **effect, times=1)
    target = f"{own_world.prefix}/api/profile.get.json?{fields(own_world.name).decode()}"
    if "reset" in effect:
        with pytest.raises(ConnectionError):
            own_world.service.send("HEAD", target)
    else:
        assert own_world.service.send("HEAD", target).status == 200
    (told,) = own_world.admin("GET", "faults").json["faults"]
    assert (told["fired"], told["missed"]) == (1, 0)


def test_a_long_list_is_cut(own_world: World) -> None:
    hashed = own_world.admin("GET", "state").json["accounts"][0]["password_hash"]
    subusers = [{"username": f"sub-{number}", "password_hash": hashed} for number in range(2000)]
    account = {"username": own_world.name, "password_hash": hashed, "subusers": subusers}
    own_world.admin("PUT", "state", {"version": 1, "accounts": [account]})
    order(own_world, truncate=100_000)
    url = f"{own_world.service.url}{own_world.prefix}/apiv2/customer.profile.json"
    with pytest.raises(requests_library.exceptions.ChunkedEncodingError):
        requests_library.post(url, {"api_user": own_world.name, "api_key": PASSWORD, "task": "get"}, timeout=10)


def test_a_delay_holds_up_its_own_call_alone(own_world: World, world: World) -> None:
    order(own_world, delay=1.0, operation="customer.add")
    address = urlsplit(own_world.service.url)
    waiting = []
    for number in range(20):
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        form = NEW | {"username": f"ada-{number}", "api_user": own_world.name, "api_key": PASSWORD}
        target = f"{own_world.prefix}/apiv2/customer.add.json"
        connection.request("POST", target, urlencode(form), {"Content-Type": FORM})
        waiting.append(connection)
    started = time.monotonic()
    name = world.add()
    assert world.row(name)["username"] == name
    others = time.monotonic() - started
    assert [connection.getresponse().read().decode() for connection in waiting] == [SUCCESS] * 20
    for connection in waiting:
        connection.close()
    took = time.monotonic() - started
    assert others < 0.9 * took, "others do not wait"
    assert took < 10, "those who wait do so at the same time"


def test_a_delay_comes_beside_another_effect(own_world: World) -> None:
    order(own_world, delay=0.2, status=500)
    started = time.monotonic()
    assert own_world.call("profile.get.json").status == 500
    assert time.monotonic() - started >= 0.2


def test_a_client_that_does_not_wait_harms_nobody(own_world: World) -> None:
    order(own_world, delay=0.2)
    address = urlsplit(own_world.service.url)
    for _ in range(5):
        query = urlencode({"api_user": own_world.name, "api_key": PASSWORD})
        with socket.create_connection((address.hostname, address.port)) as client:
            client.sendall(f"GET {own_world.prefix}/api/profile.get.json?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    own_world.admin("DELETE", "faults")
    assert own_world.call("profile.get.json").status == 200


FITS = [
    ({"operation": "customer.enable"}, True), ({"operation": "customer.disable"}, False),
    ({"operation": "customer.enable", "user": "ada"}, True), ({"user": "grace"}, False), ({"user": "ada"}, True),
    ({"caller": "CALLER"}, True), ({"caller": "somebody"}, False), ({"account": "CALLER"}, True),
    ({"account": "somebody"}, False), ({"task": "set"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "fires"), FITS, ids=str)
def test_it_is_for_some_calls(own_world: World, fault: dict[str, str], fires: bool) -> None:
    own_world.add("ada")
    order(own_world, status=500, **{name: value.replace("CALLER", own_world.name) for name, value in fault.items()})
    assert own_world.call("customer.enable.json", user="ada").status == (500 if fires else 200)


def test_it_is_for_a_task(own_world: World) -> None:
    order(own_world, operation="customer.profile", task="set", status=500)
    assert own_world.call("customer.profile.json", task="get").status == 200
    assert own_world.call("customer.profile.json", task="set", user="nobody").status == 500


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        ({}, [500] * 5),
        ({"times": 2}, [500, 500, 200, 200, 200]),
        ({"after": 2}, [200, 200, 500, 500, 500]),
        ({"after": 1, "times": 1}, [200, 500, 200, 200, 200]),
    ],
    ids=str,
)
def test_when_it_fires(own_world: World, fault: dict[str, int], statuses: list[int]) -> None:
    order(own_world, status=500, **fault)
    assert [own_world.call("profile.get.json").status for _ in range(5)] == statuses
    (told,) = own_world.admin("GET", "faults").json["faults"]
    assert (told["seen"], told["fired"]) == (5, statuses.count(500))


def test_a_call_that_writes_counts_once(own_world: World) -> None:
    # It is made twice in the server: on the loop, and then on a thread that may wait.
    order(own_world, operation="customer.add", status=500, after=1, times=1)
    statuses = [
        own_world.call("customer.add.json", **NEW | {"username": f"ada-{number}"}).status for number in range(3)
    ]
    assert statuses == [200, 500, 200]
    assert len(own_world.journal(operation="customer.add")) == 3


def test_chance_with_a_seed_repeats(own_world: World) -> None:
    def run(seed: int) -> list[int]:
        own_world.admin("DELETE", "faults")
        order(own_world, status=500, probability=0.3, seed=seed)
        return [own_world.call("profile.get.json").status for _ in range(60)]

    first, other = run(7), run(8)
    assert run(7) == first
    assert first != other
    assert 5 < first.count(500) < 40


def test_the_oldest_that_fires_counts(own_world: World) -> None:
    order(own_world, status=501, times=1)
    order(own_world, status=502)
    assert [own_world.call("profile.get.json").status for _ in range(2)] == [501, 502]


def test_real_refusals_come_first(own_world: World) -> None:
    order(own_world, status=500)
    assert "wrong credentials" in own_world.call("profile.get.json", api_key="wrong-one1").text
    assert own_world.admin("GET", "faults").json["faults"][0]["seen"] == 0


def hints(world: World) -> list[str | None]:
    """What the faults of a world say of themselves, by the control API."""
    return [each.get("hint") for each in world.admin("GET", "faults").json["faults"]]


def test_what_can_do_nothing_says_so(own_world: World) -> None:
    """As soon as it can, it says nothing of the kind."""
    nobody = own_world.admin("POST", "faults", {"account": "nobody", "status": 503}).json
    assert nobody["hint"] == "there is no account 'nobody'"
    score = own_world.admin("POST", "faults", {"operation": "mail.send", "account": own_world.name, "spam_score": 9})
    off = f"the app spamcheck of '{own_world.name}' is off, so that its mail is dropped by no score, unless a mail switches it on"
    assert score.json["hint"] == off
    own_world.admin("POST", "faults", {"operation": "parse.get", "status": 503})
    assert hints(own_world) == ["there is no account 'nobody'", off, None]
    own_world.call("filter.activate.json", name="spamcheck")
    own_world.add("nobody")
    assert hints(own_world) == [None, None, None]


def test_faults_are_taken_back(own_world: World, recorded: Service) -> None:
    first, second = order(own_world, status=500), order(own_world, status=501)
    assert own_world.admin("DELETE", f"faults/{first['id']}").json == {"removed": 1}
    assert own_world.call("profile.get.json").status == 501
    other = World(recorded, prefix="/~other-of-faults")
    assert other.admin("DELETE", f"faults/{second['id']}").status == 404
    assert other.admin("DELETE", "faults").json == {"removed": 0}
    assert own_world.admin("DELETE", "faults").json == {"removed": 1}
    assert own_world.call("profile.get.json").status == 200


def test_it_is_told_as_it_was_ordered(own_world: World) -> None:
    fault = {"operation": "customer.add", "status": 503, "body": "busy", "headers": {"Retry-After": "1"}, "times": 3}
    told = order(own_world, **fault)
    assert {name: told[name] for name in fault} == fault
    assert json.loads(own_world.admin("GET", "faults").text)["faults"] == [told]


def test_without_our_server_the_nearest_is_done(own_world: World) -> None:
    app = own_world.service.app
    environ = {"HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1"}
    form = {"api_user": own_world.name, "api_key": PASSWORD}
    order(own_world, truncate=3, times=1)
    with app.test_client() as client:
        response = client.post(f"{own_world.prefix}/api/profile.get.json", data=form, environ_overrides=environ)
        parts = response.iter_encoded()
        assert next(iter(parts)) == b'[{"'
        with pytest.raises(ConnectionResetError):
            next(iter(parts))


def test_a_rate_limit_in_the_words_of_the_system(own_world: World) -> None:
    key = {"username": own_world.name, "password": PASSWORD, "keys": [{"key": "api-" + "f" * 32}]}
    own_world.admin("POST", "seed", {"version": 1, "accounts": [key]})
    order(own_world, operation="smtp2go/users/smtp/view", rate_limit={"limit": 30, "seconds": 7})
    headers = {"X-Smtp2go-Api-Key": "api-" + "f" * 32, "Content-Type": "application/json"}
    reply = own_world.service.send("POST", f"{own_world.prefix}/v3/users/smtp/view", "{}", headers)
    assert (reply.status, reply.headers["X-RateLimit-Reset"], reply.headers["X-RateLimit-Limit"]) == (429, "7", "30")
    assert reply.json["data"]["error_code"] == "E_ApiResponseCodes.REQ_LIMIT_EXCEEDED"
