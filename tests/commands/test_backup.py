"""Copies of a store, also while a server writes to it."""

import stat
import threading
from pathlib import Path

import pytest

from shell import PASSWORD, Served, Shell

pytestmark = pytest.mark.waits

PROFILE = {
    "first_name": "A", "last_name": "B", "address": "1 Road", "city": "Town", "state": "CA", "zip": "91234",
    "country": "US", "phone": "555", "website": "example.com", "password": PASSWORD, "confirm_password": PASSWORD,
}  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A folder with a store of one account."""
    shell = Shell(tmp_path)
    shell.does("account", "add", "acme", "--password-stdin", "--bcrypt-cost", "4", stdin=f"{PASSWORD}\n")
    return shell


def add(served: Served, name: str) -> None:
    pair = {"api_user": "acme", "api_key": PASSWORD, "username": name, "email": f"{name}@example.com"}
    assert served.call("/apiv2/customer.add.json", **pair, **PROFILE) == {"message": "success"}


def subusers(served: Served) -> set[str]:
    rows = served.call("/apiv2/customer.profile.json", api_user="acme", api_key=PASSWORD, task="get")
    return {row["username"] for row in rows}


def test_what_was_answered_before_is_in_the_copy(shell: Shell) -> None:
    answered: list[str] = []
    enough, done = threading.Event(), threading.Event()

    def write(served: Served) -> None:
        while not done.is_set():
            name = f"sub{len(answered):04}"
            add(served, name)
            answered.append(name)
            if len(answered) == 20:
                enough.set()

    with shell.serving("--port", "0", "--bcrypt-cost", "4") as served:
        writer = threading.Thread(target=write, args=(served,))
        writer.start()
        try:
            assert enough.wait(30)
            before = set(answered)
            said = shell.does("backup", "copy.db").out
        finally:
            done.set()
            writer.join()
    file = shell.folder / "copy.db"
    assert said == f"copy.db: {file.stat().st_size:,} bytes\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not [each for each in shell.folder.iterdir() if each.name.startswith(("copy.db-", ".copy"))]
    # Restored, it answers, and takes writes.
    file.rename(shell.folder / "restored.db")
    with shell.serving("--port", "0", "--database", "sqlite:///restored.db", "--bcrypt-cost", "4") as served:
        kept = subusers(served)
        assert before <= kept <= set(answered)
        add(served, "afterwards")
        assert subusers(served) == kept | {"afterwards"}


def test_the_store_of_no_server(shell: Shell) -> None:
    shell.does("backup", "copy.db")
    there = ("--database", "sqlite:///copy.db")
    assert shell.does("export", *there).out == shell.does("export").out


@pytest.mark.parametrize(
    ("database", "file", "told"),
    [
        ("sqlite:///legacygrid.db", "there.db", "there.db is there already, and stays as it is"),
        ("sqlite:///none.db", "copy.db", "there is no store "),
        ("sqlite:///:memory:", "copy.db", "a store in memory goes with its process; take its state instead"),
        ("postgresql://me:hidden@127.0.0.1/x", "copy.db", "PostgreSQL's own tools: pg_dump"),
        ("sqlite:///there.db", "copy.db", "it is no SQLite database"),
        ("sqlite:///legacygrid.db", "no/folder.db", "cannot back up "),
    ],
)
def test_refusals(shell: Shell, database: str, file: str, told: str) -> None:
    (shell.folder / "there.db").write_text("mine")
    said = shell.refuses("backup", file, "--database", database)
    assert told in said
    assert "hidden" not in said
    assert (shell.folder / "there.db").read_text() == "mine"
    assert not (shell.folder / "copy.db").exists()
    assert not (shell.folder / "none.db").exists()
