"""docs/harness.md, docs/control-api.md and README: every snippet does what it says."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator import Service
from legacygrid.endpoints.control.fault_schemas import FaultSchema
from legacygrid.endpoints.control.messages import MessageListSchema
from legacygrid.endpoints.control.requests import CallListSchema
from legacygrid.endpoints.control.schemas import EventSchema, ResetSchema
from paths import ROOT
from projects import environment, pytest_in
from wire import Process

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

PAGE = (ROOT / "docs/harness.md").read_text(encoding="utf-8")
CONTROL = (ROOT / "docs/control-api.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def test_the_python_of_the_page_and_of_the_readme(tmp_path: Path) -> None:
    snippets = blocks(PAGE, "python") + blocks(README, "python")
    for number, snippet in enumerate(snippets):
        (tmp_path / f"test_{number}.py").write_text(snippet)
    ran = pytest_in(tmp_path, "-rf")
    assert ran.counts() == {"passed": sum(snippet.count("def test_") for snippet in snippets)}, ran.out


def test_the_settings_of_the_page(tmp_path: Path) -> None:
    (ini,) = blocks(PAGE, "ini")
    (tmp_path / "pytest.ini").write_text(ini)
    (tmp_path / "test_profile.py").write_text(
        "def test_profile(legacygrid_server): assert legacygrid_server.health()['profile'] == 'documented'\n"
    )
    assert pytest_in(tmp_path, "--strict-config").counts() == {"passed": 1}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with Process(tmp_path_factory.mktemp("server"), "sqlite:///:memory:") as process:
        yield process


#: The server runs, the package is installed, and pytest ran the page's tests above.
AROUND = "set -euo pipefail; legacygrid() { :; }; pip() { :; }; pytest() { :; }\n"


def test_the_shell_of_the_pages(server: Process, tmp_path: Path) -> None:
    for script in blocks(PAGE, "sh") + blocks(CONTROL, "sh"):
        script = AROUND + script.replace("http://127.0.0.1:8026", server.url).replace("curl ", "curl -sS ")
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, script + done.stdout + done.stderr


def test_the_first_calls_of_the_readme(tmp_path: Path) -> None:
    """The block that says `serve` and the one for the other terminal, with the store in a folder."""
    scripts = blocks(README, "sh")
    (start,) = [script for script in scripts if "--smtp-port" in script]
    (calls,) = [script for script in scripts if "smtp://" in script]
    options = start.split("legacygrid serve ")[1].replace("2525", "0").split()
    with Process(tmp_path, "sqlite:///legacygrid.db", *options) as server:
        smtp = re.search(r"^SMTP on (.*)$", server.told, re.MULTILINE)
        assert smtp
        script = calls.replace("http://127.0.0.1:8026", server.url).replace("127.0.0.1:2525", smtp[1])
        script = "set -euo pipefail\n" + script.replace("curl ", "curl -sS -w '\\n' ").replace(
            ". .venv/bin/activate\n", ""
        )
        env = environment() | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    subusers, profile, users, mori, bounces, user, info, outbox = filter(None, done.stdout.splitlines())
    assert json.loads(subusers)[0]["username"] == "ada"
    assert json.loads(profile)["first_name"] == "Ada"
    assert json.loads(users)["data"]["results"] == []
    assert (mori, json.loads(bounces)) == ("added mori@example.jp", {"bounces": []})
    assert user == "added apiuser-0123456789ab@apiconnector.com"
    assert json.loads(info)["properties"][0]["value"] == "Example"
    (message,) = json.loads(outbox)["messages"]
    assert (message["via"], message["subject"], message["from"]) == ("smtp", "Hello", "a@example.com")


@pytest.mark.vendors
@pytest.mark.parametrize(
    ("command", "output"),
    [
        (["php", "examples/php/harness.php"], "ok - every call"),
        (["node", "--test", "examples/node/harness.test.mjs"], "fail 0"),
    ],
    ids=["php", "node"],
)
def test_the_same_in_other_languages(server: Process, command: list[str], output: str) -> None:
    env = environment(LEGACYGRID_URL=server.url)
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert output in done.stdout


def test_the_table_tells_every_endpoint_and_field(recorded: Service) -> None:
    routes = [
        f"`{method} {rule.rule.removeprefix('/__admin/').replace('<int:number>', 'ID').replace('<int:place>', 'PLACE').replace('<name>', 'NAME')}`"
        for rule in recorded.app.url_map.iter_rules()
        if rule.endpoint.startswith("control.") and rule.endpoint != "control.unknown"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    assert len(routes) > 22
    # The index is told of above the table.
    assert [route for route in routes if route not in CONTROL and route != "`GET `"] == []
    messages = {
        field.data_key or name
        for schema in (MessageListSchema(), EventSchema())
        for name, field in schema.fields.items()
    }
    fields = {*CallListSchema().fields, *FaultSchema().fields, *messages, "only", "account"}
    assert {name for name in fields if f"`{name}`" not in PAGE + CONTROL} == set()
    assert set(ResetSchema().fields) == {"account", "parts"}
