"""The control API: what it tells, what it takes, and how it refuses."""

import http.client
import json
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

import pytest

from emulator import NEW, PASSWORD, World, fresh

SUCCESS = '{"message":"success"}'
OFF_BY_FAULT = {"operation": "customer.enable"}


def names(world: World) -> list[str]:
    return [row["username"] for row in world.rows()]


# The emulator itself


@pytest.mark.parametrize("target", ["health", "ready"])
def test_it_is_well(own_world: World, target: str) -> None:
    reply = own_world.admin("GET", target)
    assert (reply.status, reply.json["status"], reply.json["profile"]) == (200, "ok", "recorded")


def test_it_lists_every_operation(own_world: World) -> None:
    listed = own_world.admin("GET", "routes").json["routes"]
    assert {"customer.add", "credentials/get", "password.set"} <= {row["operation"] for row in listed}
    assert [row["task"] for row in listed if row["operation"] == "customer.profile"] == [
        "get", "set", "setUsername", "setEmail",
    ]  # fmt: skip


def test_it_says_how_well_each_answer_is_known(own_world: World) -> None:
    told = own_world.admin("GET", "fidelity").json
    assert told["profile"] == "recorded"
    (wrong,) = [row for row in told["refusals"] if (row["dialect"], row["reason"]) == ("customer", "WrongCredentials")]
    assert (wrong["text"], wrong["level"]) == ("Permission denied, wrong credentials", "recorded")
    assert all(row["level"] and row["source"] for row in told["refusals"] + told["operations"])


def test_metrics_count_calls_by_operation_format_and_outcome(own_world: World) -> None:
    labels = '{format="xml",operation="customer.delete",outcome="refused"}'

    def counted() -> float:
        text = own_world.admin("GET", "metrics").text
        found = [line for line in text.splitlines() if line.startswith(f"legacygrid_calls_total{labels}")]
        return float(found[0].split()[-1]) if found else 0.0

    before = counted()
    own_world.call("customer.delete.xml", user="nobody")
    own_world.call("customer.delete.xml", user="nobody")
    assert counted() >= before + 2
    text = own_world.admin("GET", "metrics").text
    assert 'legacygrid_call_seconds_bucket{le="+Inf",operation="customer.delete"}' in text


# State


def test_state_goes_out_and_in(own_world: World) -> None:
    own_world.add("ada")
    own_world.credential("reader")
    state = own_world.admin("GET", "state").json
    assert [account["username"] for account in state["accounts"]] == [own_world.name]
    own_world.call("customer.delete.json", user="ada")
    own_world.add("grace")
    assert own_world.admin("PUT", "state", state).json == {"added": 3}
    assert names(own_world) == ["ada"]
    assert own_world.admin("GET", "state").json == state


def test_a_seed_adds_what_is_missing(own_world: World) -> None:
    seed = {"version": 1, "accounts": [{"username": "acme", "password": "secret-9", "subusers": [
        {"username": "ada", "password": "secret-8"}], "keys": [{"key": "SG.of-acme"}]}]}  # fmt: skip
    assert own_world.admin("POST", "seed", seed).json == {"added": 3, "there": 0}
    assert own_world.admin("POST", "seed", seed).json == {"added": 0, "there": 3}
    reply = own_world.call("customer.profile.json", api_user="apikey", api_key="SG.of-acme", task="get")
    assert [row["username"] for row in reply.json] == ["ada"]


def test_a_reset_goes_back_to_what_was_seeded(own_world: World) -> None:
    seed = {"version": 1, "accounts": [{"username": "acme", "password": "secret-9", "subusers": [
        {"username": "ada", "password": "secret-8", "city": "London"}]}]}  # fmt: skip
    own_world.admin("POST", "seed", seed)
    acme = {"api_user": "acme", "api_key": "secret-9"}
    before = own_world.call("customer.profile.json", task="get", **acme).text
    own_world.call("customer.profile.json", task="set", user="ada", city="Paris", **acme)
    own_world.call("customer.profile.json", task="setUsername", user="ada", username="augusta", **acme)
    own_world.call(
        "customer.password.json", user="augusta", password="new-secret1", confirm_password="new-secret1", **acme
    )
    own_world.call("customer.add.json", **NEW | {"username": "grace"} | acme)
    own_world.call("credentials/add.json", username="reader", password="password1", **acme)
    own_world.call("password.set.json", password="other-pass1", confirm_password="other-pass1", **acme)
    reply = own_world.admin("POST", "reset", {})
    assert reply.json == {"reset": ["state", "requests", "messages", "faults", "clock"]}
    assert own_world.call("customer.profile.json", task="get", **acme).text == before
    assert own_world.call("credentials/get.json", **acme).text == "[]"
    assert own_world.call("customer.auth.json", user="ada", password="secret-8", **acme).text == SUCCESS


