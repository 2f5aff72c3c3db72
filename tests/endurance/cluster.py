"""Two servers with two workers each over one PostgreSQL, and what is done to them."""

import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM, Signals

import psycopg

from asking import Record
from emulator import PASSWORD
from postgres_server import PostgresServer
from wire import Process, wait_until

OWNER = "acme"
WORKERS = 2
#: Seconds in which all has to answer again, and a server to end.
RECOVERY, END = 15.0, 15.0
#: What is in the lines of a log that tell of faults.
FAULTS = ("Traceback", " fault: ", "nhandled", "Exception in", "never retrieved")
#: Seconds for which a process stands still.
STILL = 1.0, 4.0
OPTIONS = (
    *("--workers", str(WORKERS), "--account", f"{OWNER}:{PASSWORD}", "--smtp-port", "0", "--no-limits"),
    *("--outbox", "1000000"),
)


def find_session(leader: int) -> list[int]:
    """The processes of a session that still run."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # What is in brackets may have anything in it.
            state, _, _, session = place.read_text().rpartition(")")[2].split()[:4]
            if int(session) == leader and state != "Z":
                found.append(int(place.parent.name))
    return sorted(found)


class Cluster:
    """The servers.

    :ivar servers: the one that is in each place now.
    :ivar moment: goes up by one when something is done to them, and when they have recovered from it.
    """

    def __init__(self, folder: Path, database: str, postgres: PostgresServer, record: Record) -> None:
        self.database = database
        self.moment = 0
        self._folder, self._postgres, self._record = folder, postgres, record
        self._numbers = count()
        #: Every session that there was.
        self.sessions: list[int] = []
        self.servers: list[Process] = []
        self.acts: dict[str, Callable[[random.Random], str]] = {
            "worker killed": self._kill_worker,
            "supervisor killed": self._kill_supervisor,
            "server told to end": self._end_server,
            "PostgreSQL restarted": self._restart_postgres,
            "connections cut": self._cut_connections,
            "process stopped for a while": self._hold_process,
        }

    def start(self) -> None:
        """Have two servers answer."""
        for _ in range(2):
            self.servers.append(self._start())

    def _start(self) -> Process:
        folder = self._folder / f"server-{next(self._numbers)}"
        folder.mkdir()
        server = Process(folder, self.database, *OPTIONS, is_anew=True)
        self.sessions.append(server.number)
        return server

    def stop(self) -> None:
        """Tell them to end, and look at what is left."""
        for server in self.servers:
            server.signal(SIGTERM)
        for server in self.servers:
            self._await_end(server)
        for session in self.sessions:
            if not wait_until(lambda session=session: not find_session(session), END):
                self._record.find(f"a process was left over: {_describe(find_session(session))}")

    def kill(self) -> None:
        """End whatever is left, without a look."""
        for server in self.servers:
            server.kill()
        for session in self.sessions:
            for each in find_session(session):
                with suppress(ProcessLookupError):
                    os.kill(each, SIGKILL)

    def find_faults(self) -> None:
        """Look through all logs for faults of the servers' own."""
        for log in sorted(self._folder.glob("server-*/serve.log")):
            lines = log.read_text("utf-8", "replace").splitlines()
            for line in [line for line in lines if any(word in line for word in FAULTS)][:1]:
                self._record.find(f"a fault in the log of {log.parent.name}: {line}")

    def was_calm_since(self, moment: int) -> bool:
        """Whether nothing was being done to them then, and nothing was since."""
        return moment % 2 == 0 and moment == self.moment

    # What is done

    def _kill_worker(self, chance: random.Random) -> str:
        worker = chance.choice(self._workers(chance.choice(self.servers)))
        os.kill(worker, SIGKILL)
        return ""

    def _kill_supervisor(self, chance: random.Random) -> str:
        place = chance.randrange(len(self.servers))
        old = self.servers[place]
        old.signal(SIGKILL)
        old.status(END)
        self._replace(place)
        if not wait_until(lambda: not find_session(old.number), END):
            self._record.find(f"workers outlived their supervisor: {_describe(find_session(old.number))}")
        return f"server {place}"

    def _end_server(self, chance: random.Random) -> str:
        place = chance.randrange(len(self.servers))
        old = self.servers[place]
        old.signal(SIGTERM)
        self._await_end(old)
        self._replace(place)
        return f"server {place}"

    def _restart_postgres(self, chance: random.Random) -> str:
        self._postgres.stop("immediate")
        time.sleep(chance.uniform(0, 2))
        self._postgres.start()
        return ""

    def _cut_connections(self, chance: random.Random) -> str:
        return f"{self.cut_connections()} of them"

    def cut_connections(self) -> int:
        """End all connections to PostgreSQL; how many there were."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            done = connection.execute(f"{others} AND application_name = 'legacygrid'")
            return done.rowcount

    def _hold_process(self, chance: random.Random) -> str:
        server = chance.choice(self.servers)
        held = chance.choice([server.number, *self._workers(server)])
        seconds = chance.uniform(*STILL)
        os.kill(held, SIGSTOP)
        time.sleep(seconds)
        os.kill(held, SIGCONT)
        what = "supervisor" if held == server.number else "worker"
        return f"a {what} for {seconds:.1f} s"

    def _workers(self, server: Process) -> list[int]:
        return [each for each in find_session(server.number) if each != server.number]

    def has_workers(self, server: Process) -> bool:
        """Whether it has as many as it should."""
        return len(self._workers(server)) == WORKERS

    def _replace(self, place: int) -> None:
        try:
            self.servers[place] = self._start()
        except AssertionError as error:
            self._record.find(f"a server did not start: {error}")
            self.servers[place] = self._start()

    def _await_end(self, server: Process) -> None:
        status = server.status(END)
        if status is None:
            self._record.find(f"a server did not end within {END:.0f} s of SIGTERM")
            server.signal(Signals.SIGKILL)
            server.status(END)
        elif status:
            self._record.find(f"a server that was told to end did so with status {status}")


def _describe(numbers: list[int]) -> str:
    told = []
    for number in numbers:
        with suppress(OSError):
            told.append(Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:80].strip())
    return "; ".join(told)
