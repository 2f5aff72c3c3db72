"""Nothing of a store stays in the temporary folder for long behind a process that is killed."""

import json
import os
import stat
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forks import Forked
from legacygrid.models.temporary import PREFIX
from shell import PASSWORD, Served, Shell, environment

pytestmark = pytest.mark.waits

MEMORY = ("--database", "sqlite:///:memory:")
SERVE = ("--port", "0", "--bcrypt-cost", "4", "--account", f"acme:{PASSWORD}")
PROFILE = {"api_user": "acme", "api_key": PASSWORD, "company": "other"}
HASH = "$2b$04$" + "." * 21 + "O" + "." * 31
LONG = dict.fromkeys(("address", "address2", "company", "website"), "x" * 100)
#: So many accounts that a copy of them is a file.
MANY = {
    "version": 1,
    "accounts": [{"username": f"ada-{number}", "password_hash": HASH, **LONG} for number in range(1600)],
}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "tmp").mkdir()
    return Shell(tmp_path, {"TMPDIR": str(tmp_path / "tmp")})


def left(shell: Shell) -> list[str]:
    """The files that are in the temporary folder."""
    return sorted(path.name for path in (shell.folder / "tmp").rglob("*") if path.is_file())


def control(served: Served, method: str, target: str, body: object = None) -> None:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{served.url}/__admin/{target}", data, headers, method=method)
    try:
        urllib.request.urlopen(request, timeout=30).close()
    except urllib.error.HTTPError as error:
        with error:
            pytest.fail(f"{target}: {error.read()!r}")


def use(served: Served) -> None:
    """All that makes copies: a write, a seed, and a reset to each of them."""
    assert served.call("/api/profile.set.json", **PROFILE) == {"message": "success"}
    control(served, "POST", "seed", MANY)
    control(served, "POST", "reset", {"account": "ada-1"})
    control(served, "POST", "reset")
    assert served.who("acme", PASSWORD) == "acme"
    assert served.who("ada-1", PASSWORD) is None


@contextmanager
def killed(shell: Shell, *args: str) -> Iterator[Served]:
    """A server that is killed after the block."""
    log = shell.folder / "log"
    with log.open("w") as stderr, shell._started((*SERVE, *args), "", {}, stderr, is_anew=False) as process:
        lines: list[str] = []
        while not (lines and lines[-1].startswith("Listening on http:")):
            lines.append(process.stdout.readline().rstrip("\n"))
            assert lines[-1], log.read_text()
        yield Served(lines, log)
        process.kill()


def open_another(shell: Shell) -> None:
    """A store in memory, which is gone at once."""
    assert shell.run("run", *MEMORY, "--", "true").code == 0


def test_copies_of_a_store_have_no_names(shell: Shell) -> None:
    with killed(shell) as served:
        use(served)
        assert left(shell) == []
    assert left(shell) == []
    assert sorted(path.name for path in shell.folder.glob("legacygrid.db*")) == [
        "legacygrid.db", "legacygrid.db-leader", "legacygrid.db-reserve", "legacygrid.db-shm", "legacygrid.db-wal",
    ]  # fmt: skip


def test_what_a_store_in_memory_leaves_goes_with_the_next(shell: Shell) -> None:
    with killed(shell, *MEMORY) as served:
        use(served)
        files = ["lock", "memory.db", "memory.db-shm", "memory.db-wal"]
        assert left(shell) == files
    assert left(shell) == files
    open_another(shell)
    assert left(shell) == []
    assert not list((shell.folder / "tmp").iterdir())


def test_what_run_leaves_goes_with_the_next(shell: Shell) -> None:
    with (shell.folder / "log").open("w") as stderr:
        command = ("run", *MEMORY, "--", "sh", "-c", "echo ready; read end")
        process = Forked(*command, cwd=shell.folder, env=environment(shell.env), stderr=stderr)
        assert process.stdout.readline() == "ready\n", (shell.folder / "log").read_text()
        process.kill()
        process.communicate()
    assert "memory.db" in left(shell)
    open_another(shell)
    assert "memory.db" not in left(shell)


def test_a_store_that_is_in_use_stays(shell: Shell) -> None:
    with shell.serving(*SERVE, *MEMORY) as served:
        open_another(shell)
        use(served)
        assert len(list((shell.folder / "tmp").iterdir())) == 1
    assert left(shell) == []


def make_without_lock(path: Path) -> None:
    path.mkdir()
    (path / "memory.db").touch()


def make_link(path: Path) -> None:
    target = path.with_name("target")
    target.mkdir()
    (target / "lock").touch()
    (target / "memory.db").touch()
    path.symlink_to(target)


def make_other(path: Path) -> None:
    path = path.with_name("legacygrid-other")
    path.mkdir()
    (path / "lock").touch()
    (path / "memory.db").touch()


@pytest.mark.parametrize(
    "make", [make_without_lock, make_link, make_other], ids=["without a lock", "a link", "another name"]
)
def test_what_may_be_anothers_stays(shell: Shell, make: Callable[[Path], None]) -> None:
    make(shell.folder / "tmp" / f"{PREFIX}x")
    open_another(shell)
    assert "memory.db" in left(shell)


def test_what_is_another_users_stays(shell: Shell) -> None:
    assert os.geteuid() == 0, "run the tests as root, as CI does, or nobody can be somebody else"
    folder = shell.folder / "tmp" / f"{PREFIX}x"
    folder.mkdir()
    for name in ("lock", "memory.db"):
        (folder / name).touch()
    os.chown(folder, 65534, 65534)
    open_another(shell)
    assert left(shell) == ["lock", "memory.db"]
    assert stat.S_ISDIR(folder.stat().st_mode)
