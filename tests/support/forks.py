"""`legacygrid`, as a process of its own that need not import anything first: it is forked off one that has.

As a program, this is that one: it forks for each connection to its socket, with what comes over it.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

#: How long a command may take, and its server to come up.
PATIENCE = 60
#: Variables for a command: which files it makes, in octal digits; and that it is nobody, where the tests are root, who may all.
UMASK, AS_NOBODY = "FORKED_UMASK", "FORKED_AS_NOBODY"
#: That it leads a session of its own; and how many files it may have open.
SESSION, FILES = "FORKED_SESSION", "FORKED_FILES"
NOBODY = 65534


class Forked:
    """One command; its standard input and output are pipes unless they are given."""

    def __init__(
        self, *args: str | bytes, cwd: Path, env: dict[str, str], stderr: Any, stdin: Any = None, stdout: Any = None
    ) -> None:
        self.returncode: int | None = None
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(_origin())
        ends = []
        if stdin is None:
            stdin, write = os.pipe()
            ends.append(stdin)
            self.stdin = os.fdopen(write, "w")
        if stdout is None:
            read, stdout = os.pipe()
            ends.append(stdout)
            self.stdout = os.fdopen(read)
        files = [each if isinstance(each, int) else each.fileno() for each in (stdin, stdout, stderr)]
        told = json.dumps([[os.fsdecode(each) for each in args], str(cwd), env]).encode()
        socket.send_fds(self._socket, [b"%10d" % len(told)], files)
        self._socket.sendall(told)
        for end in ends:
            os.close(end)
        self.pid = int(self._line())

    def wait(self, timeout: float = PATIENCE) -> int:
        """Its status, as `subprocess` has it."""
        if self.returncode is None:
            if not select.select([self._socket], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("legacygrid", timeout)
            self.returncode = os.waitstatus_to_exitcode(int(self._line()))
            self._socket.close()
        return self.returncode

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            part = self._socket.recv(1)
            assert part, "the process that forks is gone"
            line += part
        return line

    def send_signal(self, number: int) -> None:
        """Send a signal to it, if it is still there."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float = PATIENCE) -> tuple[str, None]:
        """The rest of its output, at its end."""
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()
        rest = "" if self.stdout.closed else self.stdout.read()
        self.stdout.close()
        self.wait(timeout)
        return rest, None


@cache
def _origin() -> str:
    """The socket of the process that forks; it ends with this one."""
    folder = tempfile.TemporaryDirectory(prefix="forks-")
    path = f"{folder.name}/socket"
    command = [sys.executable, __file__, path]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_own(dict(os.environ)))
    assert process.stdin
    assert process.stdout
    atexit.register(folder.cleanup)
    atexit.register(process.wait)
    atexit.register(process.stdin.close)
    assert process.stdout.readline() == b"ready\n"
    return path


def _own(env: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if not name.startswith("LEGACYGRID_")}


# The other end


def _prepare() -> None:
    """Import all that a command may need."""

    for name in ("commands", "endpoints", "console", "server", "harness", "testing", "models"):
        package = importlib.import_module(f"legacygrid.{name}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    importlib.import_module("legacygrid.app")


def _fork_for(connection: socket.socket) -> list[str] | None:
    """Fork a command that a connection asks for: its arguments, in its own process."""
    if os.fork():
        connection.close()
        return None
    head, files, _, _ = socket.recv_fds(connection, 10, 3)
    told = b""
    while len(told) < int(head):
        told += connection.recv(int(head) - len(told))
    args, cwd, env = json.loads(told)
    pid = os.fork()
    if pid:
        for each in files:
            os.close(each)
        connection.sendall(b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        connection.sendall(b"%d\n" % status)
        os._exit(0)
    connection.close()
    for number, each in enumerate(files):
        os.dup2(each, number)
        os.close(each)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    _change_rights()
    return list(args)


def _change_rights() -> None:
    if SESSION in os.environ:
        os.setsid()
    if FILES in os.environ:
        resource.setrlimit(resource.RLIMIT_NOFILE, (int(os.environ[FILES]),) * 2)
    if UMASK in os.environ:
        os.umask(int(os.environ[UMASK], 8))
    if AS_NOBODY in os.environ and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def _serve(path: str) -> list[str]:
    """The arguments of a command, in a process of its own for each."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(100)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        end = os.dup(0)
        while True:
            connection = _next(listener, end)
            if (args := _fork_for(connection)) is not None:
                os.close(end)
                return args


def _next(listener: socket.socket, end: int) -> socket.socket:
    """The next connection; if whoever started this is gone, so is this."""
    ready, _, _ = select.select([listener, end], [], [])
    with contextlib.suppress(ChildProcessError):
        # What they took counts as this one's, for those who measure.
        while os.waitpid(-1, 0 if end in ready else os.WNOHANG)[0]:
            pass
    if end in ready:
        os._exit(0)
    return listener.accept()[0]


def _end(main: Callable[[], object]) -> None:
    """Run a command, and end as an interpreter does, but for taking all modules apart."""
    code: object = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    # The folder of this file, which nothing of the package may see.
    del sys.path[0]
    _prepare()
    assert threading.active_count() == 1
    gc.freeze()
    args = _serve(sys.argv[1])
    sys.argv = ["legacygrid", *args]
    from legacygrid.cli import main

    _end(main)
