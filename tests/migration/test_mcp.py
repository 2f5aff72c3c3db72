"""`legacygrid migrate mcp`, through the official SDK's own client: on stdio, and by HTTP on this machine."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import requests
from anyio.from_thread import BlockingPortal, start_blocking_portal
from click.testing import CliRunner
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from legacygrid.cli import main
from legacygrid.migration.control_api import AdminToken
from legacygrid.migration.mcp.answers import Discretion
from legacygrid.migration.mcp.emulator_questions import EmulatorQuestions
from legacygrid.migration.mcp.root_folder import RootFolder
from legacygrid.migration.mcp.server import Questions, make_server
from legacygrid.migration.mcp.source_questions import SourceQuestions
from legacygrid.testing import World
from shell import BIN, environment
from wire import SOON

SECRET = "SG.s3cret-key.of-the-program"
TOKEN = "t0ken-of-http"
ADMIN_TOKEN = "t0ken-of-the-emulator"
SECRETS = (SECRET, TOKEN, ADMIN_TOKEN)
OLD = f"""\
<?php
$url = "https://sendgrid.com/apiv2/customer.monitor.json?api_user=acme&api_key={SECRET}&task=list";
"""
LOG = f"""\
192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET /apiv2/customer.profile.json?api_user=acme&api_key={SECRET}&task=get HTTP/1.1" 200 1
192.0.2.1 - {SECRET} [10/Oct/2023:13:55:37 -0700] "GET /apiv2/customer.disable.json?user=%1b%5b31m HTTP/1.1" 200 1
"""
READING = ["report", "show", "scan", "journal", "outbox"]


class Assistant:
    """A coding assistant that has the tools."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal = portal
        self._client = client

    def tools(self) -> dict[str, Any]:
        """Each tool by its name."""
        return {each.name: each for each in self._portal.call(self._client.list_tools).tools}

    @property
    def instructions(self) -> str:
        return self._client.instructions or ""

    def call(self, name: str, **arguments: Any) -> Any:
        """What a tool answers, which holds no secret and nothing that a terminal obeys."""
        result = self._portal.call(self._client.call_tool, name, arguments)
        whole = result.model_dump_json()
        assert not [each for each in SECRETS if each in whole]
        (text,) = result.content
        assert all(line.isprintable() for line in text.text.split("\n"))
        return result

    def ask(self, name: str, **arguments: Any) -> Any:
        """What it finds."""
        result = self.call(name, **arguments)
        assert not result.is_error, result
        return result.structured_content

    def begin(self, name: str, **arguments: Any) -> "Future[Any]":
        """Call a tool, and do not wait for it."""
        return self._portal.start_task_soon(self._client.call_tool, name, arguments)

    def refused(self, name: str, **arguments: Any) -> str:
        """Why it does not answer."""
        result = self.call(name, **arguments)
        assert result.is_error, result
        return str(result.content[0].text)


@contextmanager
def assistant(server: Any, **headers: str) -> Iterator[Assistant]:
    """An assistant with a server: a process, or a URL that gets these header fields."""
    with start_blocking_portal() as portal, ExitStack() as stack:
        if headers:
            http = stack.enter_context(portal.wrap_async_context_manager(httpx2.AsyncClient(headers=headers)))
            server = streamable_http_client(server, http_client=http)
        client = Client(server)
        with portal.wrap_async_context_manager(client):
            yield Assistant(portal, client)


@contextmanager
def on_stdio(folder: Path, *options: str, **env: str) -> Iterator[Assistant]:
    """An assistant that starts the command in a folder."""
    command = StdioServerParameters(
        command=str(BIN), args=["migrate", "mcp", *options], cwd=folder, env=environment(env)
    )  # fmt: skip
    with assistant(command) as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project, beside what is none of the assistant's business."""
    top = tmp_path_factory.mktemp("mcp")
    (top / "secret.log").write_text(LOG)
    project = top / "project"
    (project / "src").mkdir(parents=True)
    (project / "src" / "old.php").write_text(OLD)
    (project / "access.log").write_text(LOG)
    (project / "logs").mkdir()
    (project / "logs" / "link.log").symlink_to(top / "secret.log")
    (project / "empty").mkdir()
    (project / "nested.known").write_text("[" * 200_000)
    os.mkfifo(project / "pipe.log")
    return project


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[Assistant]:
    """An assistant that may read, on stdio."""
    with on_stdio(folder) as found:
        yield found


