"""What the measures stand on: stores, requests, figures, and a bare Flask application to compare
with.

Run as a program, it serves the bare application with the emulator's own server.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request

from legacygrid import models
from legacygrid.models import subusers
from legacygrid.models.account import Account
from legacygrid.models.database import Base
from legacygrid.models.login import OWNER, Login
from legacygrid.models.names import name_key
from legacygrid.models.secrets import Secrets
from legacygrid.server.server import Server

NAME = "parent"
PASSWORD = "parent-password1"
FORM = "application/x-www-form-urlencoded"
PROFILE_GET = "/api/profile.get.json"
#: The load generator puts a number here that it has not used yet; it is as long, so that
#: Content-Length stays true.
FRESH = "NUMBER00"
#: Subusers of a store that is made once and copied.
LARGE = 100_000
NOW = int(time.time())

#: The profile of every subuser, of usual lengths.
PROFILE = {
    "email": "subuser@example.com",
    "first_name": "Augusta",
    "last_name": "Lovelace",
    "address": "12 St James's Square",
    "city": "London",
    "state": "London",
    "zip": "SW1Y 4JH",
    "country": "GB",
    "phone": "555-0100",
    "website": "http://www.example.com",
    "company": "Analytical Engines",
}
NEW = PROFILE | {"password": "somepass1", "confirm_password": "somepass1"}


@dataclass(frozen=True)
class Figure:
    """A measured figure; `met` is none where no target is set."""

    name: str
    measured: str
    target: str = ""
    met: bool | None = None


def at_most(name: str, measured: float, limit: float, unit: str, digits: int = 1) -> Figure:
    """A figure that may not be higher than its target."""
    return Figure(name, f"{measured:.{digits}f} {unit}", f"<= {limit:g} {unit}", measured <= limit)


def form(**fields: str) -> bytes:
    """The body of a call by the primary account."""
    return urlencode({"api_user": NAME, "api_key": PASSWORD, **fields}).encode()


def post(path: str, body: bytes, *headers: str) -> bytes:
    """A request, as it goes over the wire."""
    own = (f"Content-Type: {FORM}", f"Content-Length: {len(body)}", *headers)
    head = [f"POST {path} HTTP/1.1", "Host: localhost", *own]
    return "\r\n".join([*head, "", ""]).encode() + body


def new_subuser(name: str = f"new-{FRESH}") -> bytes:
    """The body of customer.add."""
    return form(username=name, **NEW)


def subuser(number: int) -> str:
    """The name of a subuser in the store."""
    return f"subuser-{number:06}"


def plant(path: Path, count: int) -> str:
    """Make a store of one primary account with so many subusers; its URL.

    A large one is made once and kept in the same folder: each measure gets a copy of it.
    """
    kept = path.with_name(f"planted-{count}.db") if count >= LARGE else path
    if kept is path or not kept.exists():
        _make(kept, count)
    if kept is not path:
        shutil.copy(kept, path)
    return f"sqlite:///{path}"


def _make(path: Path, count: int) -> None:
    store = models.open_store(f"sqlite:///{path}")
    hashed = Secrets(4).hash(PASSWORD)
    try:
        with store.writing():
            parent = subusers.open_account(NAME, hashed)
            first = parent.id + 1
            owned = {"kind": OWNER, "secret": hashed, "created_at": NOW, "updated_at": NOW}
            _insert(Account, _accounts(parent.id, first, count), PROFILE)
            _insert(Login, _logins(first, count), owned)
    finally:
        store.close()


def _insert(model: type[Base], rows: Iterator[dict[str, Any]], same: dict[str, Any]) -> None:
    """Insert rows in one statement: what all have in common, what each has, the defaults."""
    fields = model._meta.sorted_fields
    columns = {field.column_name: field.default for field in fields} | same
    names = ", ".join(columns)
    sql = f"INSERT INTO {model._meta.table_name} ({names}) VALUES ({', '.join('?' * len(columns))})"
    connection = model._meta.database.connection()
    connection.executemany(sql, (tuple((columns | row).values()) for row in rows))


def _accounts(parent: int, first: int, count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        name = subuser(number)
        own = {"username": name, "email": f"{name}@example.com"}
        yield {"id": first + number, "parent_id": parent, **own}


def _logins(first: int, count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        name = subuser(number)
        yield {"key": name_key(name), "name": name, "account_id": first + number}


def bare_app() -> Flask:
    """The least that a Flask application can do with a form."""
    app = Flask(__name__, static_folder=None)

    @app.post("/")
    def read_one_field() -> str:
        return request.form["x"]

    return app


def serve_bare() -> None:
    """Serve it until SIGTERM."""
    server = Server(bare_app())
    server.run(ready=lambda: print(f"Listening on {server.url}", flush=True))


if __name__ == "__main__":
    serve_bare()
