"""A folder in which commands are run, as a person or a script runs them."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

BIN = Path(sys.executable).with_name("legacygrid")

# Every secret that these tests use; none may ever be shown.
PASSWORD = "operator-secret-1"
COLONS = "se:cr:et-1"
OTHER = "other-secret-2"
KEY = "SG.the-key-you-have"
OLD_KEY = "old key: as it was"
SECRETS = (PASSWORD, COLONS, OTHER, KEY, OLD_KEY)


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def environment(more: dict[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("LEGACYGRID_")}
    return own | {"COLUMNS": "200"} | more


def assert_discreet(*texts: str) -> None:
    """No traceback, and none of the secrets."""
    for text in texts:
        assert "Traceback" not in text, text
        assert not [secret for secret in SECRETS if secret in text], text


@dataclass
class Shell:
    """A folder in which commands are run; the store is the default one, in that folder."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    #: Seconds after which a server hangs that is still there.
    patience: float = 60

    def run(self, *args: str | bytes, stdin: str | bytes = "", **env: str) -> Ran:
        done = subprocess.run(
            [BIN, *args],
            cwd=self.folder,
            env=environment(self.env | env),
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            timeout=30,
            check=False,
        )
        ran = Ran(done.returncode, done.stdout, done.stderr.decode(errors="replace"))
        assert_discreet(done.stdout.decode(errors="replace"), ran.err)
        return ran

    def does(self, *args: str, stdin: str = "", **env: str) -> Ran:
        """It succeeds, and says nothing on standard error."""
        ran = self.run(*args, stdin=stdin, **env)
        assert (ran.code, ran.err) == (0, "")
        return ran

    def refuses(self, *args: str | bytes, stdin: str | bytes = "", **env: str) -> str:
        """Exit 1 and one line."""
        ran = self.run(*args, stdin=stdin, **env)
        assert (ran.code, ran.raw) == (1, b""), ran
        assert re.fullmatch(r"Error: .+\n", ran.err), ran.err
        return ran.err.removeprefix("Error: ").rstrip("\n")

    def misuse(self, *args: str, **env: str) -> str:
        """Exit 2, with the usage."""
        ran = self.run(*args, **env)
        assert (ran.code, ran.raw) == (2, b""), ran
        assert ran.err.startswith("Usage: legacygrid")
        return ran.err

    def accounts(self) -> list[str]:
        return [row["account"] for row in self.does("account", "list", "--json").json]

    def state(self) -> list[str]:
        """All that is in the store, without a command."""
        with closing(sqlite3.connect(self.folder / "legacygrid.db")) as connection:
            return list(connection.iterdump())

    @contextmanager
    def serving(self, *args: str, stdin: str = "", stop: int = signal.SIGTERM, **env: str) -> Iterator["Served"]:
        """`legacygrid serve`, from its last line to its end."""
        log = self.folder / "log"
        with log.open("w") as stderr, self._started(args, stdin, env, stderr) as process:
            lines: list[str] = []
            while not (lines and lines[-1].startswith("Listening on http:")):
                line = process.stdout.readline()
                assert line, f"it ended before it answered: {log.read_text()}"
                lines.append(line.rstrip("\n"))
            yield Served(lines, log)
            process.send_signal(stop)
            rest, _ = process.communicate(timeout=30)
        assert (process.returncode, rest) == (0, "")
        assert_discreet("\n".join(lines), log.read_text())

    @contextmanager
    def _started(self, args: Any, stdin: str, env: dict[str, str], stderr: Any) -> Iterator[Any]:
        process = subprocess.Popen(
            [BIN, "serve", *args],
            cwd=self.folder,
            env=environment(self.env | env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        hung = threading.Timer(self.patience, process.kill)
        hung.start()
        try:
            process.stdin.write(stdin)
            process.stdin.flush()
            yield process
        finally:
            hung.cancel()
            process.kill()
            process.communicate()


@dataclass(frozen=True)
class Served:
    """A server that answers."""

    banner: list[str]
    log: Path

    @property
    def url(self) -> str:
        return self.banner[-1].removeprefix("Listening on ")

    @property
    def health(self) -> Any:
        with urllib.request.urlopen(f"{self.url}/__admin/health", timeout=30) as response:
            return json.loads(response.read())

    def call(self, target: str, method: str = "POST", **params: str) -> Any:
        form = urlencode(params)
        url, data = (f"{target}?{form}", None) if method == "GET" else (target, form.encode())
        with urllib.request.urlopen(self.url + url, data, timeout=30) as response:
            return json.loads(response.read())

    def who(self, name: str, secret: str, method: str = "POST") -> str | None:
        """Whose account that is; none if it is nobody's."""
        answer = self.call("/api/profile.get.json", method, api_user=name, api_key=secret)
        return answer[0]["username"] if isinstance(answer, list) else None
