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
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlencode

from forks import Forked

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


def _is_anew(env: dict[str, str]) -> bool:
    """Whether what is set is for the interpreter, which reads it as it starts."""
    return any(name.startswith("PYTHON") for name in env)


def _anew(args: Any, stdin: bytes, folder: Path, env: dict[str, str]) -> tuple[int, bytes, bytes]:
    """How a command ends, by an interpreter of its own."""
    done = subprocess.run([BIN, *args], cwd=folder, env=env, input=stdin, capture_output=True, timeout=30, check=False)
    return done.returncode, done.stdout, done.stderr


def _forked(args: Any, stdin: bytes, folder: Path, env: dict[str, str]) -> tuple[int, bytes, bytes]:
    """The same, sooner."""
    with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        code = Forked(*args, cwd=folder, env=env, stdin=given, stdout=out, stderr=err).wait(30)
        out.seek(0)
        err.seek(0)
        return code, out.read(), err.read()


@dataclass
class Shell:
    """A folder in which commands are run; the store is the default one, in that folder."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    #: Seconds after which a server hangs that is still there.
    patience: float = 60

    def run(self, *args: str | bytes, stdin: str | bytes = "", **env: str) -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        code, out, err = (_anew if _is_anew(env) else _forked)(args, given, self.folder, environment(self.env | env))
        ran = Ran(code, out, err.decode(errors="replace"))
        assert_discreet(out.decode(errors="replace"), ran.err)
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
        """All that is in the store, without a command; but for what a reset would go back to."""
        with closing(sqlite3.connect(self.folder / "legacygrid.db")) as connection:
            return [line for line in connection.iterdump() if not line.startswith('INSERT INTO "undo_')]

    @contextmanager
    def serving(self, *args: str, stdin: str = "", stop: int = 0, **env: str) -> Iterator["Served"]:
        """`legacygrid serve`, from its last line to its end; by an interpreter of its own if it says what ends it."""
        log = self.folder / "log"
        with (
            log.open("w") as stderr,
            self._started(args, stdin, env, stderr, is_anew=bool(stop) or _is_anew(env)) as process,
        ):
            lines: list[str] = []
            while not (lines and lines[-1].startswith("Listening on http:")):
                line = process.stdout.readline()
                assert line, f"it ended before it answered: {log.read_text()}"
                lines.append(line.rstrip("\n"))
            yield Served(lines, log)
            process.send_signal(stop or signal.SIGTERM)
            rest, _ = process.communicate(timeout=30)
        assert (process.returncode, rest) == (0, "")
        assert_discreet("\n".join(lines), log.read_text())

    @contextmanager
    def _started(self, args: Any, stdin: str, env: dict[str, str], stderr: Any, is_anew: bool) -> Iterator[Any]:
        process = self._process(args, environment(self.env | env), stderr, is_anew)
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

    def _process(self, args: Any, env: dict[str, str], stderr: Any, is_anew: bool) -> Any:
        if not is_anew:
            return Forked("serve", *args, cwd=self.folder, env=env, stderr=stderr)
        return subprocess.Popen(
            [BIN, "serve", *args],
            cwd=self.folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )


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