def test_tools_say_what_they_do(reader: Assistant) -> None:
    tools = reader.tools()
    assert list(tools) == READING
    assert all(each.annotations.read_only_hint for each in tools.values())
    assert all(each.description and "\n" not in each.description for each in tools.values())
    assert all(each.input_schema["additionalProperties"] is False for each in tools.values())
    assert "`check`, which runs the old program and its port, is off" in reader.instructions
    told = {name: set(each.output_schema["required"]) for name, each in tools.items()}
    assert {"operations", "limits", "more"} <= told.pop("report")
    assert {"findings", "skipped", "more"} <= told.pop("scan")
    assert told == {"show": {"recipes"}, "journal": {"requests"}, "outbox": {"messages"}}


def test_a_call_is_shown(reader: Assistant) -> None:
    (recipe,) = reader.ask("show", operation="/apiv2/customer.disable.json", language="curl")["recipes"]
    assert (recipe["class"], recipe["requests"][0]["template"]) == ("EXACT", "/v3/subusers/{user}")
    assert "curl -sS --fail-with-body -X PATCH" in recipe["code"]["curl"]
    given = {"set": "specify", "ip[]": ["192.0.2.9"]}
    (mail,) = reader.ask("show", operation="mail.send", params={"to[]": "a@b.example"})["recipes"]
    assert mail["requests"][0]["body"]["personalizations"] == [{"to": [{"email": "a@b.example"}]}]
    (recipe,) = reader.ask("show", operation="customer.sendip", task="append", params=given, language="php")["recipes"]
    assert "192.0.2.9" in recipe["code"]["php"]
    assert not any(each["code"] for each in reader.ask("show", operation="customer.apps")["recipes"])


def test_source_code_is_scanned(reader: Assistant) -> None:
    result = reader.call("scan", paths=["src"])
    assert result.content[0].text.startswith("1 call of Web API v2 (1 NONE) and ")
    assert "\nsrc/old.php:2:" in result.content[0].text
    found = result.structured_content
    assert {each["path"] for each in found["findings"]} == {"src/old.php"}
    assert {"v2-call", "trap-secret-in-url"} <= {each["rule"] for each in found["findings"]}
    (first,) = reader.ask("scan", limit=1)["findings"]
    assert first["level"] == "failed"


def test_logs_are_reported(reader: Assistant) -> None:
    told = reader.ask("report", sources=["access.log"], subusers=7)
    assert told["sentence"].startswith("2 calls of Web API v2 by 2 callers, in 2 ways")
    assert {each["title"] for each in told["operations"]} == {"customer.profile task=get", "customer.disable"}
    assert (told["secrets_in_urls"]["calls"], told["subusers"]) == (1, 7)
    assert reader.ask("report", sources=["access.log"], limit=1)["more"] == 1


