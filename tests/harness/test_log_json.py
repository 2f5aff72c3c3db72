"""`--log-format json`: one object a line, with the same members in each line on a call."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from emulator import PASSWORD
from legacygrid.harness.calls import Call
from legacygrid.harness.log import JsonLines, write_info
from wire import Process, Wire, fields, request

OF_ALL = ["time", "level", "logger", "message"]
OF_CALLS = [
    *OF_ALL, "operation", "task", "method", "path", "format", "world", "account", "caller", "status", "outcome", "ms",
    "fault", "refused", "said", "evidence", "hints", "tolerated",
]  # fmt: skip


@pytest.mark.waits
@pytest.mark.parametrize("workers", ["1", "2"])
def test_each_line_of_a_server_is_an_object(tmp_path: Path, workers: str) -> None:
    store, account = f"sqlite:///{tmp_path}/store.db", f"acme:{PASSWORD}"
    options = ("--account", account, "--log-format", "json", "--workers", workers)
    with Process(tmp_path, store, *options, is_quiet=False) as server, Wire(server.url) as wire:
        for name in ("profile.get", "customer.nothing"):
            wire.send(request("POST", f"/api/{name}.json", fields("acme"))).read()
        wire.send(request("POST", "/api/profile.get.json", fields("acme", api_key="wrong"))).read()
    calls = [each for each in read(server.log) if each["logger"] == "legacygrid.calls"]
    assert {tuple(each) for each in calls} == {tuple(OF_CALLS)}
    told = [(each["operation"], each["outcome"], each["refused"]) for each in calls]
    assert sorted(told, key=str) == [
        ("", "unmatched", "UnknownMethod"),
        ("profile.get", "done", None),
        ("profile.get", "refused", "WrongCredentials"),
    ]
    assert "wrong" not in server.log.read_text()


def read(log: Path) -> list[dict[str, Any]]:
    """All that was logged; what the banner says is no log."""
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


@pytest.fixture
def written(tmp_path: Path) -> Any:
    logger, path = logging.Logger("some", logging.INFO), tmp_path / "log"
    with path.open("w", buffering=1) as file:
        logger.addHandler(JsonLines(file))
        yield logger, path


def test_any_line_is_an_object(written: Any) -> None:
    logger, path = written
    logger.warning('a "line" of\n%s', "others")
    (line,) = read(path)
    assert list(line) == OF_ALL
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "some", 'a "line" of\nothers')


LONG = "\N{DROMEDARY CAMEL}\ud800" * 5000
TOO_LONG = {
    "a name": Call("POST", "/api/x.json", operation="x", caller=LONG, world=LONG),
    "hints": Call("POST", "/api/x.json", operation="x", hints=[LONG] * 50),
}


@pytest.mark.parametrize("call", TOO_LONG.values(), ids=TOO_LONG)
def test_a_line_that_a_pipe_would_not_take_is_cut_where_it_stays_an_object(written: Any, call: Call) -> None:
    logger, path = written
    write_info(logger, call)
    (line,) = read(path)
    assert list(line) == [*OF_CALLS, "cut"]
    assert path.stat().st_size < 4096
