"""SQLite's log does not grow without end, whoever reads slowly, and shrinks once nobody does."""

import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shell import PASSWORD, Served, Shell

pytestmark = pytest.mark.waits

MEGABYTE = 1024 * 1024
HASH = "$2b$04$" + "." * 21 + "O" + "." * 31
LONG = dict.fromkeys(("address", "address2", "company", "website"), "x" * 100)
SUBUSERS = [{"username": f"sub-{number}", "password_hash": HASH, **LONG} for number in range(600)]
MAIL = {
    "api_user": "acme",
    "api_key": PASSWORD,
    "to": "ada@example.com",
    "from": "acme@example.com",
    "subject": "Hello",
}
#: What it may have between two times that it starts anew, beside the largest mail.
BOUND = 6 * MEGABYTE


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    document = {"version": 1, "accounts": [{"username": "acme", "password": PASSWORD, "subusers": SUBUSERS}]}
    (tmp_path / "seed.json").write_text(json.dumps(document))
    with Shell(tmp_path).serving("--port", "0", "--bcrypt-cost", "4", "--seed", "seed.json") as served:
        yield served


def send(served: Served, megabytes: int) -> None:
    for _ in range(2 * megabytes):
        assert served.call("/api/mail.send.json", **MAIL, text="x" * (MEGABYTE // 2)) == {"message": "success"}


def size(folder: Path) -> int:
    return (folder / "legacygrid.db-wal").stat().st_size


def test_slow_clients_of_long_lists(served: Served, tmp_path: Path) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    query = f"task=get&api_user=acme&api_key={PASSWORD}"
    clients = [socket.create_connection((host, int(port))) for _ in range(5)]
    for client in clients:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(f"GET /apiv2/customer.profile.json?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        # Each has begun to read, and goes no further.
        assert client.recv(100).startswith(b"HTTP/1.1 200")
    send(served, 12)
    assert size(tmp_path) < BOUND
    for client in clients:
        client.close()


def test_a_process_that_holds_what_it_reads(served: Served, tmp_path: Path) -> None:
    """No log can start anew before it has ended."""
    with closing(sqlite3.connect(tmp_path / "legacygrid.db", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM message").fetchall()
        send(served, 12)
        assert size(tmp_path) > 12 * MEGABYTE
        other.execute("COMMIT")
        send(served, 6)
    assert size(tmp_path) < BOUND