def test_what_a_baseline_knows_is_not_new(folder: Path, reader: Assistant) -> None:
    for command, source in (("scan", "src"), ("report", "access.log")):
        ran = subprocess.run(
            [BIN, "migrate", command, source, "--write-baseline", f"{command}.known"],
            cwd=folder, capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
    assert reader.ask("scan", paths=["src"], baseline="scan.known")["passed"] is True
    told = reader.ask("report", sources=["access.log"], baseline="report.known")
    assert {each["new"] for each in told["operations"]} == {False}
    assert "baseline of another command" in reader.refused("scan", paths=["src"], baseline="report.known")


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "an operation that v2 had not": ("show", {"operation": "customer.ad"}, "v2 had no customer.ad; did you mean customer.add"),
    "a task that it had not": ("show", {"operation": "customer.limit", "task": "x"}, "customer.limit had no task x; its tasks: "),
    "another language": ("show", {"operation": "customer.add", "language": "cobol"}, "language has to be one of curl, python, node, ruby, php, none"),
    "no operation": ("show", {}, "operation is missing: a string\nshow takes operation, task, params, language"),
    "an argument that there is not": ("show", {"operation": "customer.add", "tsk": SECRET}, "show has no argument tsk; did you mean task?"),
    "the beginning of an argument": ("show", {"operation": "customer.add", "lang": "php"}, "no argument lang; did you mean language?\nshow takes "),
    "one of several, as one": ("scan", {"path": "src"}, "scan has no argument path; did you mean paths?\nscan takes paths, exclude, "),
    "an argument near none": ("scan", {f"{'x' * 50} {SECRET}": ""}, f"scan has no argument {'x' * 50} ***\nscan takes "),
    "a path in place of paths": ("scan", {"paths": "src"}, "paths has to be an array of strings that is not empty"),
    "a path that is a number": ("scan", {"paths": ["src", 3]}, "paths has to be an array of strings"),
    "a parameter that v2 had not": ("show", {"operation": "customer.delete", "params": {"usr": "ada"}}, "no parameter usr; did you mean user?"),
    "a parameter that is empty": ("show", {"operation": "customer.delete", "params": {"user": ""}}, "customer.delete needs user, which is empty"),
    "parameters within parameters": ("show", {"operation": "customer.add", "params": {"a": {"b": "c"}}}, "params has to be an object or null"),
    "a switch that is neither": ("scan", {"vendored": "maybe"}, "vendored has to be true or false"),
    "an operation without a name": ("show", {"operation": ""}, "v2 had no call without a name"),
    "an operation that is long": ("show", {"operation": "x" * 100_000}, f"v2 had no {'x' * 200}..."),
    "a folder above": ("scan", {"paths": [".."]}, ".. is not in the folder that may be read"),
    "a path from the top": ("scan", {"paths": ["/etc/passwd"]}, "/etc/passwd is not in the folder that may be read"),
    "a file above": ("report", {"sources": ["../secret.log"]}, "is not in the folder that may be read"),
    "a file above that is not there": ("report", {"sources": ["../none.log"]}, "is not in the folder that may be read"),
    "a link out of the folder": ("report", {"sources": ["logs"]}, "link.log is not in the folder that may be read"),
    "a link out of the folder, named": ("scan", {"paths": ["logs/link.log"]}, "is not in the folder that may be read"),
    "a file that is not there": ("report", {"sources": ["none.log"]}, "none.log is no file or folder"),
    "a path that is none": ("report", {"sources": ["a\0b"]}, r"a\x00b is no path"),
    "a pipe": ("report", {"sources": ["pipe.log"]}, "pipe.log is no file or folder"),
    "a folder without logs": ("report", {"sources": ["empty"]}, "there is no log, recording or journal"),
    "a file of another kind": ("report", {"sources": ["src/old.php"]}, "src/old.php is no journal, HAR file"),
    "a URL in place of a file": ("report", {"sources": ["http://127.0.0.1:9/"]}, "is no file or folder"),
    "a baseline that is none": ("scan", {"baseline": "access.log"}, "access.log cannot be read"),
    "a baseline that is nested": ("scan", {"baseline": "nested.known"}, "nested.known cannot be read: it is nested too deep"),
    "no paths": ("scan", {"paths": []}, "paths has to be an array of strings that is not empty"),
    "too many findings": ("scan", {"limit": 10**9}, "limit has to be an integer from 1 up to 2000"),
    "a report of no emulator": ("report", {}, "start legacygrid migrate mcp with --url"),
    "a journal of no emulator": ("journal", {}, "no emulator is named"),
    "an outbox of no emulator": ("outbox", {}, "no emulator is named"),
    "a tool that is off": ("check", {"old": "true", "new": "true"}, "There is no tool check\nThe tools are report, show, scan, journal, outbox"),
    "a tool near one": ("scans", {"paths": ["src"]}, "There is no tool scans; did you mean scan?\n"),
    "a tool near none": (f"{'x' * 50} {SECRET} {'y' * 99}", {}, f"There is no tool {'x' * 50} *** {'y' * 9}\n"),
}  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "text"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_wrong_is_told(reader: Assistant, tool: str, arguments: dict[str, Any], text: str) -> None:
    said = reader.refused(tool, **arguments)
    assert text in said
    assert not [each for each in ("Traceback", "pydantic") if each in said]


