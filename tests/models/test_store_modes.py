"""Who may read the store's files, and a store that nobody may write to."""

import json
import os
import shutil
import stat
import tempfile
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forks import AS_NOBODY, NOBODY, UMASK
from shell import PASSWORD, Served, Shell

pytestmark = pytest.mark.waits

DATABASE = ("--database", "sqlite:///data/legacygrid.db")
SERVE = ("--port", "0", *DATABASE)
READ = {"api_user": "acme", "api_key": PASSWORD, "task": "get"}
WRITE = {"api_user": "acme", "api_key": PASSWORD, "company": "other"}


@pytest.fixture
def shell() -> Iterator[Shell]:
    """A folder of nobody's, beyond the one of pytest, which is its user's alone; commands there are nobody, too."""
    with tempfile.TemporaryDirectory(prefix="modes-") as name:
        folder = Path(name)
        for each in (folder, folder / "data", folder / "tmp"):
            each.mkdir(exist_ok=True)
            each.chmod(0o755)
            if os.geteuid() == 0:
                os.chown(each, NOBODY, NOBODY)
        yield Shell(folder, {AS_NOBODY: "1", "TMPDIR": str(folder / "tmp")})
        (folder / "data").chmod(0o755)


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in sorted(folder.iterdir())}


def ask(served: Served, target: str, method: str = "POST", **params: str) -> tuple[int, Any]:
    try:
        return 200, served.call(target, method, **params)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


@pytest.mark.parametrize("umask", ["000", "022", "077", "177", "777"])
def test_the_files_of_a_new_store_are_its_owners_alone(shell: Shell, umask: str) -> None:
    with shell.serving(*SERVE, "--account", f"acme:{PASSWORD}", **{UMASK: umask}) as served:
        assert ask(served, "/api/profile.set.json", **WRITE)[0] == 200
        assert modes(shell.folder / "data") == dict.fromkeys(
            (
                "legacygrid.db",
                "legacygrid.db-leader",
                "legacygrid.db-reserve",
                "legacygrid.db-shm",
                "legacygrid.db-wal",
            ),
            "0o600",
        )
    assert modes(shell.folder / "data") == {"legacygrid.db": "0o600"}
    assert "may read it" not in served.log.read_text()


def test_so_are_those_of_a_store_in_memory(shell: Shell) -> None:
    memory = ("--port", "0", "--database", "sqlite:///:memory:", "--account", f"acme:{PASSWORD}")
    with shell.serving(*memory, **{UMASK: "000"}):
        (folder,) = (shell.folder / "tmp").iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert modes(folder)["memory.db"] == modes(folder)["memory.db-wal"] == "0o600"
    assert not list((shell.folder / "tmp").iterdir())


@pytest.mark.parametrize("mode", [0o700, 0o750, 0o2770, 0o777])
def test_the_folder_keeps_its_mode(shell: Shell, mode: int) -> None:
    data = shell.folder / "data"
    data.chmod(mode)
    add(shell)
    assert stat.S_IMODE(data.stat().st_mode) == mode


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o600])
def test_an_existing_file_that_others_may_read_is_told_of_at_start(shell: Shell, mode: int) -> None:
    add(shell)
    file = shell.folder / "data" / "legacygrid.db"
    file.chmod(mode)
    shell.does("account", "list", *DATABASE)
    with shell.serving(*SERVE) as served:
        pass
    said = f"others than its owner may read it (mode {mode:04o}); to change that: chmod 600 {file}*"
    assert served.log.read_text().count(said) == (mode != 0o600)
    assert stat.S_IMODE(file.stat().st_mode) == mode


LOCKED = {"the file": (0o444, 0o755), "the folder": (0o600, 0o555), "both": (0o400, 0o555)}


@pytest.fixture(params=LOCKED)
def locked(shell: Shell, request: pytest.FixtureRequest) -> Shell:
    """A store with an account, of which the file, its folder or both cannot be written to."""
    add(shell)
    of_file, of_folder = LOCKED[request.param]
    (shell.folder / "data" / "legacygrid.db").chmod(of_file)
    (shell.folder / "data").chmod(of_folder)
    return shell


def add(shell: Shell) -> None:
    shell.does("account", "add", "acme", "--password-stdin", "--bcrypt-cost", "4", *DATABASE, stdin=PASSWORD)


def test_a_read_only_store_is_read_and_refuses_what_changes_it(locked: Shell) -> None:
    file = locked.folder / "data" / "legacygrid.db"
    before = file.read_bytes(), sorted(os.listdir(file.parent))
    assert [row["account"] for row in locked.does("account", "list", "--json", *DATABASE).json] == ["acme"]
    assert locked.does("export", *DATABASE).json["accounts"][0]["username"] == "acme"
    assert "the store is read-only" in locked.refuses("account", "remove", "acme", *DATABASE)
    with locked.serving(*SERVE) as served:
        assert served.who("acme", PASSWORD) == "acme"
        assert ask(served, "/api/profile.set.json", **WRITE)[0] == 503
        status, answer = ask(served, "/__admin/health", "GET")
        assert (status, answer["status"]) == (503, "the store is read-only")
        assert ask(served, "/__admin/messages", "GET") == (200, {"messages": []})
    assert served.log.read_text().count("is read-only: what changes something is refused") == 1
    assert (file.read_bytes(), sorted(os.listdir(file.parent))) == before


def test_a_new_account_at_start_needs_a_store_that_can_be_written_to(locked: Shell) -> None:
    ran = locked.run("serve", *SERVE, "--account", f"other:{PASSWORD}")
    assert (ran.code, ran.err.splitlines()[-1]) == (1, "Error: the store does not answer: the store is read-only")


@pytest.mark.parametrize("mode", [0o000, 0o200])
def test_a_file_that_cannot_be_read(shell: Shell, mode: int) -> None:
    add(shell)
    (shell.folder / "data" / "legacygrid.db").chmod(mode)
    said = shell.refuses("account", "list", *DATABASE)
    assert said.endswith("legacygrid.db: this user may not read it; let it (chown, chmod u+rw)")


def test_a_new_store_in_a_folder_that_cannot_be_written_to(shell: Shell) -> None:
    (shell.folder / "data").chmod(0o555)
    new = ("account", "add", "acme", "--password-stdin", *DATABASE)
    assert "this user may not write to the folder" in shell.refuses(*new, stdin=PASSWORD)
    assert not list((shell.folder / "data").iterdir())


def test_a_log_that_was_not_written_back(shell: Shell) -> None:
    """As in a backup that was taken of a running server's folder."""
    data = shell.folder / "data"
    with shell.serving(*SERVE, "--account", f"acme:{PASSWORD}") as served:
        assert ask(served, "/api/profile.set.json", **WRITE)[0] == 200
        for name in ("legacygrid.db", "legacygrid.db-wal"):
            shutil.copy(data / name, shell.folder / name)
    for name in ("legacygrid.db", "legacygrid.db-wal"):
        (shell.folder / name).replace(data / name)
        if os.geteuid() == 0:
            os.chown(data / name, NOBODY, NOBODY)
    data.chmod(0o555)
    assert "its log (-wal) has to be written back first" in shell.refuses("account", "list", *DATABASE)
    data.chmod(0o755)
    assert shell.does("export", *DATABASE).json["accounts"][0]["company"] == "other"
