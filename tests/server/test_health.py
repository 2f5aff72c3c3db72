"""Whether the emulator works: asked by anybody, from anywhere, by any name; and it is the truth."""

import json
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from emulator import PASSWORD, Reply, Service, World
from legacygrid import app as application
from other_machine import OtherMachine, other_machine
from wire import Process, Wire, request

PATHS = [
    "/healthz",
    "/readyz",
    "/__admin/health",
    "/__admin/ready",
    "/~some-world/healthz",
    "/~some-world/__admin/ready",
]
HOSTS = ["legacygrid", "10.0.0.7:8026", "api.sendgrid.com", "evil.example", "..", "<script>", "[::1]"]
TOKEN = "a-token-of-the-tests"
MODES: dict[str, list[str]] = {
    "as it comes": [],
    "with a token": ["--admin-token", TOKEN],
    "without one": ["--no-admin-token"],
    "without the control API": ["--no-admin"],
    "without the console": ["--no-console"],
    "without both": ["--no-admin", "--no-console", "--no-limits"],
    "behind a proxy": ["--trusted-proxies", "10.0.0.0/8", "--public-url", "https://mail.example.com/legacygrid"],
}

# From another machine

pytestmark = pytest.mark.waits


@pytest.fixture(scope="module")
def machine() -> Iterator[OtherMachine]:
    with other_machine() as machine:
        yield machine


def ask(url: str, path: str, host: str = "localhost", method: str = "GET") -> Reply:
    with Wire(url) as wire:
        return wire.send(request(method, path, Host=host)).read(bodiless=method == "HEAD")


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_another_machine_sees_health_in_each_mode(tmp_path: Path, machine: OtherMachine, mode: list[str]) -> None:
    with Process(tmp_path, "sqlite:///x.db", "--host", "0.0.0.0", *mode) as process:
        url = f"http://{machine.host}:{process.url.rpartition(':')[2]}"
        with machine.inside():
            answers = {(path, host): ask(url, path, host) for path in PATHS for host in HOSTS}
            stranger = ask(url, "/__admin/state")
        assert {answer.status for answer in answers.values()} == {200}
        assert {answer.text for answer in answers.values()} == {'{"status": "ok"}'}
        # Where other machines can reach it, it made itself a token.
        assert stranger.status == (404 if "--no-admin" in mode else 403 if "--no-admin-token" in mode else 401)
        assert process.log.read_text() == ""


# What it says to whom


def send(service: Service, path: str, **environ: str) -> Any:
    with service.app.test_client() as client:
        return client.get(path, environ_overrides={"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1", **environ})


@pytest.mark.parametrize(
    ("path", "environ", "knows"),
    [
        ("/__admin/health", {}, True),
        ("/__admin/ready", {}, True),
        ("/~w/__admin/health", {}, True),
        ("/healthz", {}, False),
        ("/readyz", {}, False),
        ("/__admin/health", {"REMOTE_ADDR": "192.0.2.1"}, False),
        ("/__admin/health", {"REMOTE_ADDR": ""}, False),
        ("/__admin/health", {"HTTP_HOST": "evil.example"}, False),
        ("/__admin/health", {"HTTP_ORIGIN": "http://evil.example"}, False),
        ("/__admin/health", {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}, False),
    ],
)
def test_details_are_for_those_who_may_use_the_control_api(
    recorded: Service, path: str, environ: dict[str, str], knows: bool
) -> None:
    reply = send(recorded, path, **environ)
    assert (reply.status_code, reply.json["status"]) == (200, "ok")
    assert set(reply.json) == ({"status", "version", "profile", "smtp"} if knows else {"status"})


@pytest.mark.parametrize(("bearer", "knows"), [(TOKEN, True), ("another", False), ("", False)])
def test_with_a_token_the_details_need_it(recorded: Service, bearer: str, knows: bool) -> None:
    app = application.serve_grid(recorded.grid, admin_token=TOKEN)
    with app.test_client() as client:
        reply = client.get("/__admin/health", headers={"Authorization": f"Bearer {bearer}"})
    assert (reply.status_code, "version" in reply.json) == (200, knows)


@pytest.mark.parametrize("path", PATHS)
def test_other_verbs_and_heads(recorded: Service, path: str) -> None:
    assert ask(recorded.url, path, method="HEAD").status == 200
    for method in ("POST", "DELETE", "OPTIONS"):
        reply = ask(recorded.url, path, method=method)
        if "__admin" not in path:
            assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")
        elif method != "OPTIONS":
            assert (reply.status, list(reply.json)) == (404, ["errors"])


def test_it_is_not_in_the_journal(own_world: World) -> None:
    for path in ("/healthz", "/readyz", "/__admin/health"):
        assert own_world.service.send("GET", own_world.prefix + path).status == 200
    assert own_world.journal() == []
    # What is beside it is a call.
    own_world.service.send("GET", f"{own_world.prefix}/healthz/more")
    assert len(own_world.journal()) == 1


# The truth


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Process]:
    with Process(tmp_path, f"sqlite:///{tmp_path}/x.db", "--account", f"owner:{PASSWORD}") as process:
        yield process


def becomes(url: str, path: str, status: int) -> str:
    """What it says once it says so, which is soon after each question (SQLite by itself waits 5 seconds)."""
    for _ in range(4):
        began = time.monotonic()
        reply = ask(url, path)
        assert time.monotonic() - began < 3
        if reply.status == status:
            return str(json.loads(reply.text)["status"])
        time.sleep(0.3)
    raise AssertionError(reply)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/__admin/health"])
def test_a_store_that_is_removed_and_comes_back(served: Process, tmp_path: Path, path: str) -> None:
    assert ask(served.url, path).status == 200
    (tmp_path / "x.db").rename(tmp_path / "y.db")
    assert becomes(served.url, path, 503) == "the store's file was removed"
    (tmp_path / "y.db").rename(tmp_path / "x.db")
    assert becomes(served.url, path, 200) == "ok"


def test_a_store_that_another_process_holds(served: Process, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert becomes(served.url, "/readyz", 503) == "another process holds the store"
        other.execute("ROLLBACK")
    assert becomes(served.url, "/readyz", 200) == "ok"


def test_who_waits_for_the_store_does_not_hold_up_the_answer(served: Process, tmp_path: Path) -> None:
    # All threads for writes wait as well; the question has one of its own.
    form = f"api_user=owner&api_key={PASSWORD}&task=set&city=x".encode()
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ExitStack() as stack:
            writers = [stack.enter_context(Wire(served.url)) for _ in range(8)]
            for writer in writers:
                writer.send(request("POST", "/api/profile.set.json", form))
            assert not writers[0].answers_within(0.2)
            assert becomes(served.url, "/readyz", 503) == "another process holds the store"
            other.execute("ROLLBACK")
            for writer in writers:
                assert writer.read().status == 200


def test_the_answer_comes_by_ipv6_too(tmp_path: Path) -> None:
    with Process(tmp_path, "sqlite:///x.db", "--host", "localhost") as process:
        port = int(process.url.rpartition(":")[2])
        with socket.create_connection(("::1", port), timeout=10) as client:
            client.sendall(request("GET", "/healthz", Connection="close"))
            assert client.makefile("rb").read().startswith(b"HTTP/1.1 200 ")
