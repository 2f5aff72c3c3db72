"""`legacygrid migrate report` of URLs at which something else answers, or an emulator with a token."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from legacygrid.cli import main
from legacygrid.migration import control_api
from legacygrid.migration.control_api import AdminToken, ControlApiError, RunningEmulator

TOKEN = "t0ken-of-the-emulator"
CALL = {"id": 1, "time": "2023-10-10T20:55:36.000Z", "method": "POST", "path": "/apiv2/customer.disable.json", "operation": "customer.disable", "task": "", "format": "json", "params": {"user": "ada"}, "caller": "acme", "credentials_from": "body"}  # fmt: skip
COUNT = b'{"count": 1}'
REFUSAL = b'{"errors": {"token": ["wrong or missing"]}}'


class Stranger:
    """A server that answers as it likes: by what it is asked, and what for."""

    def __init__(self, answer: Callable[["BaseHTTPRequestHandler"], tuple[int, bytes]]) -> None:
        #: The header Authorization of each request.
        self.tokens: list[str | None] = []
        stranger = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stranger.tokens.append(self.headers["Authorization"])
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                status, body = answer(self)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def stranger(answer: Callable[[BaseHTTPRequestHandler], tuple[int, bytes]]) -> Iterator[Stranger]:
    """A stranger that listens."""
    found = Stranger(answer)
    thread = Thread(target=found.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        found.server.shutdown()
        thread.join()
        found.server.server_close()


def report(*arguments: str, **env: str) -> Result:
    result = CliRunner().invoke(main, ["migrate", "report", "--lang", "none", *arguments], env=env)
    assert TOKEN not in result.output
    assert all(line.isprintable() for line in result.output.split("\n")), "a terminal would obey"
    return result


def journal(*calls: object, more: bytes = b"") -> bytes:
    return json.dumps({"requests": calls}).encode()[:-2] + more + b"]}"


NO_EMULATOR = "no emulator"
#: What is answered to the count, and to each page of the journal.
ODD: dict[str, tuple[bytes, bytes, str]] = {
    "a page of HTML": (b"<html>", b"", NO_EMULATOR),
    "nothing": (b"", b"", NO_EMULATOR),
    "a list": (b"[]", b"", NO_EMULATOR),
    "a number that is none": (b'{"count": "\\u001b[31m"}', b"", NO_EMULATOR),
    "no number": (b'{"count": null}', b"", NO_EMULATOR),
    "an endless number": (b'{"count": Infinity}', b"", NO_EMULATOR),
    "nesting": (b"[" * 100_000, b"", NO_EMULATOR),
    "a journal that is a page of HTML": (COUNT, b"<html>", NO_EMULATOR),
    "half a journal": (COUNT, journal(CALL)[:-30], NO_EMULATOR),
    "a journal of texts": (COUNT, journal("a", "b"), NO_EMULATOR),
    "calls without numbers": (COUNT, journal({"operation": "customer.add"}), NO_EMULATOR),
    "calls that are none": (COUNT, journal({"id": 1, "operation": "customer.add", "params": 3}), NO_EMULATOR),
    "the same call again and again": (COUNT, journal(*[CALL] * 3), NO_EMULATOR),
    "more calls than were asked for": (COUNT, journal(*({**CALL, "id": n} for n in range(1, 6000))), NO_EMULATOR),
    "a nested journal": (COUNT, b'{"requests": [' + b"[" * 100_000, NO_EMULATOR),
    "bytes that are no text": (COUNT, b'{"requests": ["\xff"]}', NO_EMULATOR),
}  # fmt: skip


@pytest.mark.parametrize(("counted", "page", "text"), ODD.values(), ids=list(ODD))
def test_what_is_no_emulator_ends_in_a_line(counted: bytes, page: bytes, text: str) -> None:
    with stranger(lambda asked: (200, counted if asked.command == "POST" else page)) as found:
        result = report(found.url)
    assert (result.exit_code, text in result.output, "Traceback" in result.output) == (2, True, False), result.output


def test_other_statuses_are_told(tmp_path: object) -> None:
    for status, body, text in ((404, b"\x1b[31mnot here", r"answers 404: \x1b[31mnot here"), (302, b"", "answers 302")):
        with stranger(lambda asked, answer=(status, body): answer) as found:
            result = report(found.url)
        assert (result.exit_code, text in result.output) == (2, True), result.output


@pytest.mark.parametrize(
    "url",
    ["http://", "http://[", "http://a:b", "http://a:99999", "http://\udcff", "http://a b/", "http://" + "a" * 300],
)
def test_what_is_no_url_ends_in_a_line(url: str) -> None:
    result = report(url)
    assert (result.exit_code, result.output.startswith("Error: ")) == (2, True), result.output


def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its bytes, and by the clock though bytes keep coming."""

    def drip(asked: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        if asked.command == "POST":
            return 200, COUNT
        return 200, b'{"requests": [' + b" " * 200_000

    monkeypatch.setattr(control_api, "_MOST", 100_000)
    with stranger(drip) as found:
        assert "has no end" in report(found.url).output
    monkeypatch.setattr(control_api, "_MOST", 1 << 30)
    monkeypatch.setattr(control_api, "_LONGEST", 0.0)
    with stranger(drip) as found:
        assert "does not answer to the end" in report(found.url).output


def asking(asked: BaseHTTPRequestHandler) -> tuple[int, bytes]:
    """As an emulator with a token answers."""
    if asked.headers["Authorization"] != f"Bearer {TOKEN}":
        return 401, REFUSAL
    return 200, COUNT if asked.command == "POST" else journal(CALL)


GIVEN, SET = ("--token", TOKEN), {"LEGACYGRID_ADMIN_TOKEN": TOKEN}


@pytest.mark.parametrize(("options", "env"), [(GIVEN, {}), ((), SET)], ids=["given", "of the environment"])
def test_a_token_is_sent_once_it_is_asked_for(options: tuple[str, ...], env: dict[str, str]) -> None:
    with stranger(asking) as found:
        result = report(found.url, *options, **env)
        assert (result.exit_code, result.output.partition(" ")[0]) == (0, "1"), result.output
    assert found.tokens == [None, f"Bearer {TOKEN}", f"Bearer {TOKEN}"]
    with stranger(lambda asked: (401, b"<html>log in")) as found:
        assert "answers 401: <html>log in" in report(found.url, *options, **env).output
    assert found.tokens == [None]
    with stranger(lambda asked: (401, REFUSAL)) as found:
        assert "answers 401" in report(found.url, *options, **env).output
    assert found.tokens == [None, f"Bearer {TOKEN}"]


def test_a_token_of_the_environment_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_api, "is_loopback", lambda host: False)
    with stranger(asking) as found:
        refused = report(found.url, **SET)
        assert (refused.exit_code, "so give it by --token" in refused.output) == (2, True)
        assert found.tokens == [None]
        assert report(found.url, *GIVEN).exit_code == 0


def test_tokens_of_any_letters_are_sent_or_refused() -> None:
    with stranger(lambda asked: (401, REFUSAL)) as found:
        for token, text in (("schl\u00fcssel \u20ac", "answers 401"), ("a\nb: c", "cannot be asked")):
            with (
                closing(RunningEmulator(found.url, AdminToken(token))) as emulator,
                pytest.raises(ControlApiError, match=text) as raised,
            ):
                emulator.load("POST", "requests/count")
            assert token not in str(raised.value) + repr(AdminToken(token))
