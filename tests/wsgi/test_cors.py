"""Calls from pages of other sites in a browser."""

import http.server
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner
from flask import Flask

from emulator import PASSWORD, Reply, Service, World
from legacygrid import app as application
from legacygrid import config
from legacygrid.grid import Grid
from legacygrid.models.database import Store
from legacygrid.serializers import profiles

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGE = "http://localhost:3000"
OTHER = "https://harness.example"


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    """A page of another site; its origin."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def opened(grid: Grid, *origins: str, **more: Any) -> Flask:
    return application.open_to_pages(application.serve_grid(grid, **more), origins)


@pytest.fixture(scope="module")
def shared(store: Store, stranger: str) -> Iterator[Service]:
    """An emulator that pages of three origins may call."""
    service = Service(store, profiles.profile("recorded"))
    service.server.bridge.app = opened(service.grid, PAGE, OTHER, stranger)
    yield service
    service.stop()


@pytest.fixture(scope="module")
def public(store: Store) -> Iterator[Service]:
    """An emulator that every page may call."""
    service = Service(store, profiles.profile("recorded"))
    service.server.bridge.app = opened(service.grid, "*")
    yield service
    service.stop()


def ask(service: Service, method: str, target: str, origin: str, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return service.send(method, target, None, {"Origin": origin, **named})


def cors(reply: Reply) -> dict[str, str]:
    return {
        name.lower()[15:]: value for name, value in reply.headers.items() if name.lower().startswith("access-control-")
    }


TARGETS = ["/api/profile.get.json", "/v3/users/smtp/view", "/no/such", "/__admin/requests", "/~w/__admin/faults", "/"]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("origin", [PAGE, "HTTP://LOCALHOST:3000", OTHER])
def test_a_page_that_is_named_may_read(shared: Service, target: str, origin: str) -> None:
    reply = ask(shared, "GET", target, origin)
    assert reply.status != 403
    assert cors(reply) == {"allow-origin": origin, "expose-headers": "*"}
    assert "Origin" in reply.headers.get_all("Vary", [])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("origin", ["http://localhost:3001", "https://localhost:3000", "http://localhost", "null", ""])
def test_another_page_may_not(shared: Service, recorded: Service, target: str, origin: str) -> None:
    reply = ask(shared, "GET", target, origin)
    assert cors(reply) == {}
    assert reply.status == ask(recorded, "GET", target, origin).status
    assert (reply.status == 403) == ("__admin" in target and origin != "")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("origin", [PAGE, "null", "https://evil.example"])
def test_every_page_may_read_where_all_may(public: Service, target: str, origin: str) -> None:
    reply = ask(public, "GET", target, origin)
    assert cors(reply) == {"allow-origin": "*", "expose-headers": "*"}
    assert reply.status != 403


@pytest.mark.parametrize("target", TARGETS)
def test_a_browser_asks_first(shared: Service, own_world: World, target: str) -> None:
    wish = {
        "Access_Control_Request_Method": "PATCH",
        "Access_Control_Request_Headers": "authorization,x-smtp2go-api-key",
    }
    before = len(own_world.service.grid.journal.find_newest(lambda call: True))
    reply = ask(shared, "OPTIONS", target, PAGE, **wish)
    assert (reply.status, reply.body) == (204, b"")
    assert cors(reply) == {
        "allow-origin": PAGE, "allow-methods": "PATCH", "allow-headers": "authorization,x-smtp2go-api-key", "max-age": "600",
    }  # fmt: skip
    assert cors(ask(shared, "OPTIONS", target, "https://evil.example", **wish)) == {}
    assert len(own_world.service.grid.journal.find_newest(lambda call: True)) == before


def test_what_a_browser_asks_is_not_repeated_blindly(shared: Service) -> None:
    odd = {
        "Access_Control_Request_Method": "GET;x",
        "Access_Control_Request_Headers": "a: b",
        "Access_Control_Request_Private_Network": "true",
    }
    assert cors(ask(shared, "OPTIONS", "/", PAGE, **odd)) == {
        "allow-origin": PAGE, "max-age": "600", "allow-private-network": "true",
    }  # fmt: skip


def test_an_options_of_a_client_is_a_call(shared: Service) -> None:
    reply = ask(shared, "OPTIONS", "/api/profile.get.json", PAGE)
    assert (reply.status, reply.headers["Allow"] is not None) == (204, True)


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("target", ["/console/login", "/~w/console/login", "/console/messages", "/console"])
def test_no_page_may_read_the_console(public: Service, method: str, target: str) -> None:
    assert cors(ask(public, method, target, PAGE, Access_Control_Request_Method="POST")) == {}


def test_the_host_is_looked_at_all_the_same(public: Service) -> None:
    assert ask(public, "GET", "/__admin/state", PAGE, Host="evil.example").status == 403


def test_with_a_token_a_page_needs_it(store: Store, shared: Service) -> None:
    closed = opened(shared.grid, PAGE, admin_token="the-token")
    with closed.test_client() as client:
        refused = client.get("/__admin/requests", headers={"Origin": PAGE})
        assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, PAGE)
        bearer = {"Origin": PAGE, "Authorization": "Bearer the-token"}
        assert client.get("/__admin/requests", headers=bearer).status_code == 200


def test_nothing_is_said_without_the_setting(recorded: Service) -> None:
    for target in TARGETS:
        assert cors(ask(recorded, "GET", target, PAGE)) == {}


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("http://localhost:3000", "http://localhost:3000"),
        ("HTTPS://Harness.Example/", "https://harness.example"),
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:443", "http://a.example:443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("*", "*"),
        ("localhost:3000", None),
        ("http://a.example/path", None),
        ("http://user@a.example", None),
        ("ftp://a.example", None),
        ("http://", None),
        ("http://a.example?x", None),
        ("null", None),
        ("http://a b", None),
        ("", None),
    ],
)
def test_an_origin_of_the_command_line(given: str, taken: str | None) -> None:
    @click.command()
    @config.options
    def show(**params: Any) -> None:
        click.echo(config.settings(params).cors)

    done = CliRunner().invoke(show, ["--cors", given, "--cors", OTHER])
    if taken is None:
        assert (done.exit_code, "is no origin; write http://localhost:3000, or *" in done.output) == (2, True)
    else:
        assert done.output == f"{(taken, OTHER)}\n"


SCRIPT = """async ([base, user, key]) => {
    const call = new URLSearchParams({api_user: user, api_key: key, task: 'get'});
    const read = async (...request) => {
        try { const answer = await fetch(...request); return [answer.status, await answer.text()]; }
        catch (error) { return [0, error.name]; }
    };
    return {
        form: await read(base + '/apiv2/customer.profile.json', {method: 'POST', body: call}),
        json: await read(base + '/v3/users/smtp/view', {method: 'POST', body: '{}', headers: {'X-Smtp2go-Api-Key': 'x', 'Content-Type': 'application/json'}}),
        admin: await read(base + '/__admin/faults', {method: 'DELETE'}),
        console: await read(base + '/console/login', {credentials: 'include'}),
    };
}"""


def test_a_browser(chromium: "Browser", store: Store, shared: Service, recorded: Service, stranger: str) -> None:
    import browser

    world = World(shared)
    with browser.loop_of(chromium):
        page = chromium.new_page()
        page.goto(stranger)
        told = page.evaluate(SCRIPT, [shared.url, world.name, PASSWORD])
        untold = page.evaluate(SCRIPT, [recorded.url, world.name, PASSWORD])
        page.close()
    statuses = {name: status for name, (status, _) in told.items()}
    assert statuses == {"form": 200, "json": 400, "admin": 200, "console": 0}
    assert told["form"][1] == "[]"
    assert {status for status, _ in untold.values()} == {0}
