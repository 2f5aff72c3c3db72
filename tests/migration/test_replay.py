"""`legacygrid replay`: a journal or a HAR file is played against a server, and answers are compared."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from emulator import NEW, PASSWORD
from legacygrid.cli import main
from wire import Process, Wire, fields, request

pytestmark = pytest.mark.waits
KEY = "SG." + "k" * 22 + "." + "s" * 43


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("replay")
    options = ("--account", f"acme:{PASSWORD}", "--key", f"acme:{KEY}", "--no-limits")
    with Process(folder, f"sqlite:///{folder}/store.db", *options) as process:
        yield process


@pytest.fixture
def fresh_server(server: Process) -> Process:
    """Nothing of earlier tests is in it."""
    ask(server, "POST", "/__admin/reset", b"")
    return server


def ask(server: Process, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
    with Wire(server.url) as wire:
        return wire.send(request(method, path, body, **headers)).read()


def work(server: Process) -> None:
    """What a client does: one of each kind."""
    ask(server, "POST", "/apiv2/customer.add.json", fields("acme", **NEW | {"username": "ada"}))
    ask(server, "GET", f"/api/profile.get.xml?{fields('acme').decode()}")
    ask(server, "POST", "/apiv2/customer.profile.json", fields("acme", task="get", username="ada"))
    ask(server, "GET", "/v3/subusers?limit=5", None, Authorization=f"Bearer {KEY}")
    patch = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    with Wire(server.url) as wire:
        wire.send(request("PATCH", "/v3/subusers/ada", b'{"disabled": true}', **patch)).read(bodiless=True)
    ask(server, "POST", "/apiv2/customer.nothing.json", fields("acme"))


def replay(file: Path, server: Process, *options: str) -> Result:
    return CliRunner().invoke(main, ["replay", str(file), "--to", server.url, *options])


def save(server: Process, folder: Path, suffix: str) -> Path:
    file = folder / f"journal.{suffix}"
    answer = ask(server, "GET", f"/__admin/requests.{suffix}")
    assert answer.status == 200
    assert PASSWORD.encode() not in answer.body
    assert KEY.encode() not in answer.body
    file.write_bytes(answer.body)
    return file


@pytest.mark.parametrize("suffix", ["har", "jsonl"])
def test_a_journal_is_played_again(fresh_server: Process, tmp_path: Path, suffix: str) -> None:
    work(fresh_server)
    file = save(fresh_server, tmp_path, suffix)
    done = replay(file, fresh_server, "--login", f"acme:{PASSWORD}", "--login", f"acme:{KEY}")
    assert (done.exit_code, done.output) == (0, "6 requests: 6 same\n")


def test_a_har_file_is_one(fresh_server: Process, tmp_path: Path) -> None:
    work(fresh_server)
    archive = json.loads(save(fresh_server, tmp_path, "har").read_bytes())["log"]
    assert (archive["version"], archive["creator"]["name"]) == ("1.2", "Legacygrid")
    entries = {each["_legacygrid"]["operation"]: each for each in archive["entries"]}
    added = entries["customer.add"]
    assert added["request"]["url"].endswith("/apiv2/customer.add.json")
    assert {"name": "username", "value": "ada"} in added["request"]["postData"]["params"]
    assert (added["response"]["status"], added["response"]["content"]["size"]) == (200, -1)


def entry(path: str, body: bytes, status: int, said: str | None) -> dict[str, Any]:
    """As a proxy or a browser records it."""
    content = {"size": 0, "mimeType": "application/json"} | ({} if said is None else {"text": said})
    posted = {"mimeType": "application/x-www-form-urlencoded", "text": body.decode()}
    headers = [{"name": "Host", "value": "api.sendgrid.com"}, {"name": ":method", "value": "POST"}]
    asked = {"method": "POST", "url": f"https://api.sendgrid.com{path}", "headers": headers, "postData": posted}
    answered = {"status": status, "content": content}
    return {"startedDateTime": "2012-01-01T00:00:00Z", "time": 1, "request": asked, "response": answered}


GET_ADA = fields("acme", task="get", username="ada")
#: What was recorded of listing subusers where there are none, and what is said of it.
RECORDED = {
    "the same": (200, "[]", 0, "1 requests: 1 same"),
    "the same, laid out in another way": (200, "[\n]", 0, "1 requests: 1 same"),
    "no body": (200, None, 0, "1 requests: 1 same"),
    "another status": (401, "[]", 1, "differs: status 401 was recorded, 200 is answered"),
    "another list": (200, '[{"username":"bob"}]', 1, "the list: 1 were recorded, 0 are answered"),
    "another kind": (200, '{"a":1}', 1, "the body: {'a': 1} was recorded, [] is answered"),
    "no JSON": (200, "<x/>", 1, "byte 0: '<x/>' was recorded, '[]' is answered"),
    "never answered": (0, None, 1, "not sent: it was not answered when it was recorded"),
}


@pytest.mark.parametrize(("status", "said", "code", "told"), RECORDED.values(), ids=RECORDED)
def test_what_differs_is_told(
    fresh_server: Process, tmp_path: Path, status: int, said: str | None, code: int, told: str
) -> None:
    file = tmp_path / "recorded.har"
    recorded = entry("/apiv2/customer.profile.json", fields("acme", task="get"), status, said)
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": [recorded]}}))
    done = replay(file, fresh_server)
    assert (done.exit_code, told in done.output) == (code, True), done.output
    assert PASSWORD not in done.output


def test_requests_that_cannot_be_sent_are_told(fresh_server: Process, tmp_path: Path) -> None:
    work(fresh_server)
    done = replay(save(fresh_server, tmp_path, "jsonl"), fresh_server)
    assert "the secret of acme is not known" in done.output
    assert done.exit_code == 1


#: What is wrong, and what is said of it.
WRONG = {
    "no file of requests": ("a,b\n", (), "is no HAR file, and no journal in JSON or JSON Lines"),
    "no request": ('{"entries": [{"a": 1}]}', (), "entry 1 is no request"),
    "half a file": ('{"entries": [{"a": ', (), "cannot be read"),
    "another machine": ("{}", ("--to", "http://192.0.2.1/"), "is no server of this machine"),
    "nobody there": (
        json.dumps({"entries": [entry("/", b"", 200, "")]}),
        ("--to", "http://127.0.0.1:1"),
        "does not answer",
    ),
}


@pytest.mark.parametrize(("text", "options", "told"), WRONG.values(), ids=WRONG)
def test_mistakes(tmp_path: Path, text: str, options: tuple[str, ...], told: str) -> None:
    file = tmp_path / "file"
    file.write_text(text)
    done = CliRunner().invoke(main, ["replay", str(file), *options])
    assert (done.exit_code, told in done.output) == (2, True), done.output
