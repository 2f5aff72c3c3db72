"""What HTTP libraries do not do: bytes as they are, half a request, and a server in a process group of its own."""

import contextlib
import http.client
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Self
from urllib.parse import urlencode, urlsplit

from emulator import FORM, PASSWORD, Reply
from forks import FILES, SESSION, Forked

#: Seconds in which something has to happen that takes a moment.
SOON = 10.0


class Cut(Exception):  # noqa: N818 - what happened, no error of the test
    """The connection ended before the answer did; `body` came."""

    def __init__(self, body: bytes = b"") -> None:
        super().__init__(f"cut after {len(body)} bytes")
        self.body = body


class Wire:
    """One connection.

    :param window: bytes that this side takes in unread; small segments keep the server's side small as well, of which
        the system would make megabytes on a loopback.
    :param source: the address that it comes from.
    """

    def __init__(self, url: str, window: int | None = None, source: str = "") -> None:
        address = urlsplit(url)
        self.socket = socket.socket(socket.AF_INET)
        self.socket.settimeout(SOON)
        if window:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        if source:
            self.socket.bind((source, 0))
        try:
            self.socket.connect((address.hostname, address.port))
        except OSError:
            self.socket.close()
            raise
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes) -> Self:
        self.socket.sendall(data)
        return self

    def end(self) -> Self:
        """Say that no more will be said."""
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def reset(self) -> None:
        """Hang up as a client does that crashes: without a goodbye."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def await_answer(self) -> Self:
        """Wait until an answer has begun, and take nothing of it."""
        assert self.socket.recv(1, socket.MSG_PEEK)
        return self

    def answers_within(self, seconds: float) -> bool:
        """Whether the server says anything, or hangs up, in that time."""
        return bool(select.select([self.socket], [], [], seconds)[0])

    def read(self, bodiless: bool = False) -> Reply:
        """The next answer.

        :raises Cut: the connection ended within it.
        """
        try:
            status = self._line().split(maxsplit=2)
            headers = http.client.parse_headers(self._file)
            if bodiless or status[1].startswith(b"1"):
                body = b""
            elif headers.get("Transfer-Encoding") == "chunked":
                body = self._chunks()
            else:
                body = self._exactly(int(headers["Content-Length"]))
        except ConnectionError:
            raise Cut from None
        return Reply(int(status[1]), headers, body)

    def is_closed(self) -> bool:
        """Whether the server ends the connection, and says no more before."""
        try:
            return self._file.read(1) == b""
        except ConnectionError:
            return True

    def _line(self) -> bytes:
        line = self._file.readline()
        if not line.endswith(b"\r\n"):
            raise Cut(line)
        return line.removesuffix(b"\r\n")

    def _exactly(self, length: int) -> bytes:
        data = self._file.read(length)
        if len(data) < length:
            raise Cut(data)
        return data

    def _chunks(self) -> bytes:
        body = bytearray()
        try:
            while size := int(self._line(), 16):
                body += self._exactly(size)
                assert self._line() == b""
            assert self._line() == b""
        except (Cut, ConnectionError):
            raise Cut(bytes(body)) from None
        return bytes(body)


def request(
    method: str, target: str | bytes, body: bytes | None = None, version: str = "1.1", **headers: str | int
) -> bytes:
    """The bytes of a request; a body is a form with its length unless the headers say otherwise."""
    target = target.encode() if isinstance(target, str) else target
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        length = {} if "Transfer-Encoding" in named else {"Content-Length": len(body)}
        named = {"Content-Type": FORM, **length, **named}
    lines = [f"{name}: {value}" for name, value in {"Host": "localhost", **named}.items()]
    head = method.encode() + b" " + target + f" HTTP/{version}\r\n".encode() + "\r\n".join(lines).encode()
    return head + b"\r\n\r\n" + (body or b"")


def fields(owner: str, **params: str) -> bytes:
    """A form as the owner of an account."""
    return urlencode({"api_user": owner, "api_key": PASSWORD, **params}).encode()


def chunked(*pieces: bytes) -> bytes:
    """A chunked body, but for its end."""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def wait_until(happens: Callable[[], bool], seconds: float = SOON) -> bool:
    """Whether it happens in time."""
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def settle(url: str) -> None:
    """Return when the server has read what was sent before: its loop took it in with these calls, or earlier."""
    for _ in range(2):
        with Wire(url) as wire:
            assert wire.send(request("GET", "/__admin/health")).read().status == 200


def clean_environment() -> dict[str, str]:
    """That of the tests, without what would set up a server otherwise."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LEGACYGRID_")}


class Process:
    """`legacygrid serve` in a process group of its own, on any free port.

    :param folder: where its log goes.
    :param files: how many it may have open.
    :param is_anew: whether an interpreter of its own runs it, as with users; its memory is its own then.
    :param is_quiet: whether it logs no calls.
    """

    def __init__(
        self,
        folder: Path,
        database: str,
        *options: str,
        files: int = 0,
        is_anew: bool = False,
        is_quiet: bool = True,
    ) -> None:
        self.log = folder / "serve.log"
        options = (*options, "--quiet") if is_quiet else options
        args = ["serve", "--port", "0", "--bcrypt-cost", "4", "--database", database, *options]
        with self.log.open("ab") as log:
            self._popen = _start_anew(folder, args, log) if is_anew else _fork(folder, args, log, files)
        self.url = self._listening()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _listening(self) -> str:
        assert self._popen.stdout
        watchdog = threading.Timer(30, self.kill)
        watchdog.start()
        try:
            self.told = ""
            for line in self._popen.stdout:
                self.told += line
                if found := re.match("Listening on (http:.*)", line):
                    return found[1]
        finally:
            watchdog.cancel()
        self.kill()
        raise AssertionError(self.told + self.log.read_text())

    @property
    def number(self) -> int:
        """Of the process, and of its group."""
        return self._popen.pid

    def signal(self, number: signal.Signals) -> None:
        """To the server alone."""
        self._popen.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, to the whole group."""
        if self._popen.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()
        assert self._popen.stdout
        self._popen.stdout.close()

    def status(self, seconds: float) -> int | None:
        """The exit status, if it ends in time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(seconds)
        return self._popen.returncode

    @property
    def smtp_port(self) -> int:
        """Where it takes mail, with `--smtp-port 0`."""
        found = re.search(r"^SMTP on .*:(\d+)$", self.told, re.MULTILINE)
        assert found
        return int(found[1])

    def memory(self) -> float:
        """Its proportional share of memory, in MiB."""
        told = Path(f"/proc/{self._popen.pid}/smaps_rollup").read_text()
        found = re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE)
        assert found
        return int(found[1]) / 1024


def _start_anew(folder: Path, args: Sequence[str], log: IO[bytes]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [COMMAND, *args],
        stdout=subprocess.PIPE,
        stderr=log,
        env=clean_environment(),
        cwd=folder,
        text=True,
        start_new_session=True,
    )


def _fork(folder: Path, args: Sequence[str], log: IO[bytes], files: int) -> Forked:
    env = clean_environment() | {SESSION: "1"} | ({FILES: str(files)} if files else {})
    with open(os.devnull) as nothing:
        return Forked(*args, cwd=folder, env=env, stderr=log, stdin=nothing)


def run_legacygrid(*args: str, stdin: str = "") -> str:
    """A command, which succeeds; what it prints."""
    done = subprocess.run(
        [COMMAND, *args], input=stdin, env=clean_environment(), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


#: `python -m legacygrid.cli` does nothing, so this is the console script beside this Python.
COMMAND = str(Path(sys.executable).with_name("legacygrid"))
