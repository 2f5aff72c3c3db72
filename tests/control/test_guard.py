"""Who may use the control API."""

from typing import Any

import pytest
from flask import Flask

from emulator import Service, World
from legacygrid import app as application
from shell import Shell

TOKEN = "a-token-of-the-tests"
LOCAL = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8026"}
TARGETS = [
    ("GET", "routes"), ("GET", "fidelity"), ("GET", "metrics"), ("POST", "reset"),
    ("GET", "state"), ("PUT", "state"), ("DELETE", "state"), ("POST", "seed"), ("GET", "requests"), ("DELETE", "requests"),
    ("POST", "requests/count"), ("POST", "requests/find"), ("GET", "requests/unmatched"), ("GET", "requests/1"),
    ("GET", "faults"), ("POST", "faults"), ("DELETE", "faults"), ("DELETE", "faults/1"), ("GET", "clock"),
    ("PUT", "clock"), ("GET", "messages"), ("DELETE", "messages"), ("POST", "messages/find"), ("GET", "messages/1"),
    ("GET", "messages/1/raw"), ("GET", "messages/1/source"), ("GET", "messages/1/text"), ("GET", "messages/1/html"),
    ("GET", "messages/1/files/1"), ("DELETE", "messages/1"), ("POST", "messages/1/events"), ("POST", "messages/1/relay"), ("GET", "snapshots"),
    ("DELETE", "snapshots"), ("PUT", "snapshots/a"), ("POST", "snapshots/a"), ("DELETE", "snapshots/a"),
    ("GET", "requests.har"), ("GET", "requests.jsonl"), ("GET", "openapi.json"), ("GET", "openapi/a.json"), ("GET", "webhooks"), ("DELETE", "webhooks"), ("GET", "webhooks/1"), ("GET", "webhooks/1/body"), ("POST", "webhooks/flush"),
    ("GET", "webhooks/faults"), ("PUT", "webhooks/faults"), ("GET", "webhooks/signing"), ("PUT", "webhooks/signing"), ("GET", ""),
    ("GET", "nothing"),
    ("GET", "suppressions"), ("POST", "suppressions"), ("DELETE", "suppressions"), ("POST", "inbound"),
]  # fmt: skip


@pytest.fixture
def shell(tmp_path: Any) -> Shell:
    return Shell(tmp_path)


@pytest.fixture(scope="module")
def closed(recorded: Service) -> Flask:
    return application.serve_grid(recorded.grid, admin_token=TOKEN)


def status(app: Flask, method: str, target: str, **environ: str) -> int:
    with app.test_client() as client:
        overrides = LOCAL | environ
        return client.open(f"/~guarded/__admin/{target}", method=method, environ_overrides=overrides).status_code


def test_every_rule_is_in_the_table(recorded: Service) -> None:
    rules = {
        (
            method,
            rule.rule.removeprefix("/__admin/")
            .replace("<int:number>", "1")
            .replace("<int:place>", "1")
            .replace("<name>", "a"),
        )
        for rule in recorded.app.url_map.iter_rules()
        if rule.endpoint.startswith("control.") and rule.endpoint != "control.unknown"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert rules == set(TARGETS) - {("GET", "nothing")}


@pytest.mark.parametrize(("method", "target"), TARGETS)
def test_with_a_token_nothing_works_without_it(closed: Flask, method: str, target: str) -> None:
    assert status(closed, method, target) == 401
    assert status(closed, method, target, HTTP_AUTHORIZATION="Bearer another") == 401
    assert status(closed, method, target, HTTP_AUTHORIZATION="Bearer \xff") == 401
    assert status(closed, method, target, REMOTE_ADDR="192.0.2.1") == 401


@pytest.mark.parametrize("address", ["127.0.0.1", "192.0.2.1"])
def test_with_the_token_any_machine_may(closed: Flask, address: str) -> None:
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}", "HTTP_HOST": "emulator.example"}
    assert status(closed, "GET", "requests", REMOTE_ADDR=address, **bearer) == 200


