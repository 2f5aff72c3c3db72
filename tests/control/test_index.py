"""`GET /__admin/`: what somebody finds who asks what there is."""

import json

import pytest

from emulator import Service


@pytest.mark.parametrize("path", ["/__admin/", "/__admin", "/~index/__admin/"])
def test_a_program_gets_a_list(recorded: Service, path: str) -> None:
    reply = recorded.send("GET", path)
    assert reply.status == 200
    rows = json.loads(reply.body)["requests"]
    told = {(row["method"], row["path"]): row["does"] for row in rows}
    assert told["GET", "/__admin/requests/{number}"]
    assert told["POST", "/__admin/faults"] == "Set a fault."
    assert told["GET", "/__admin/health"]
    assert all(does.endswith(".") for does in told.values())


def test_a_browser_gets_a_page(recorded: Service) -> None:
    reply = recorded.send("GET", "/__admin/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<tr><td>GET<td><a href="/__admin/clock">/__admin/clock</a><td>' in reply.body.decode()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_is_only_read(recorded: Service, method: str) -> None:
    reply = recorded.send(method, "/__admin/")
    assert (reply.status, "is not of the control API" in reply.body.decode()) == (404, True)
