"""Keeps the workers of `legacygrid serve --workers`: processes that answer at the same sockets.

They are started anew, never forked: threads and open stores do not outlive a fork.
"""

import logging
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from time import monotonic

from legacygrid.reasons import SetupError
from legacygrid.server.orders import Orders, Outcome
from legacygrid.server.server import GRACE

#: Where `python -m` finds a worker; not in the folder that it is started in.
COMMAND = (sys.executable, "-P", "-m", "legacygrid.commands.worker")
#: Seconds that a worker lives at least if there is no pause before the next; the first pause, after
#: which each is twice as long, and the longest.
_LIVES, _FIRST, _LONGEST = 1.0, 0.1, 5.0
#: Seconds that a worker has to end beside those that its calls have.
_SPARE = 2.0

log = logging.getLogger("legacygrid.workers")


class Workers:
    """So many processes, each of which is replaced once it has ended.

    :param count: how many.
    :param orders: what each of them is told.
    """

    def __init__(self, count: int, orders: Orders) -> None:
        self.lock = threading.Lock()
        self.is_ending = threading.Event()
        #: Whether any of them has answered; until then, who waits for the start is told of ends.
        self.have_answered = threading.Event()
        #: What became of starts; None is the wish to end, also of a signal.
        self.outcomes: SimpleQueue[tuple[WorkerPlace, Outcome] | None] = SimpleQueue()
        self._places = [
            WorkerPlace(self, orders._replace(place=place, workers=count)) for place in range(count)
        ]

    def start(self) -> Outcome | None:
        """Start all of them, and wait until each answers.

        :returns: what one of them told; none if they shall end already.
        :raises SetupError: none of them can answer; the message is the last one's.
        """
        for place in self._places:
            place.thread.start()
        answering: set[WorkerPlace] = set()
        failed: set[WorkerPlace] = set()
        while told := self.outcomes.get():
            place, outcome = told
            (failed if outcome.error else answering).add(place)
            if len(answering) == len(self._places):
                return outcome
            if len(failed - answering) == len(self._places):
                raise SetupError(outcome.error)
        return None

    def wait(self) -> None:
        """Until they shall end."""
        while self.outcomes.get():
            pass

    def ask_to_end(self) -> None:
        """Have `start` and `wait` return; handlers of signals may call it."""
        self.outcomes.put(None)

    def stop(self) -> None:
        """Let calls in hand end, within GRACE seconds, and with them all processes."""
        with self.lock:
            self.is_ending.set()
        for place in self._places:
            place.send(signal.SIGTERM)
        deadline = monotonic() + GRACE + _SPARE
        for place in self._places:
            place.join(max(0.0, deadline - monotonic()))
        for place in self._places:
            place.send(signal.SIGKILL)
            place.join(None)


class WorkerPlace:
    """A worker, and whoever comes after it."""

    def __init__(self, workers: Workers, orders: Orders) -> None:
        self._workers = workers
        self._orders = orders
        self._process: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=self._keep, name="legacygrid-worker", daemon=True)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the worker, if there is one."""
        if self._process is not None:
            self._process.send_signal(number)

    def join(self, timeout: float | None) -> None:
        """Wait for the end of the worker; there has to be no other after it."""
        if self.thread.ident is not None:
            self.thread.join(timeout)

    def _keep(self) -> None:
        # What is typed at a terminal comes to all processes, and is for the first alone: a process
        # has the mask of the thread that starts it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        ending, pause = self._workers.is_ending, _FIRST
        while not ending.is_set():
            began = monotonic()
            answered, how = self._live()
            if ending.is_set():
                return
            if self._workers.have_answered.is_set():
                log.error("%s; another is started", how)
            if answered and monotonic() - began >= _LIVES:
                pause = _FIRST
                continue
            ending.wait(pause)
            pause = min(2 * pause, _LONGEST)

    def _live(self) -> tuple[bool, str]:
        """Start a process, and wait for its end.

        :returns: whether it answered, and how it ended, in words.
        """
        try:
            process = self._start()
        except OSError as error:
            return self._fail(f"a worker cannot be started: {error.strerror}")
        if process is None:
            return False, ""
        outcome, status = self._attend(process)
        if outcome is None:
            return self._fail(f"a worker {status} before it answered")
        if outcome.error:
            return self._fail(outcome.error)
        return True, f"worker {process.pid} {status}"

    def _fail(self, error: str) -> tuple[bool, str]:
        self._workers.outcomes.put((self, Outcome(error=error)))
        return False, error

    def _start(self) -> "subprocess.Popen[bytes] | None":
        """A new process; none if all shall end.

        :raises OSError: there is no room for one.
        """
        with self._workers.lock:
            if self._workers.is_ending.is_set():
                return None
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=self._orders.inherited,
            )
            return self._process

    def _attend(self, process: "subprocess.Popen[bytes]") -> tuple[Outcome | None, str]:
        """Give a process its orders, pass on that it answers, and wait for its end.

        :returns: what it told, if it did, and how it ended, in words.
        """
        stdin, stdout = process.stdin, process.stdout
        assert stdin  # noqa: S101 - both are pipes
        assert stdout  # noqa: S101
        with suppress(BrokenPipeError):
            self._orders.write(stdin)
        outcome = Outcome.read(stdout)
        if outcome is not None and not outcome.error:
            self._workers.have_answered.set()
            self._workers.outcomes.put((self, outcome))
        status = _describe(process.wait())
        stdout.close()
        with suppress(BrokenPipeError):
            stdin.close()
        return outcome, status


def _describe(status: int) -> str:
    """How a process ended."""
    if status >= 0:
        return f"ended with status {status}"
    with suppress(ValueError):
        return f"was ended by {signal.Signals(-status).name}"
    return f"was ended by signal {-status}"
