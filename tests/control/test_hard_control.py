"""The control API, asked by clients that die, lie, or come at the wrong moment."""

import io
import json
import socket
from http.client import IncompleteRead
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from emulator import Service, World
from legacygrid import app as application
from legacygrid.models import snapshots
from legacygrid.server import wsgi_bridge
from shell import Shell


@pytest.mark.parametrize(("sent", "closes"), [(b"", True), (b"", False), (b'{"only"', False)])
def test_half_a_reset_resets_nothing(
    own_world: World, sent: bytes, closes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wsgi_bridge, "BODY_DEADLINE", 0.3)
    own_world.add("ada")
    state = own_world.admin("GET", "state").json
    address = urlsplit(own_world.service.url)
    head = f"POST {own_world.prefix}/__admin/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), 10) as client:
        client.sendall(head.encode() + sent)
        if closes:
            client.shutdown(socket.SHUT_WR)
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400" if closes else b"HTTP/1.1 408"), answer
    assert own_world.admin("GET", "state").json == state


def test_a_body_without_a_length_counts_under_any_server(own_world: World) -> None:
    with own_world.service.app.test_client() as client:
        reply = client.post(
            f"{own_world.prefix}/__admin/reset",
            input_stream=io.BytesIO(b'{"only": ["clock"]}'),
            environ_overrides={
                "wsgi.input_terminated": True,
                "HTTP_TRANSFER_ENCODING": "chunked",
                "HTTP_HOST": "localhost",
            },
        )
    assert reply.json == {"reset": ["clock"]}


HARD = [
    ("POST", "reset", '{"account": "\\ud800"}', {"account": ["holds half a character"]}),
    ("POST", "reset", '{"only": []}', {"only": ["Shorter than minimum length 1."]}),
    ("POST", "faults", '{"status": 500, "body": "\\ud800"}', {"body": ["holds half a character"]}),
    ("POST", "faults", '{"reason": "Fault", "texts": ["a", "\\u0000"]}',
     {"texts[1]": ["contains characters that XML 1.0 forbids"]}),
    ("POST", "requests/find", '{"params": {"user": NaN}}', {"params": ["must hold numbers that JSON has"]}),
    ("POST", "requests/find", '{"params": {"user": [1e400]}}', {"params": ["must hold numbers that JSON has"]}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "target", "body", "errors"), HARD)
def test_json_that_only_python_understands_is_refused(
    own_world: World, method: str, target: str, body: str, errors: dict[str, Any]
) -> None:
    reply = own_world.service.send(method, f"{own_world.prefix}/__admin/{target}", body)
    assert (reply.status, reply.json) == (400, {"errors": errors})


def test_a_fault_of_its_own_is_told_as_one(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(world: str) -> None:
        raise LookupError("with-a-secret")

    monkeypatch.setattr(snapshots, "reset_world", fails)
    reply = own_world.admin("POST", "reset")
    assert (reply.status, list(reply.json["errors"])) == (500, ["emulator"])
    assert "with-a-secret" not in reply.text
    assert not own_world.journal(), "the control API is not in the journal"


@pytest.mark.parametrize("origin", ["http://[", "null", "http://", "evil", "http://localhost@evil"])
def test_an_odd_origin_is_another_site(own_world: World, origin: str) -> None:
    reply = own_world.service.send("GET", "/__admin/requests", headers={"Origin": origin})
    assert (reply.status, list(reply.json["errors"])) == (403, ["Origin"])


def test_a_token_may_hold_any_letter(recorded: Service) -> None:
    app = application.serve_grid(recorded.grid, admin_token="schlüssel-ø")
    bearer = b"Bearer " + "schlüssel-ø".encode()
    with app.test_client() as client:
        reply = client.get("/__admin/requests", environ_overrides={"HTTP_AUTHORIZATION": bearer.decode("latin-1")})
    assert reply.status_code == 200


@pytest.mark.parametrize("depth", [10, 200, 400, 600, 800, 900, 950, 1000, 10_000])
def test_deep_json_is_read_or_refused(own_world: World, depth: int) -> None:
    body = f'{{"params": {{"user": {"[" * depth}{"]" * depth}}}}}'
    reply = own_world.service.send("POST", f"{own_world.prefix}/__admin/requests/count", body)
    assert (reply.status, list(reply.json)) in [(200, ["count"]), (400, ["errors"])]


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("customer.profile.json", {"task": "x" * 1_000_000}),
        ("customer.profile.json", {"task": "set", f"first_name[{'k' * 1_000_000}]": "1"}),
        ("customer.profile.json", {"task": "set"} | {f"city[{n % 100}][{n}]": "x" * 100 for n in range(10_000)}),
        ("customer.add.json", {f"field-{number}": b"\xff" for number in range(20_000)}),
        ("a" * 50_000, {}),
    ],
    ids=["task", "key", "array", "fields", "path"],
)
def test_a_huge_call_takes_little_of_the_journal(own_world: World, name: str, params: dict[str, Any]) -> None:
    own_world.call(name, **params)
    (call,) = own_world.journal()
    assert len(json.dumps(call)) < 50_000


def test_more_than_the_answer_cuts_its_last_byte(own_world: World) -> None:
    own_world.add("ada")
    whole = own_world.call("customer.profile.json", task="get")
    assert own_world.admin("POST", "faults", {"truncate": 1_000_000}).status == 201
    for _ in range(2):
        with pytest.raises(IncompleteRead) as caught:
            own_world.call("customer.profile.json", task="get")
        assert caught.value.partial == whole.body[:-1]


@pytest.mark.parametrize("given", [("--admin-token", ""), ("--admin-token", "-")])
def test_an_empty_token_is_refused(tmp_path: Path, given: tuple[str, str]) -> None:
    done = Shell(tmp_path).run("serve", *given, stdin="\n")
    assert done.code == 2
    assert "may not be empty" in done.err


@pytest.mark.parametrize("target", ["requests", "messages"])
def test_a_limit_of_any_size_has_an_answer(own_world: World, target: str) -> None:
    for status, limit in ((200, 2**31 - 1), (200 if target == "requests" else 400, 2**70)):
        assert own_world.admin("GET", f"{target}?limit={limit}").status == status
