"""A server of PostgreSQL for tests, of Debian's package. As a program, it runs a command with one:

python tests/support/postgres_server.py python -m pytest tests/models
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: Each version has a folder of its own.
_VERSIONS = Path("/usr/lib/postgresql")
#: It runs as nobody who may do everything.
_USER = "postgres"


def find_programs() -> Path | None:
    """The folder of the newest version's programs; none if there is none."""
    return max(_VERSIONS.glob("*/bin"), key=lambda path: float(path.parent.name), default=None)


class PostgresServer:
    """A server in a folder of its own; it listens on a socket there, and on no port.

    :param folder: of a short path, which is a socket's.
    :param flushes: whether what it stored outlasts the machine, and not only the server.
    """

    def __init__(self, folder: Path, flushes: bool) -> None:
        programs = find_programs()
        assert programs, f"no PostgreSQL in {_VERSIONS}; try: apt-get install postgresql"
        self._programs = programs
        self._folder = folder
        self._flushes = flushes
        self.url = f"postgresql://{_USER}@/postgres?host={folder}"
        if os.geteuid() == 0:
            shutil.chown(folder, _USER)
        self._run("initdb", "--auth=trust", f"--username={_USER}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    def _run(self, program: str, *options: str) -> None:
        command = [self._programs / program, "--pgdata", self._folder / "data", *options]
        if os.geteuid() == 0:
            command = ["runuser", "-u", _USER, "--", *command]
        subprocess.run(command, stdout=subprocess.DEVNULL, cwd=self._folder, check=True)

    def start(self) -> None:
        """Have it answer."""
        options = f"-k {self._folder} -c listen_addresses='' -c max_connections=300"
        if not self._flushes:
            options += " -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "--wait", "--log", str(self._folder / "log"), "--options", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Have it end, by default at once, as one that crashes."""
        self._run("pg_ctl", "--wait", "--mode", mode, "stop")


@contextmanager
def running(flushes: bool = False) -> Iterator[PostgresServer]:
    """One that answers, until the end of the block; `flushes` as what is measured needs it."""
    folder = Path(tempfile.mkdtemp(prefix="legacygrid-pg-"))
    try:
        server = PostgresServer(folder, flushes)
        server.start()
        yield server
        with suppress(subprocess.CalledProcessError):
            server.stop()
    finally:
        shutil.rmtree(folder)


def has_user() -> bool:
    """Whether there is somebody to run it as."""
    if os.geteuid() != 0:
        return True
    with suppress(KeyError):
        return bool(pwd.getpwnam(_USER))
    return False


def main() -> None:
    """Run a command with a server."""
    with running() as server:
        environment = os.environ | {"LEGACYGRID_TEST_POSTGRES": server.url}
        done = subprocess.run(sys.argv[1:], env=environment, check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
