"""A short answer goes out in one write: the same bytes, and the same end, as in uvicorn's steps."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from legacygrid.server import exchange
from legacygrid.server.server import Server
from legacygrid.wsgi.client import Header
from wire import SOON, Wire, request

#: What the application answers, by the path: status, headers, body.
ANSWERS: dict[str, tuple[str, list[Header], list[bytes]]] = {
    "/text": ("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")], [b"ok"]),
    "/pieces": ("404 NOT FOUND", [("X-A", "é"), ("X-A", "b"), ("Content-Length", "6")], [b"a", b"", b"bcdef"]),
    "/nothing": ("200 OK", [("Content-Length", "0")], []),
    "/no-content": ("204 NO CONTENT", [("Allow", "GET")], []),
    "/unknown": ("599 ODD", [("Content-Length", "1")], [b"x"]),
    "/close": ("200 OK", [("Content-Length", "1"), ("Connection", "close")], [b"x"]),
    "/no-length": ("200 OK", [], [b"a", b"b"]),
    "/just-short": ("200 OK", [("Content-Length", str(exchange.SHORT))], [b"x" * exchange.SHORT]),
    "/long": ("200 OK", [("Content-Length", str(exchange.SHORT + 1))], [b"x" * exchange.SHORT, b"y"]),
}
#: Answers that are not what they say.
BROKEN: dict[str, tuple[str, list[Header], list[bytes]]] = {
    "/too-short": ("200 OK", [("Content-Length", "3")], [b"ok"]),
    "/too-long": ("200 OK", [("Content-Length", "1")], [b"ok"]),
    "/split": ("200 OK", [("X-A", "a\nb"), ("Content-Length", "1")], [b"x"]),
    "/odd-name": ("200 OK", [("X A", "a"), ("Content-Length", "1")], [b"x"]),
}
#: What is sent in one go: methods, versions of HTTP and headers. The last of them ends the connection.
ASKED: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "one": [("GET", "1.1", {})],
    "HEAD": [("HEAD", "1.1", {})],
    "HTTP/1.0": [("GET", "1.0", {})],
    "three in a row": [("GET", "1.1", {}), ("HEAD", "1.1", {}), ("POST", "1.1", {})],
    "a body that asks": [("GET", "1.1", {}), ("POST", "1.1", {"Expect": "100-continue"})],
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, headers, chunks = (ANSWERS | BROKEN)[environ["PATH_INFO"]]
        start_response(status, headers)
        return chunks

    server, ready = Server(answer), threading.Event()
    thread = threading.Thread(target=server.run, args=(ready.set,))
    thread.start()
    assert ready.wait(SOON)
    yield server.url
    server.stop()
    thread.join()


def everything(url: str, sent: bytes) -> bytes:
    """All that the server says until it ends the connection; the date and reason phrases apart."""
    with Wire(url) as wire:
        wire.send(sent)
        said = b"".join(iter(lambda: wire.socket.recv(65536), b""))
    said = re.sub(rb"(HTTP/1\.1 \d+ )[^\r]*", rb"\1", said)
    return b"\r\n".join(line for line in said.split(b"\r\n") if not line.startswith(b"date:"))


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("path", ANSWERS)
def test_at_once_and_in_steps_it_says_the_same(
    url: str, monkeypatch: pytest.MonkeyPatch, path: str, asked: list[tuple[str, str, dict[str, str]]]
) -> None:
    *others, (method, version, headers) = asked
    last = request(method, path, b"a=b" if method == "POST" else None, version, **headers, Connection="close")
    sent = b"".join(request(method, path, version=version, **headers) for method, version, headers in others) + last
    at_once = everything(url, sent)
    monkeypatch.setattr(exchange, "SHORT", -1)
    assert at_once == everything(url, sent)
    assert at_once.startswith(f"HTTP/1.1 {ANSWERS[path][0][:3]} ".encode())


@pytest.mark.parametrize("path", BROKEN)
def test_an_answer_that_is_not_what_it_says_is_cut(url: str, path: str) -> None:
    with Wire(url) as wire:
        assert wire.send(request("GET", path)).is_closed()


def test_an_answer_to_a_client_that_does_not_read_waits(url: str) -> None:
    """What it asked for is sent as it takes it, whole and in order."""
    count = 200
    with Wire(url, window=4096) as wire:
        wire.send(request("GET", "/just-short") * count).await_answer()
        assert all(len(wire.read().body) == exchange.SHORT for _ in range(count))
