"""Prism, which judges requests of v3, and answers, by the vendor's OpenAPI documents."""

import http.client
import json
import re
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openapi
from legacygrid.migration.requests import V3Answer, V3Request
from packages import node_modules

_LISTENING = re.compile(r"Prism is listening on http://([\d.]+):(\d+)")
#: Lines of its log.
_REQUEST = re.compile(r"\[HTTP SERVER\] (\w+) (\S+) .* Request received")
_STATUS = re.compile(r"The upstream call to \S+ has returned (\d+)")
_VIOLATION = re.compile(r"Violation: (.+)")


class Judge:
    """Prism, while it listens.

    :param violations: what it found wrong with requests, in words.
    """

    def __init__(self, host: str, port: int) -> None:
        self.address = (host, port)
        self.violations: list[str] = []

    def send(self, request: V3Request) -> V3Answer:
        """Have a request judged; an example of the document answers it."""
        headers = {"Authorization": "Bearer SG.judged", "Accept": "application/json"}
        body = None if request.body is None else json.dumps(request.body)
        if body is not None:
            headers["Content-Type"] = "application/json"
        if request.on_behalf_of:
            headers["On-Behalf-Of"] = request.on_behalf_of
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        try:
            connection.request(request.verb, request.target, body, headers)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        self._note(request, response.status, response.getheader("sl-violations"))
        return V3Answer(response.status, json.loads(answer) if answer else None)

    def _note(self, request: V3Request, status: int, violations: str | None) -> None:
        found = [each["message"] for each in json.loads(violations or "[]")]
        if found or status >= 400:
            self.violations.append(f"{request.verb} {request.target}: {status} {', '.join(found)}")


class _Prism:
    """A process of Prism; what it says is read at once, so that it never waits for that."""

    def __init__(self, *command: str) -> None:
        program = ("node", f"{node_modules('npm-prism')}/.bin/prism")
        self.process = subprocess.Popen([*program, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said: list[str] = []
        self._ended = False
        self._news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._news:
                self.said.append(line.decode(errors="replace"))
                self._news.notify()
        with self._news:
            self._ended = True
            self._news.notify()

    def wait_for(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """The first thing that it said so, as soon as it does."""

        def found() -> re.Match[str] | None:
            return next(filter(None, map(pattern.search, self.said)), None)

        with self._news:
            self._news.wait_for(lambda: found() or self._ended, 60)
            match = found()
            assert match, "".join(self.said[-20:])
            return match


@contextmanager
def _listening(folder: Path, mode: str, *more: str) -> Iterator[tuple[_Prism, str, int]]:
    """Prism on the vendor's documents, and where it listens.

    :param folder: for the merged document, which is nowhere kept.
    """
    document = folder / "merged.json"
    document.write_text(json.dumps(openapi.merge()), "utf-8")
    prism = _Prism(mode, "--port", "0", str(document), *more)
    with prism.process:
        try:
            host, port = prism.wait_for(_LISTENING).groups()
            yield prism, host, int(port)
        finally:
            prism.process.kill()


@contextmanager
def judge(folder: Path) -> Iterator[Judge]:
    """Prism that answers requests itself, by examples of the documents."""
    with _listening(folder, "mock", "--errors") as (_, host, port):
        yield Judge(host, port)


@dataclass
class Seen:
    """A request, such as `GET /v3/scopes`, the status of its answer, and what was wrong with the one or the other."""

    request: str
    status: int = 0
    violations: list[str] = field(default_factory=list)


class Witness:
    """Prism before an emulator: it hands on what it is sent, and notes what is not as the documents have it."""

    def __init__(self, prism: _Prism, host: str, port: int) -> None:
        self.url = f"http://{host}:{port}"
        self._prism = prism

    def seen(self) -> list[Seen]:
        """Each request up to now. The log has no end, so one more request marks it."""
        with suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"{self.url}/the-end", timeout=30).close()
        self._prism.wait_for(re.compile("get /the-end"))
        found: list[Seen] = []
        for line in self._prism.said:
            if request := _REQUEST.search(line):
                found.append(Seen(f"{request[1].upper()} {request[2]}"))
            elif status := _STATUS.search(line):
                found[-1].status = int(status[1])
            elif violation := _VIOLATION.search(line):
                found[-1].violations.append(violation[1])
        return [each for each in found if each.request != "GET /the-end"]


@contextmanager
def witness(folder: Path, upstream: str) -> Iterator[Witness]:
    """Prism before the emulator at a URL."""
    with _listening(folder, "proxy", upstream) as (prism, host, port):
        yield Witness(prism, host, port)


#: What an answer has to say for the steps that follow it; Prism's examples name other things.
ANSWERS: dict[str, Any] = {
    "/v3/whitelabel/domains": [{"id": 7, "subdomain": "em", "domain": "example.com"}],
    "/v3/api_keys": {"result": [{"name": name, "api_key_id": "k1"} for name in ("sender", "reports")]},
    "/v3/api_keys/{key.api_key_id}": {"result": [{"scopes": ["mail.send"]}]},
    "/v3/user/webhooks/event/settings/all": {"webhooks": [{"id": "h1", "url": "https://example.com/events"}]},
    "/v3/subusers/{user}/credits": {"type": "recurring", "remain": 7},
}
