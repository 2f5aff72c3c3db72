"""The server is killed between a call and the post of its events: the application hears of each of them."""

import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from emulator import PASSWORD
from receiver import EVENTS, receiving
from wire import Process, Wire, fields, request, wait_until

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

NAME, MAILS = "posting-parent", 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def notify(database: Path, url: str) -> None:
    """Have the events of the account posted to a URL."""
    settings = json.dumps({**dict.fromkeys(EVENTS, "1"), "url": url, "version": "3"})
    columns = "(account_id, name, active, settings_json, signing_key)"
    rows = f"SELECT id, 'eventnotify', 1, ?, '' FROM account WHERE username = '{NAME}'"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"INSERT INTO app {columns} {rows}", (settings,))


def mail(url: str, number: int) -> None:
    body = fields(NAME, to=f"u{number}@example.com", **{"from": "a@example.com"}, subject="x", text="x")
    with Wire(url) as wire:
        assert wire.send(request("POST", "/api/mail.send.json", body)).read().json == {"message": "success"}


@pytest.mark.takes(6)
@pytest.mark.parametrize("is_there", [True, False], ids=["the application is there", "it starts later"])
def test_no_event_is_lost(tmp_path: Path, is_there: bool) -> None:
    database, port = tmp_path / "x.db", free_port()
    options = (f"sqlite:///{database}", "--account", f"{NAME}:{PASSWORD}")
    told: set[tuple[str, str]] = set()
    with Process(tmp_path, *options) as server:
        notify(database, f"http://127.0.0.1:{port}/200")
        if is_there:
            with receiving(port) as receiver:
                for number in range(MAILS):
                    mail(server.url, number)
                server.kill()
                told |= {(each["event"], each["email"]) for each in receiver.events}
        else:
            for number in range(MAILS):
                mail(server.url, number)
            server.kill()
    with receiving(port) as receiver, Process(tmp_path, *options):
        wanted = {(event, f"u{number}@example.com") for event in ("processed", "delivered") for number in range(MAILS)}
        assert wait_until(
            lambda: told | {(each["event"], each["email"]) for each in receiver.events} == wanted, seconds=20
        )