def test_an_error_that_nobody_foresaw_is_one_line_of_its_kind(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    def fail(*arguments: Any) -> None:
        raise AttributeError(f"no {SECRET}")

    monkeypatch.setattr("legacygrid.migration.mcp.source_questions.read_call", fail)
    token = AdminToken("")
    questions = Questions(SourceQuestions(RootFolder(tmp_path), "", token), EmulatorQuestions("", token), None)
    with assistant(make_server(questions, Discretion([]))) as found:
        said = found.refused("show", operation="customer.add")
    assert re.fullmatch(r"show failed: AttributeError at test_mcp\.py:\d+; this is a mistake of Legacygrid", said)
    assert [each for each in caplog.records if each.exc_info] == []


def test_a_running_emulator_is_asked(legacygrid: World, tmp_path: Path) -> None:
    legacygrid.add_subuser("ada")
    mail = {"from": "acme@example.com", "to": "ada@example.com", "subject": "Hello", "text": f"use {SECRET}"}
    calls = (("mail.send", mail), ("customer.disable", {"user": "ada"}), ("customer.disable", {"user": "nobody"}))
    for operation, params in calls:
        requests.post(legacygrid.url_for(operation), data={**legacygrid.auth, **params}, timeout=10)
    with on_stdio(tmp_path, "--url", legacygrid.url, LEGACYGRID_ADMIN_TOKEN=ADMIN_TOKEN) as found:
        told = found.ask("journal", operation="customer.disable")["requests"]
        assert [(each["outcome"], each["params"]["user"]) for each in told] == [("done", "ada"), ("refused", "nobody")]
        nearest = found.ask("journal", operation="customer.disable", params={"user": "bob"})["nearest"]
        assert nearest["differences"] == [{"field": "params.user", "wanted": "bob", "there": "nobody"}]
        (message,) = found.ask("outbox", to="ada@example.com", whole=True)["messages"]
        assert (message["subject"], message["text"]) == ("Hello", "use ***\r\n")
        assert found.ask("outbox", subject="other")["messages"] == []
        titles = [each["title"] for each in found.ask("report")["operations"]]
        assert sorted(titles) == ["customer.disable", "mail.send"]


def test_what_is_no_emulator_is_told(tmp_path: Path) -> None:
    with on_stdio(tmp_path, "--url", f"http://x:{ADMIN_TOKEN}@127.0.0.1:9") as found:
        for tool in ("journal", "outbox", "report"):
            assert "http://127.0.0.1:9 does not answer" in found.refused(tool)


CALL = "import os, urllib.request as u; u.urlopen(os.environ['LEGACYGRID_URL'] + '/api/profile.get.json?{}')"


@pytest.mark.takes(8)
def test_programs_are_compared_where_that_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(CALL.format("api_user=demo&api_key=demo-password"))
    (tmp_path / "new.py").write_text(CALL.format("api_user=demo&api_key=wrong"))
    seed = {"version": 1, "accounts": [{"username": "demo", "password": "demo-password"}]}
    (tmp_path / "seed.json").write_text(json.dumps(seed))
    with on_stdio(tmp_path, "--allow-writes") as found:
        assert list(found.tools()) == [*READING, "check"]
        assert found.tools()["check"].annotations.read_only_hint is False
        old, new = (f"{sys.executable} {name}.py" for name in ("old", "new"))
        same = found.ask("check", old=old, new=old, seed="seed.json")
        assert (same["passed"], same["calls"]) == (True, {"old": 1, "new": 1})
        result = found.call("check", old=old, new=new, seed="seed.json")
        differs = result.structured_content
        assert (differs["passed"], differs["findings"][0]["area"]) == (False, "calls")
        why = "200 WrongCredentials, api_user 'demo' is known here, and that is not its password"
        assert f"\n  GET /api/profile.get.json: {why}" in result.content[0].text
        assert "command not found" in found.refused("check", old="no-such-program", new=old)
        assert "is not in the folder" in found.refused("check", old=old, new=old, seed="../seed.json")
        assert "the check cannot be started: " in found.refused("check", old="a\0b", new=old)


@pytest.mark.takes(5)
def test_programs_end_with_the_assistant(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "alive")
    (tmp_path / "slow.py").write_text("import time; file = open('alive', 'wb', 0); file.write(b'x'); time.sleep(50)")
    program = f"{sys.executable} slow.py"
    with on_stdio(tmp_path, "--allow-writes") as found:
        called = found.begin("check", old=program, new=program)
        # Each waits for the other one to open it.
        alive = (tmp_path / "alive").open("rb", 0)
        assert alive.read(1) == b"x"
        begun = time.monotonic()
    with alive:
        # That is its end, as it had the only other one.
        assert alive.read() == b""
    assert time.monotonic() - begun < 25
    assert called.exception(timeout=30) is not None


HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


@contextmanager
def called(folder: Path, tool: str, arguments: dict[str, Any], *options: str) -> Iterator[subprocess.Popen[str]]:
    """A server on stdio that was asked something, by an assistant that does not wait for the answer."""
    server = subprocess.Popen(
        [BIN, "migrate", "mcp", *options],
        cwd=folder, env=environment({}), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdin
    assert server.stdout
    call = {"name": tool, "arguments": arguments}
    with server:
        try:
            for method, params in (("initialize", HELLO), ("notifications/initialized", {}), ("tools/call", call)):
                number = {} if method.startswith("notifications") else {"id": 1}
                print(json.dumps({"jsonrpc": "2.0", "method": method, "params": params} | number), file=server.stdin)
            server.stdin.flush()
            yield server
        finally:
            server.kill()


def end_input(server: subprocess.Popen[str]) -> None:
    assert server.stdin
    server.stdin.close()


ENDINGS: dict[str, tuple[Callable[[subprocess.Popen[str]], object], int]] = {
    "its input ends": (end_input, 0),
    "SIGTERM": (lambda server: server.send_signal(signal.SIGTERM), 128 + signal.SIGTERM),
    "Ctrl-C": (lambda server: server.send_signal(signal.SIGINT), 128 + signal.SIGINT),
}


@pytest.mark.parametrize(("end", "status"), ENDINGS.values(), ids=ENDINGS)
def test_it_ends_at_once_beside_an_emulator_that_does_not_answer(
    tmp_path: Path, end: Callable[[subprocess.Popen[str]], object], status: int
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(3 * SOON)  # It starts first.
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with called(tmp_path, "journal", {}, "--url", url) as server, silent.accept()[0]:
            end(server)
            assert server.wait(SOON) == status


@pytest.mark.takes(4)
def test_programs_end_with_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "alive")
    (tmp_path / "slow.py").write_text("import time; file = open('alive', 'wb', 0); file.write(b'x'); time.sleep(50)")
    program = f"{sys.executable} slow.py"
    with (
        called(tmp_path, "check", {"old": program, "new": program}, "--allow-writes") as server,
        (tmp_path / "alive").open("rb", 0) as alive,
    ):
        assert alive.read(1) == b"x"
        server.terminate()
        assert server.wait(SOON) == 128 + signal.SIGTERM
        assert alive.read() == b""


@contextmanager
def by_http(folder: Path, *options: str, **env: str) -> Iterator[str]:
    """The URL of a server in a folder."""
    process = subprocess.Popen(
        [BIN, "migrate", "mcp", "--port", "0", *options],
        cwd=folder, env=environment(env), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr
    hung = threading.Timer(60, process.kill)
    hung.start()
    try:
        line = process.stderr.readline()
        assert line.startswith("Listening on http://127.0.0.1:"), line
        yield line.split()[-1]
    finally:
        hung.cancel()
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=30)
    assert "Traceback" not in rest


#: Header fields by which a page of another site, or of a name that resolves to this machine, would come.
FOREIGN = [({"Host": "evil.example"}, 421), ({"Host": "127.0.0.1:1"}, 421), ({"Origin": "http://evil.example"}, 403)]
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


def test_this_machine_alone_is_served_by_http(folder: Path) -> None:
    accepted = {"Accept": "application/json, text/event-stream"}
    with by_http(folder) as url:
        with assistant(url) as found:
            assert list(found.tools()) == READING
            assert found.ask("scan", paths=["src"])["passed"] is False
        for headers, status in FOREIGN:
            assert requests.post(url, json=PING, headers=accepted | headers, timeout=10).status_code == status


def test_http_ends_soon_beside_an_emulator_that_does_not_answer(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ExitStack() as server:
        silent.settimeout(3 * SOON)  # It starts first.
        url = server.enter_context(by_http(folder, "--url", f"http://127.0.0.1:{silent.getsockname()[1]}"))
        with assistant(url) as found:
            call = found.begin("journal")
            with silent.accept()[0]:
                begun = time.monotonic()
                server.close()
                assert time.monotonic() - begun < SOON
            call.cancel()


def test_a_token_is_asked_for_by_http(folder: Path) -> None:
    with by_http(folder, "--allow-writes", LEGACYGRID_MCP_TOKEN=TOKEN) as url:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "é"}):
            assert requests.post(url, json=PING, headers=headers, timeout=10).status_code == 401
        with assistant(url, Authorization=f"Bearer {TOKEN}") as found:
            assert list(found.tools()) == [*READING, "check"]


def mcp(*arguments: str) -> tuple[int, str]:
    """The command's exit status, and what it says."""
    result = CliRunner().invoke(main, ["migrate", "mcp", *arguments])
    return result.exit_code, " ".join(result.output.split())


def test_programs_are_not_run_by_http_for_anybody() -> None:
    code, said = mcp("--allow-writes", "--port", "0")
    assert (code, "set LEGACYGRID_MCP_TOKEN" in said) == (2, True), said


def test_without_the_sdk_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert mcp() == (
        2, "Error: mcp is missing, which speaks the protocol; to install it: pip install 'legacygrid[mcp]'"
    )  # fmt: skip