def test_a_reset_of_an_account_leaves_the_others(own_world: World) -> None:
    def account(name: str) -> dict[str, Any]:
        return {
            "username": name,
            "password": "secret-9",
            "subusers": [{"username": f"sub-{name}", "password": "secret-8"}],
        }

    own_world.admin("POST", "seed", {"version": 1, "accounts": [account("acme"), account("apex")]})
    for name in ("acme", "apex"):
        own_world.call("customer.delete.json", user=f"sub-{name}", api_user=name, api_key="secret-9")
    reset = own_world.admin("POST", "reset", {"account": "acme"}).json["reset"]
    assert reset == ["state", "requests", "messages", "faults"]
    listed = {
        name: len(own_world.call("customer.profile.json", task="get", api_user=name, api_key="secret-9").json)
        for name in ("acme", "apex")
    }
    assert listed == {"acme": 1, "apex": 0}
    assert [row["account"] for row in own_world.journal(operation="customer.delete")] == ["apex"]


def test_a_reset_refuses_if_a_name_is_anothers_by_now(own_world: World) -> None:
    acme = {"username": "acme", "password": "secret-9", "subusers": [{"username": "ada", "password": "secret-8"}]}
    own_world.admin("POST", "seed", {"version": 1, "accounts": [acme, {"username": "apex", "password": "secret-9"}]})
    own_world.call("customer.delete.json", user="ada", api_user="acme", api_key="secret-9")
    own_world.call("customer.add.json", **NEW | {"username": "ada", "api_user": "apex", "api_key": "secret-9"})
    reply = own_world.admin("POST", "reset", {"account": "acme"})
    assert (reply.status, list(reply.json["errors"])) == (409, ["account"])
    assert len(own_world.call("customer.profile.json", task="get", api_user="apex", api_key="secret-9").json) == 1


@pytest.mark.parametrize("part", ["state", "requests", "messages", "faults", "clock"])
def test_a_reset_of_one_part_leaves_the_others(own_world: World, part: str) -> None:
    own_world.add("ada")
    own_world.admin("POST", "faults", {"operation": "customer.delete", "status": 500})
    own_world.admin("PUT", "clock", {"frozen": "2014-01-21T10:00:00Z"})
    own_world.mail()

    def there() -> dict[str, bool]:
        return {
            "messages": bool(own_world.admin("GET", "messages").json["messages"]),
            "requests": bool(own_world.journal(operation="customer.add")),
            "faults": bool(own_world.admin("GET", "faults").json["faults"]),
            "clock": own_world.admin("GET", "clock").json["frozen"],
            "state": bool(own_world.admin("GET", "state").json["accounts"]),
        }

    assert all(there().values())
    assert own_world.admin("POST", "reset", {"only": [part]}).json == {"reset": [part]}
    assert there() == {name: name != part for name in there()}


