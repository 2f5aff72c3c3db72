"""An application that takes webhooks, on loopback: what it was sent, and how it answers."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from emulator import World
from legacygrid.models import apps

#: Every event that there is.
EVENTS = (
    "processed", "dropped", "deferred", "delivered", "bounce", "open", "click", "unsubscribe", "spamreport",
)  # fmt: skip


@dataclass
class Taken:
    """One request, as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def events(self) -> list[dict[str, Any]]:
        if self.headers["Content-Type"] == "application/x-www-form-urlencoded":
            return [dict(parse_qsl(self.body.decode()))]
        text = self.body.decode()
        return list(json.loads(text)) if text.startswith("[") else list(map(json.loads, text.splitlines()))


@dataclass
class Receiver:
    """What came, in its order; `url` is where it listens."""

    url: str = ""
    requests: list[Taken] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for each in self.requests for event in each.events]

    @property
    def told(self) -> list[str]:
        """The events by their kinds."""
        return [each["event"] for each in self.events]


class Handler(BaseHTTPRequestHandler):
    """Answers by the path: `/503` is a status, and words are below."""

    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.requests.append(Taken(self.path, dict(self.headers), body))
        word = self.path.strip("/").partition("?")[0]
        with contextlib.suppress(OSError):
            getattr(self, f"answer_{word}", self.answer)(word)

    def answer(self, word: str) -> None:
        self.send_response(int(word) if word.isdigit() else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def answer_redirects(self, word: str) -> None:
        self.send_response(302)
        self.send_header("Location", f"{self.receiver.url}/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer_hangs(self, word: str) -> None:
        self.receiver.closing.wait()

    def answer_holds(self, word: str) -> None:
        self.receiver.closing.wait()
        self.answer(word)

    def answer_drips(self, word: str) -> None:
        """A line that never ends, a byte at a time: no pause is long."""
        while not self.receiver.closing.wait(0.02):
            self.wfile.write(b"H")

    def answer_closes(self, word: str) -> None:
        self.close_connection = True

    def answer_huge(self, word: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(10**9))
        self.end_headers()
        for _ in range(10**9 >> 16):
            self.wfile.write(b"x" * (1 << 16))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """A receiver that listens.

    :param port: 0 for any.
    """
    receiver = Receiver()
    handler: Any = type("Bound", (Handler,), {"receiver": receiver})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield receiver
        finally:
            receiver.closing.set()
            server.shutdown()
            thread.join()


def notify(world: World, url: str, version: str = "3", **settings: str) -> None:
    """Have the events of an account posted to a URL."""
    wanted = {**dict.fromkeys(EVENTS, "1"), "url": url, "version": version, **settings}
    with world.service.grid.store.writing():
        apps.change(world.account.id, "eventnotify", active=True, settings_json=json.dumps(wanted))


def flush(world: World) -> dict[str, Any]:
    reply = world.admin("POST", "webhooks/flush")
    assert reply.status == 200, reply.text
    told: dict[str, Any] = reply.json
    return told


def posts(world: World, query: str = "") -> list[dict[str, Any]]:
    reply = world.admin("GET", f"webhooks?{query}")
    assert reply.status == 200, reply.text
    found: list[dict[str, Any]] = reply.json["webhooks"]
    return found


Act = Callable[[World], object]
