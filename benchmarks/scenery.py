"""What the measures stand on: stores, requests, figures, and a bare Flask application to compare
with.

Run as a program, it serves the bare application with the emulator's own server.
"""

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
    """Make a store of one primary account with so many subusers; its URL."""
    url = f"sqlite:///{path}"
    store = models.open_store(url)
    hashed = Secrets(4).hash(PASSWORD)
    try:
        with store.writing():
            parent = subusers.open_account(NAME, hashed)
            for start in range(0, count, 1000):
                _insert(parent, range(start, min(start + 1000, count)), hashed)
    finally:
        store.close()
    return url


def _insert(parent: Account, numbers: range, hashed: str) -> None:
    first = parent.id + 1
    now = int(time.time())
    Account.insert_many(
        [
            {"id": first + number, "parent": parent.id, "username": subuser(number), **PROFILE}
            for number in numbers
        ]
    ).execute()
    Login.insert_many(
        list(_logins(first, numbers, secret=hashed, created_at=now, updated_at=now))
    ).execute()


def _logins(first: int, numbers: range, **columns: Any) -> Iterator[dict[str, Any]]:
    for number in numbers:
        name = subuser(number)
        yield {
            "key": name_key(name),
            "name": name,
            "account": first + number,
            "kind": OWNER,
            **columns,
        }


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