def test_a_client_that_dies_in_the_middle_of_a_put_leaves_the_old_state(own_world: World) -> None:
    own_world.add("ada")
    state = own_world.admin("GET", "state").json
    text = json.dumps({"version": 1, "accounts": [{"username": fresh("other"), "password": PASSWORD}]}).encode()
    address = urlsplit(own_world.service.url)
    for sent in (0, 1, len(text) // 2, len(text) - 1):
        head = (
            f"PUT {own_world.prefix}/__admin/state HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(text)}\r\n\r\n"
        )
        with socket.create_connection((address.hostname, address.port)) as client:
            client.sendall(head.encode() + text[:sent])
            client.shutdown(socket.SHUT_WR)
            answer = client.makefile("rb").read()
        assert b" 400 " in answer.partition(b"\r\n")[0]
        assert b'{"errors":{"body":["was cut short"]}}' in answer
        with socket.create_connection((address.hostname, address.port)) as client:
            client.sendall(head.encode() + text[:sent])
        assert own_world.admin("GET", "state").json == state


def test_a_state_that_contradicts_itself_leaves_the_old_one(own_world: World) -> None:
    own_world.add("ada")
    state = own_world.admin("GET", "state").json
    twice = {"username": "twice", "password": PASSWORD}
    reply = own_world.admin("PUT", "state", {"version": 1, "accounts": [twice, twice | {"subusers": [twice]}]})
    assert reply.status == 400, reply.text
    assert own_world.admin("GET", "state").json == state


# What is refused

BAD = [
    ("POST", "reset", {"acount": "x"}, {"acount": ["there is no such field; did you mean 'account'?"]}),
    ("POST", "reset", {"account": "nobody"}, {"account": ["there is no account 'nobody'"]}),
    ("POST", "reset", {"account": 5}, {"account": ["Not a valid string."]}),
    ("POST", "reset", {"only": ["everything"]}, {"only[0]": ["Must be one of: state, requests, messages, faults, clock."]}),
    ("POST", "reset", ["state"], {"body": ["must be a JSON object"]}),
    ("POST", "requests/find", {"operation": "customer.ad"},
     {"operation": ["there is no 'customer.ad'; did you mean 'customer.add'?"]}),
    ("POST", "requests/find", {"outcome": "good"},
     {"outcome": ["Must be one of: pending, done, refused, unmatched, fault."]}),
    ("POST", "requests/count", {"format": "yaml"}, {"format": ["Must be one of: json, xml."]}),
    ("POST", "requests/count", {"status": "many"}, {"status": ["Not a valid integer."]}),
    ("POST", "requests/count", {"params": "username"}, {"params": ["Not a valid mapping type."]}),
    ("GET", "requests?limit=0", None, {"limit": ["Must be greater than or equal to 1."]}),
    ("GET", "requests?limt=1", None, {"limt": ["there is no such field; did you mean 'limit'?"]}),
    ("DELETE", "requests?after=x", None, {"after": ["Not a valid integer."]}),
    ("POST", "faults", {"status": 410, "system": "sendgrind"}, {"system": ["there is no such system; there are sendgrid, sendgrid_v3, cmc, dotmailer, smtp2go"]}),
    ("POST", "faults", {"status": 410, "system": "cmc", "operation": "customer.add"}, {"operation": ["cmc has no such operation"]}),
    ("POST", "faults", {"status": 410, "system": "sendgrid", "operation": "smtp"}, {"system": ["SMTP has none"]}),
    ("POST", "faults", {"delay": 1, "outage": True}, {"outage": ["comes with status or reset"]}),
    ("POST", "faults", {"reset": "after", "outage": True}, {"reset": ["an outage carries nothing out: before"]}),
    ("POST", "faults", {"status": 410, "every": 60}, {"every": ["needs lasting"]}),
    ("POST", "faults", {}, {"effect": ["nothing goes wrong: give one of delay, reason, status, rate_limit, truncate, reset, spam_score"]}),
    ("POST", "faults", {"operation": "x", "status": 500}, {"operation": ["there is no 'x'"]}),
    ("POST", "faults", {"operation": "customer.profile", "task": "put", "status": 500},
     {"task": ["customer.profile has no such task; it has get, set, setUsername, setEmail"]}),
    ("POST", "faults", OFF_BY_FAULT | {"task": "get", "status": 500},
     {"task": ["customer.enable has no such task; it has none"]}),
    ("POST", "faults", {"status": 500, "truncate": 1}, {"truncate": ["cannot come with status"]}),
    ("POST", "faults", {"status": 99}, {"status": ["Must be greater than or equal to 200 and less than or equal to 599."]}),
    ("POST", "faults", {"reset": "now"}, {"reset": ["Must be one of: before, after."]}),
    ("POST", "faults", {"truncate": -1}, {"truncate": ["Must be greater than or equal to 0."]}),
    ("POST", "faults", {"delay": 601}, {"delay": ["Must be greater than or equal to 0 and less than or equal to 600."]}),
    ("POST", "faults", {"delay": "soon"}, {"delay": ["Not a valid number."]}),
    ("POST", "faults", {"status": 500, "times": 0}, {"times": ["Must be greater than or equal to 1."]}),
    ("POST", "faults", {"status": 500, "probability": 0}, {"probability": ["Must be greater than 0 and less than or equal to 1."]}),
    ("POST", "faults", {"status": 500, "seed": "x"}, {"seed": ["Not a valid integer."]}),
    ("POST", "faults", {"reset": "before", "body": "x"}, {"body": ["goes with status alone"]}),
    ("POST", "faults", {"status": 200, "headers": {"Content-Length": "5"}}, {"headers": ["Content-Length is the server's to say"]}),
    ("POST", "faults", {"status": 200, "headers": {"X": "a\r\nb: c"}}, {"headers.X.value": ["must be printable ASCII"]}),
    ("POST", "faults", OFF_BY_FAULT | {"reason": "BadParameters"}, {"texts": ["BadParameters has no words of its own; say them"]}),
    ("POST", "faults", {"rate_limit": {"limit": 0}}, {"rate_limit.limit": ["Must be greater than or equal to 1."]}),
    ("POST", "faults", {"operation": "smtp", "rate_limit": True}, {"rate_limit": ["SMTP has none"]}),
    ("POST", "faults", {"rate_limit": "no"}, {"rate_limit": ['must be true or an object such as {"limit": 600, "seconds": 60}']}),
    ("POST", "faults", {"rate_limit": {"limt": 1}}, {"rate_limit.limt": ["there is no such field; did you mean 'limit'?"]}),
    ("DELETE", "state?keep=mail", None, {"keep": ["Must be one of: snapshots."]}),
    ("PUT", "clock", {"frozen": "yesterday"}, {"frozen": ["must be a time such as 2015-03-01T12:00:00Z"]}),
    ("PUT", "clock", {"frozen": "2014-01-01T00:00:00"}, {"frozen": ["needs a time zone, such as the Z of 2015-03-01T12:00:00Z"]}),
    ("PUT", "clock", {"frozen": "2015-03-01"}, {"frozen": ["needs a time zone, such as the Z of 2015-03-01T12:00:00Z"]}),
    ("PUT", "clock", {"offset": 1, "advance": 1}, {"advance": ["give one of frozen, offset, advance"]}),
    ("PUT", "clock", {"advance": -1}, {"advance": ["Must be greater than or equal to 0 and less than or equal to 10000000000."]}),
    ("PUT", "clock", {"offset": float("nan")}, {"offset": ["Special numeric values (nan or infinity) are not permitted."]}),
    ("PUT", "clock", {"offset": -1e10 * 7}, {"offset": ["Must be greater than or equal to -10000000000 and less than or equal to 10000000000."]}),
    ("PUT", "state", {"version": 2}, {"version": ["Must be equal to 1."]}),
    ("PUT", "state", {"version": 1, "accounts": [{"username": "ab", "password": "x"}]},
     {"accounts[0].username": ["Username can only be between 3 and 64 characters."]}),
    ("POST", "seed", {"version": 1, "accounts": [{"username": "abc"}]},
     {"accounts[0].password": ["give either password or password_hash"]}),
    ("POST", "seed", None, {"body": ["is not JSON: Expecting value: line 1 column 1 (char 0)"]}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "target", "body", "errors"), BAD, ids=lambda value: str(value)[:60])
def test_a_bad_request_is_told_which_field(
    own_world: World, method: str, target: str, body: Any, errors: dict[str, Any]
) -> None:
    reply = own_world.admin(method, target, body)
    assert (reply.status, reply.json) == (400, {"errors": errors})


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"a":', b"[" * 100_000, b"nul"], ids=lambda body: body[:5])
def test_what_is_no_json_is_refused(own_world: World, body: bytes) -> None:
    reply = own_world.service.send("POST", f"{own_world.prefix}/__admin/faults", body)
    assert (reply.status, list(reply.json["errors"])) == (400, ["body"])


@pytest.mark.parametrize(
    ("method", "target"),
    [("GET", "nothing"), ("POST", "health"), ("PATCH", "state"), ("GET", "requests/0"), ("DELETE", "faults/0")],
)  # fmt: skip
def test_what_is_not_there_is_404_in_json(own_world: World, method: str, target: str) -> None:
    reply = own_world.admin(method, target)
    assert (reply.status, reply.headers["Content-Type"]) == (404, "application/json")
    assert list(reply.json["errors"]) in (["path"], ["id"])
    assert not own_world.journal(), "the control API is not in the journal"


def test_a_large_state_is_taken(own_world: World) -> None:
    state = own_world.admin("GET", "state").text
    padded = state.replace("{", "{" + " " * (5 * 1024 * 1024), 1)
    reply = own_world.service.send("PUT", f"{own_world.prefix}/__admin/state", padded)
    assert reply.json == {"added": 1}
    assert own_world.admin("GET", "state").text == state


def test_a_request_over_the_limit_is_refused(own_world: World) -> None:
    reply = own_world.service.send("POST", f"{own_world.prefix}/__admin/faults", " " * (64 * 1024 * 1024 + 1))
    assert (reply.status, list(reply.json["errors"])) == (413, ["body"])


def test_other_calls_are_answered_while_a_state_goes_in(own_world: World, world: World) -> None:
    hashed = own_world.admin("GET", "state").json["accounts"][0]["password_hash"]
    subusers = [{"username": f"sub-{number}", "password_hash": hashed} for number in range(5_000)]
    state = {"version": 1, "accounts": [{"username": "acme", "password_hash": hashed, "subusers": subusers}]}
    thread = threading.Thread(target=own_world.admin, args=("PUT", "state", state))
    thread.start()
    answered = 0
    while thread.is_alive():
        assert world.call("profile.get.json").status == 200
        answered += 1
    thread.join()
    assert answered > 1


def test_a_kept_connection_takes_calls_and_control(own_world: World) -> None:
    address = urlsplit(own_world.service.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    for _ in range(3):
        connection.request("GET", f"{own_world.prefix}/__admin/requests")
        assert connection.getresponse().read() == b'{"requests":[]}\n'
        connection.request("POST", f"{own_world.prefix}/__admin/requests/count", "{}")
        assert connection.getresponse().read() == b'{"count":0}\n'
    connection.close()
