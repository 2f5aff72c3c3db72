"""Runs a command as a shell does: with the terminal, its signals, and its exit status."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any, NamedTuple

#: Signals that are sent to us and meant for the command.
_FORWARDED = [
    getattr(signal, name)
    for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
]
#: Those by which a person or a supervisor wants an end of all that we do.
_STOPS = {getattr(signal, name, None) for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM")}
#: Signals that a terminal sends to all processes in its foreground by itself.
_OF_TERMINALS = {getattr(signal, name, None) for name in ("SIGINT", "SIGQUIT")}


#: What a shell exits with for a command that does not exist, and for one that cannot be executed.
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126


class NotStarted(Exception):  # noqa: N818 - why there is no child
    """The command cannot be started.

    :param exit_code: what a shell would exit with.
    """

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class TookTooLong(Exception):  # noqa: N818 - why it has no status of its own
    """The command was ended, as it did not end in time."""


class Output(NamedTuple):
    """Where a command writes to; by default, where we do."""

    stdout: IO[bytes] | None = None
    stderr: IO[bytes] | None = None


INHERITED = Output()
#: Seconds that a command which took too long has to end by itself.
_GRACE = 5.0


def find(command: Sequence[str]) -> None:
    """See that there is such a command, before anything is made for it.

    :raises NotStarted: there is none.
    """
    if not shutil.which(command[0]) and not os.path.exists(command[0]):
        raise NotStarted(f"{command[0]}: command not found", _NOT_FOUND)


class Child:
    """A command, and the signals that arrive until it ends.

    :ivar stopped_by: the last of them by which all is to be stopped; none if none came.
    """

    def __init__(self) -> None:
        self.stopped_by: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._arrivals, self._arrived = socket.socketpair()
        self._arrived.setblocking(False)

    def run(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        output: Output = INHERITED,
        timeout: float | None = None,
    ) -> int:
        """Run it to its end.

        :param timeout: seconds that it may take; by default, as many as it likes.
        :returns: its status; 128 and the number of the signal that ended it.
        :raises NotStarted: it cannot be started; TookTooLong: it was ended.
        """
        self._process = process = _start(command, env, output)
        for number in self._early:
            process.send_signal(number)
        if not self._ends_within(process, timeout):
            process.terminate()
            if not self._ends_within(process, _GRACE):
                process.kill()
                process.wait()
            raise TookTooLong
        status: int = process.returncode
        return 128 - status if status < 0 else status

    def _ends_within(self, process: "subprocess.Popen[bytes]", seconds: float | None) -> bool:
        deadline = None if seconds is None else time.monotonic() + seconds
        # Not `wait`: a signal that comes just before it blocks would be seen after it alone.
        while process.poll() is None:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._arrivals.settimeout(left)
            with suppress(TimeoutError):
                self._arrivals.recv(1)
        return True

    @contextmanager
    def forwarding_signals(self) -> Iterator[None]:
        """Forward signals to the command. Those that our parent has set to be ignored stay so, and
        the command inherits that.
        """
        heeded = [number for number in _FORWARDED if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self._forward) for number in heeded}
        # Its end is a signal, too.
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        others = signal.set_wakeup_fd(self._arrived.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(others)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._arrivals.close()
            self._arrived.close()

    def _forward(self, number: int, frame: Any) -> None:
        if number in _STOPS:
            self.stopped_by = number
        if self._process is None:
            self._early.append(number)
        elif not (number in _OF_TERMINALS and _is_in_foreground()):
            self._process.send_signal(number)


def _start(
    command: Sequence[str], env: Mapping[str, str], output: Output
) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - the user's own command
            command, env=env, stdout=output.stdout, stderr=output.stderr
        )
    except FileNotFoundError:
        raise NotStarted(f"{command[0]}: command not found", _NOT_FOUND) from None
    except OSError as error:
        raise NotStarted(f"{command[0]}: {error.strerror}", _NOT_EXECUTABLE) from None


def _is_in_foreground() -> bool:
    """Whether we are in the group to which our terminal sends what is typed."""
    try:
        with open("/dev/tty", "rb", buffering=0) as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except (OSError, AttributeError):
        return False
