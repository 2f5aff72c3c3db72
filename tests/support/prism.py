"""Prism, which judges requests of v3 by the vendor's OpenAPI documents."""

import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openapi
from legacygrid.migration.requests import V3Answer, V3Request
from packages import node_modules

_LISTENING = re.compile(rb"Prism is listening on http://([\d.]+):(\d+)")


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


@contextmanager
def judge(folder: Path) -> Iterator[Judge]:
    """Prism on the vendor's documents.

    :param folder: for the merged document, which is nowhere kept.
    """
    document = folder / "merged.json"
    document.write_text(json.dumps(openapi.merge()), "utf-8")
    command = ["node", f"{node_modules('npm-prism')}/.bin/prism", "mock", "--errors", "--port", "0", str(document)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            yield Judge(*_await(process))
        finally:
            process.kill()


def _await(process: "subprocess.Popen[bytes]") -> tuple[str, int]:
    """Where it listens, as soon as it does."""
    assert process.stdout
    said: list[bytes] = []
    for line in process.stdout:
        said.append(line)
        if found := _LISTENING.search(line):
            return found[1].decode(), int(found[2])
    raise AssertionError(b"".join(said[-20:]).decode(errors="replace"))


#: What an answer has to say for the steps that follow it; Prism's examples name other things.
ANSWERS: dict[str, Any] = {
    "/v3/whitelabel/domains": [{"id": 7, "subdomain": "em", "domain": "example.com"}],
    "/v3/api_keys": {"result": [{"name": name, "api_key_id": "k1"} for name in ("sender", "reports")]},
    "/v3/api_keys/{key.api_key_id}": {"result": [{"scopes": ["mail.send"]}]},
    "/v3/user/webhooks/event/settings/all": {"webhooks": [{"id": "h1", "url": "https://example.com/events"}]},
    "/v3/subusers/{user}/credits": {"type": "recurring", "remain": 7},
}