@pytest.mark.parametrize(("method", "target"), TARGETS)
def test_without_a_token_this_machine_alone_may(recorded: Service, method: str, target: str) -> None:
    assert status(recorded.app, method, target, REMOTE_ADDR="192.0.2.1") == 403
    assert status(recorded.app, method, target, REMOTE_ADDR="") == 403


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, 200),
        ({"REMOTE_ADDR": "::1", "HTTP_HOST": "[::1]:8026"}, 200),
        ({"HTTP_HOST": "localhost"}, 200),
        ({"HTTP_HOST": "evil.example"}, 403),
        ({"HTTP_HOST": "api.sendgrid.com"}, 200),
        ({"HTTP_HOST": "api.sendgrid.com", "REMOTE_ADDR": "192.0.2.1"}, 403),
        ({"HTTP_ORIGIN": "http://127.0.0.1:8026"}, 200),
        ({"HTTP_ORIGIN": "http://evil.example"}, 403),
        ({"HTTP_ORIGIN": "http://127.0.0.1:9999"}, 403),
        ({"HTTP_ORIGIN": "null"}, 403),
        ({"HTTP_X_FORWARDED_FOR": "192.0.2.1"}, 403),
        ({"HTTP_FORWARDED": "for=192.0.2.1"}, 403),
        ({"HTTP_VIA": "1.1 proxy"}, 403),
    ],
    ids=str,
)
def test_no_page_of_a_browser_may(recorded: Service, environ: dict[str, str], expected: int) -> None:
    assert status(recorded.app, "GET", "requests", **environ) == expected


def test_it_can_be_left_out(recorded: Service) -> None:
    bare = application.serve_grid(recorded.grid, with_admin=False)
    for method, target in TARGETS:
        with bare.test_client() as client:
            reply = client.open(f"/__admin/{target}", method=method, environ_overrides=LOCAL)
            assert reply.get_data() == b'{"error":{"code":"404","message":null}}'


@pytest.mark.parametrize("way", ["flag", "stdin", "environment"])
def test_the_command_sets_a_token(shell: Shell, way: str) -> None:
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    flags = {"flag": ["--admin-token", TOKEN], "stdin": ["--admin-token", "-"], "environment": []}[way]
    env = {"LEGACYGRID_ADMIN_TOKEN": TOKEN} if way == "environment" else {}
    with shell.serving("--port", "0", *flags, stdin=f"{TOKEN}\n" if way == "stdin" else "", **env) as served:
        with pytest.raises(HTTPError, match="401"):
            urlopen(f"{served.url}/__admin/requests")
        request = Request(f"{served.url}/__admin/requests", headers={"Authorization": f"Bearer {TOKEN}"})
        assert urlopen(request).status == 200
        assert TOKEN not in served.log.read_text()


def test_the_command_leaves_it_out(shell: Shell) -> None:
    from urllib.error import HTTPError
    from urllib.request import urlopen

    with shell.serving("--port", "0", "--no-admin") as served, pytest.raises(HTTPError, match="404"):
        urlopen(f"{served.url}/__admin/requests")


def test_a_reset_of_everything_goes_back_to_the_start(shell: Shell) -> None:
    from urllib.request import Request, urlopen

    def post(served: Any, target: str, body: bytes = b"{}") -> None:
        urlopen(Request(served.url + target, body, {"Content-Type": "application/json"})).close()

    with shell.serving("--port", "0", "--demo", "--database", "sqlite:///:memory:") as served:
        before = urlopen(f"{served.url}/__admin/state").read()
        post(served, "/__admin/seed", b'{"version":1,"accounts":[{"username":"acme","password":"secret-1"}]}')
        post(served, "/~t1/__admin/seed", b'{"version":1,"accounts":[{"username":"acme","password":"secret-1"}]}')
        served.call("/apiv2/customer.delete.json", api_user="demo", api_key="demo-password", user="ada")
        assert urlopen(f"{served.url}/__admin/state").read() != before
        for _ in range(2):
            post(served, "/__admin/reset")
            assert urlopen(f"{served.url}/__admin/state").read() == before
            assert urlopen(f"{served.url}/~t1/__admin/state").read() == b'{"version":1,"accounts":[]}\n'
            assert urlopen(f"{served.url}/__admin/requests").read() == b'{"requests":[]}\n'


def test_the_journal_is_as_long_as_is_said(shell: Shell) -> None:
    from urllib.request import urlopen

    with shell.serving("--port", "0", "--demo", "--journal", "2") as served:
        for name in ("one", "two", "three"):
            served.call("/apiv2/customer.enable.json", api_user="demo", api_key="demo-password", user=name)
        assert urlopen(f"{served.url}/__admin/requests").read().count(b'"operation":"customer.enable"') == 2


def test_worlds_are_not_in_an_export(shell: Shell, own_world: World) -> None:
    assert own_world.name not in own_world.service.send("GET", "/__admin/state").text
