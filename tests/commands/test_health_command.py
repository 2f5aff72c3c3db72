"""`legacygrid health`: one line and an exit status, for containers, units and scripts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner, Result

from emulator import Service
from legacygrid.commands.health import health


def ask(*args: str, **env: str) -> Result:
    return CliRunner().invoke(health, args, env=dict.fromkeys(("LEGACYGRID_HOST", "LEGACYGRID_PORT")) | env)


@contextmanager
def answering(*answers: tuple[int, bytes]) -> Iterator[str]:
    """A server that gives these answers, the last one again and again."""
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("path", ["", "/", "/~some-world"])
def test_a_server_that_is_ready(recorded: Service, path: str) -> None:
    done = ask(recorded.url + path)
    assert (done.exit_code, done.output) == (0, f"{(recorded.url + path).rstrip('/')} is ready\n")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", '["0.0.0.0", "::"]'])
def test_it_is_found_where_the_variables_of_serve_say(recorded: Service, host: str) -> None:
    port = recorded.url.rpartition(":")[2]
    done = ask(LEGACYGRID_HOST=host, LEGACYGRID_PORT=port)
    assert (done.exit_code, done.output) == (0, f"http://127.0.0.1:{port} is ready\n")
    assert ask("--port", port).exit_code == 0


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((503, b'{"status": "another process\\n holds the store"}'), "another process holds the store"),
        ((200, b"<h1>It works!</h1>"), "what answers there is no emulator"),
        ((200, b"[]"), "what answers there is no emulator"),
        ((200, b"[" * 60_000), "what answers there is no emulator"),
        ((404, b"\xff"), "what answers there is no emulator"),
        ((204, b""), "what answers there is no emulator"),
    ],
)
def test_one_that_is_not(answer: tuple[int, bytes], why: str) -> None:
    with answering(answer) as url:
        done = ask(url)
    assert (done.exit_code, done.output) == (1, f"Error: {url} is not ready: {why}\n")


def test_nobody_listens() -> None:
    with answering((200, b"")) as url:
        pass
    done = ask(url)
    assert (done.exit_code, done.output) == (1, f"Error: {url} is not ready: Connection refused\n")


def test_one_that_is_starting_is_waited_for() -> None:
    with answering(
        (503, b'{"status": "starting"}'), (503, b'{"status": "starting"}'), (200, b'{"status": "ok"}')
    ) as url:
        assert ask(url, "--wait", "30").exit_code == 0


@pytest.mark.parametrize("url", ["127.0.0.1:8026", "ftp://x", "http://", "http://a b", "http://x:99999", "http://ä"])
def test_what_is_no_url(url: str) -> None:
    done = ask(url)
    assert done.exit_code == 2
    assert "Error: write the URL as http://127.0.0.1:8026" in done.output
