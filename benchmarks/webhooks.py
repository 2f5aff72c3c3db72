"""What webhooks cost: a mail whose events are told, beside one whose are not; and a million events
that wait to be posted, beside calls.

Run as a program, it is an application that takes all that is posted to it.
"""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from statistics import median
from typing import Any

import cpu
from neighbours import neighbour, worst, worst_alone
from processes import Served, emulator, p99, serving
from scenery import NAME, Figure, at_most, form, plant

from legacygrid import app, grid, models
from legacygrid.endpoints import SYSTEMS
from legacygrid.models import apps, webhooks
from legacygrid.models.account import Account
from legacygrid.models.apps import EVENTNOTIFY
from legacygrid.serializers import profiles

SEND = "/api/mail.send.json"
EVENTS = 1_000_000
MAIL = {"to": "ada@example.com", "from": "a@example.com", "subject": "Hello", "text": "Hello."}
WANTED = dict.fromkeys(("processed", "delivered"), "1")


def measure_webhooks(folder: Path) -> Iterator[Figure]:
    """The figures of this part."""
    yield from _mail(folder / "told.db")
    yield from _beside_a_million(folder / "queued.db")


def _mail(path: Path) -> Iterator[Figure]:
    """Processor time of mail.send, by turns with the app and without it; nothing is posted."""
    store = models.open_store(plant(path, 0))
    try:
        made = grid.make(store, profiles.profile("recorded"), SYSTEMS, bcrypt_cost=4)
        mail = cpu.Subject(app.serve_grid(made), SEND, iter(lambda: form(**MAIL), None), b"success")

        def turn(active: bool) -> float:
            with store.writing():
                _notify("http://127.0.0.1:9/", active)
            return mail.seconds(40)

        turn(True)
        turn(False)
        pairs = [(turn(False), turn(True)) for _ in range(15)]
    finally:
        store.close()
    name = "mail.send whose events are told, times one whose are not"
    yield at_most(name, median(told / plain for plain, told in pairs), 1.3, "x", 2)


def _notify(url: str, active: bool = True) -> int:
    """Have the events of the account posted; its number."""
    account: Account = Account.get(Account.username == NAME)
    settings = json.dumps(WANTED | {"url": url, "version": "3"})
    apps.change(account.id, EVENTNOTIFY, active=active, settings_json=settings)
    return int(account.id)


def _beside_a_million(path: Path) -> Iterator[Figure]:
    """What a client sees that reads its profile, and how fast the events go."""
    with emulator(plant(path, 0)) as served:
        yield worst_alone(served)
    with serving(sys.executable, __file__) as receiver:
        url = _queue(path, f"http://127.0.0.1:{receiver.port}/")
        with emulator(url) as served:
            with neighbour(served, 9) as load:
                answers = load.ended()
            gone = EVENTS - _left(served)
    took = answers.milliseconds()
    usual = f"median {median(took):.2f} ms, p99 {p99(took):.1f} ms"
    yield Figure("profile.get, a million events posted meanwhile", usual)
    yield at_most("the same: worst", worst(answers), 20, "ms")
    yield Figure("events posted meanwhile", f"{gone / 9:,.0f} a second")


def _left(served: Served) -> int:
    answer = served.ask(
        b"GET /__admin/webhooks?limit=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    return int(json.loads(answer.partition(b"\r\n\r\n")[2])["queued"])


def _queue(path: Path, url: str) -> str:
    """A store with so many events of an account; its URL."""
    database = f"sqlite:///{path}"
    store = models.open_store(database)
    event = json.dumps({"email": "ada@example.com", "event": "processed", "timestamp": 1425211200})
    try:
        with store.writing():
            webhooks.add_events(_notify(url), "", ((1.0, event) for _ in range(EVENTS)))
    finally:
        store.close()
    return database


class _Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def serve_receiver() -> None:
    """Take posts until SIGTERM."""
    with HTTPServer(("127.0.0.1", 0), _Receiver) as server:
        print(f"Listening on http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    serve_receiver()
