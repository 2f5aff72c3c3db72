"""Runs a command as a shell does: with the terminal, its signals, and its exit status."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

#: Signals that are sent to us and meant for the command.
_FORWARDED = [
    getattr(signal, name)
    for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
]
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


def find(command: Sequence[str]) -> None:
    """See that there is such a command, before anything is made for it.

    :raises NotStarted: there is none.
    """
    if not shutil.which(command[0]) and not os.path.exists(command[0]):
        raise NotStarted(f"{command[0]}: command not found", _NOT_FOUND)


class Child:
    """A command, and the signals that arrive until it ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._arrivals, self._arrived = socket.socketpair()
        self._arrived.setblocking(False)

    def run(self, command: Sequence[str], env: Mapping[str, str]) -> int:
        """Run it to its end.

        :returns: its status; 128 and the number of the signal that ended it.
        """
        self._process = _start(command, env)
        for number in self._early:
            self._process.send_signal(number)
        # Not `wait`: a signal that comes just before it blocks would be seen after it alone.
        while (status := self._process.poll()) is None:
            self._arrivals.recv(1)
        return 128 - status if status < 0 else status

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
        if self._process is None:
            self._early.append(number)
        elif not (number in _OF_TERMINALS and _is_in_foreground()):
            self._process.send_signal(number)


def _start(command: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, env=env)  # noqa: S603 - the user's own command
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
