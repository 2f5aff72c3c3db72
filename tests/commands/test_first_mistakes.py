"""What goes wrong on the first day: what is typed, what a person reads, and how it ends."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shell import PASSWORD, Served, Shell

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

MEMORY = ("--database", "sqlite:///:memory:")
SECRET = ("--password-stdin", "--bcrypt-cost", "4")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shell, Served]]:
    """A folder, and the server of the store in it."""
    shell = Shell(tmp_path_factory.mktemp("serving"))
    with shell.serving("--port", "0", "--bcrypt-cost", "4", "--account", f"acme:{PASSWORD}") as served:
        yield shell, served


# Stores that are not there


@pytest.mark.parametrize(
    "arguments",
    [
        "export", "account list", "key list", "domain list", "ip list acme", "login list acme", "credits show acme",
        "suppression list acme", "account remove acme", "key add acme", "domain add acme a.example",
        "relay 1 --smtp 127.0.0.1:9",
        "backup FILE",
    ],
)  # fmt: skip
def test_who_asks_a_store_makes_none(shell: Shell, arguments: str) -> None:
    said = shell.refuses(*arguments.split())
    assert said.startswith(f"there is no store {shell.folder}/legacygrid.db; name the one that you mean by --database")
    assert not list(shell.folder.iterdir())


@pytest.mark.parametrize("arguments", [("export",), ("key", "add", "acme"), ("account", "add", "acme", *SECRET)])
def test_a_store_in_memory_is_another_process_s(shell: Shell, arguments: tuple[str, ...]) -> None:
    said = shell.refuses(*arguments, *MEMORY, stdin=f"{PASSWORD}\n")
    assert said.startswith("a store in memory goes with its process, and each command is a process of its own")
    assert "control API" in said
    assert "--account" in said


# Folders that cannot be written to


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may become another user")
def test_a_folder_that_may_not_be_written_to_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.folder.chmod(0o755)
    inner = shell.folder / "inner"
    inner.mkdir(mode=0o755)
    error = PermissionError(13, "Permission denied")

    from legacygrid.models import files, opening
    from legacygrid.models.connections import Sqlite

    def refuse(path: Path) -> None:
        raise error

    monkeypatch.setattr(files, "create", refuse)
    with pytest.raises(files.StoreError) as refusal:
        opening.prepare(Sqlite(inner / "store.db"))
    assert str(refusal.value) == (
        f"cannot open the store {inner}/store.db: this user may not write to the folder {inner}, and SQLite keeps files"
        " beside the store; let it (chown, chmod u+wx), or name a store elsewhere: --database sqlite:////PATH"
    )


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("none/x.db", "there is no folder {}/none; make it, or name"),
        ("file/x.db", "{}/file is no folder; name a store"),
    ],
)
def test_a_folder_that_is_none_is_named(shell: Shell, place: str, said: str) -> None:
    (shell.folder / "file").touch()
    told = shell.refuses("serve", "--port", "0", "--database", f"sqlite:///{place}")
    assert said.format(shell.folder) in told


# A second server


@pytest.mark.parametrize("arguments", ["serve --port 0", "serve --port 0 --workers 2", "run --database URL true"])
def test_a_store_has_one_server(serving: tuple[Shell, Served], arguments: str) -> None:
    shell, served = serving
    said = shell.refuses(*arguments.replace("URL", "sqlite:///legacygrid.db").split())
    told = re.fullmatch(r"sqlite:///legacygrid.db is served already, by process \d+ at (\S+)\. Use that .+", said)
    assert told, said
    assert told[1] == served.url
    assert "--workers" in said
    assert "PostgreSQL" in said


def test_commands_work_beside_a_server(serving: tuple[Shell, Served]) -> None:
    shell, served = serving
    assert shell.accounts() == ["acme"]
    shell.does("account", "add", "beside", *SECRET, stdin=f"{PASSWORD}\n")
    assert served.who("beside", PASSWORD) == "beside"
    shell.does("account", "remove", "beside")


# A run without a store


@pytest.mark.parametrize(
    ("is_there", "told"),
    [
        (False, "gone at the end; to use one that stays: --database sqlite:///legacygrid.db"),
        (
            True,
            "gone at the end; legacygrid.db in this folder is not used; to use it: --database sqlite:///legacygrid.db",
        ),
    ],
)
def test_a_run_keeps_nothing_unasked(shell: Shell, is_there: bool, told: str) -> None:
    if is_there:
        (shell.folder / "legacygrid.db").touch()
    before = list(shell.folder.iterdir())
    ran = shell.run("run", "true")
    assert (ran.code, ran.err.splitlines()) == (
        0,
        [f"legacygrid: nothing is kept: the store is in memory, and {told}", "legacygrid: no call came"],
    )
    assert list(shell.folder.iterdir()) == before


def test_a_run_keeps_what_it_is_told_to(shell: Shell) -> None:
    assert shell.run("run", "true", LEGACYGRID_DATABASE="sqlite:///kept.db").err == "legacygrid: no call came\n"
    assert [file.name for file in shell.folder.iterdir()] == ["kept.db"]
