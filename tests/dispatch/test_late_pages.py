"""What answers beside the calls is added when it is needed, and imported no sooner."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emulator import Service
from legacygrid.app import serve_grid
from legacygrid.wsgi.application import Application


@pytest.fixture
def app(recorded: Service) -> Application:
    return serve_grid(recorded.grid)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/__admin/clock", 200), ("/__admin/nothing", 404), ("/", 200), ("/favicon.ico", 204), ("/nothing.json", 404)],
)
def test_the_first_request_for_a_page_is_answered(app: Application, path: str, status: int) -> None:
    client = app.test_client()
    assert client.get("/api/profile.get.json").status_code == 200
    assert client.get("/__admin/health").status_code == 200
    assert not app.blueprints
    assert [client.get(path).status_code for _ in range(2)] == [status] * 2
    assert "control" in app.blueprints


def test_many_at_once_are_answered(app: Application) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: app.test_client().get("/__admin/clock").status_code, range(8)))
    assert answers == [200] * 8


def test_they_are_added_beside_the_server_and_listed(app: Application, recorded: Service) -> None:
    app.complete()
    app.complete()
    assert "control" in app.blueprints
    other = serve_grid(recorded.grid)
    rules = [{rule.rule for rule in each.url_map.iter_rules()} for each in (app, other)]
    assert rules[0] == rules[1]


#: What no start waits for: what answers beside the calls, and what few emulators are started with.
LATE = {
    "dicttoxml",
    "flask",
    "jinja2",
    "legacygrid.console.app",
    "legacygrid.endpoints.control.api",
    "legacygrid.harness.relay",
    "legacygrid.harness.seeds",
    "legacygrid.harness.webhooks.turns",
    "legacygrid.server.proxy",
    "legacygrid.server.smtp",
    "legacygrid.wsgi.application",
    "smtplib",
    "trustme",
    "urllib3",
}
STARTED = """
import sys
from wsgiref.util import setup_testing_defaults
from legacygrid.commands import serve
from legacygrid.app import open_emulator
from legacygrid.config import Settings
from legacygrid.server.server import Server

app = open_emulator(Settings(database="sqlite:///new.db", bcrypt_cost=4))
Server(app)

def ask(path):
    environ = {"PATH_INFO": path, "REMOTE_ADDR": "127.0.0.1"}
    setup_testing_defaults(environ)
    return b"".join(app(environ, lambda status, headers: None))

assert b'"ok"' in ask("/__admin/health")
assert b"error" in ask("/api/profile.get.json")
print(*sys.modules)
assert b"now" in ask("/__admin/clock")
assert "flask" in sys.modules
"""


def test_no_start_and_no_call_imports_them(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTED]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert LATE & set(ran.stdout.split()) == set()
