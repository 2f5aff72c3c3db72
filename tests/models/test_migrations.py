"""A store of an older version moves up when it is opened, and loses nothing; one of a newer version is left alone."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from legacygrid.models import migrations
from legacygrid.models.connections import Sqlite
from legacygrid.models.files import APPLICATION_ID, StoreError
from shell import Shell
from stores import PASSWORD_OF_ALL, STORES

pytestmark = pytest.mark.waits

VERSIONS = range(migrations.OLDEST, migrations.newest() + 1)
NEXT = migrations.newest() + 1
#: Columns whose values a version changes on purpose, by table.
CHANGED: dict[int, dict[str, set[str]]] = {7: {"login": {"key"}}}
#: A program that opens a store with one step more.
OPEN = f"""
import os, signal, sys, time
from legacygrid import models
from legacygrid.models import migrations
def step(connection):
    connection.execute("CREATE TABLE moved (pid)")
    connection.execute("UPDATE account SET company = 'moved'")
    {{}}
migrations.STEPS = {{{{**migrations.STEPS, {NEXT}: step}}}}
sys.stdin.readline()
models.open_store("sqlite:///" + sys.argv[1]).close()
"""


@pytest.fixture(params=VERSIONS, ids="v{}".format)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A store that an older version made, or this one."""
    path = tmp_path / "legacygrid.db"
    shutil.copy(STORES / f"v{request.param}.db", path)
    return path


@pytest.fixture
def last(tmp_path: Path) -> Path:
    """A store of this version."""
    return Path(shutil.copy(STORES / f"v{VERSIONS[-1]}.db", tmp_path / "legacygrid.db"))


def ask(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def tables(connection: sqlite3.Connection) -> list[str]:
    return sorted(name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    return everything(path, table)[table]


def everything(path: Path, *chosen: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of all tables, or of some."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            table: [dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')]
            for table in chosen or tables(connection)
        }


def schema(path: Path) -> dict[str, Any]:
    """What tables a store has, whatever the order of their columns, and whatever is there where none is given."""
    found: dict[str, Any] = {}
    # Each connection reads the schema anew, which takes a while.
    with closing(sqlite3.connect(path)) as connection:
        for table in tables(connection):
            columns = connection.execute(f"SELECT name, type, \"notnull\", pk FROM pragma_table_info('{table}')")
            keys = connection.execute(
                f'SELECT "from", "table", "to", on_delete FROM pragma_foreign_key_list(\'{table}\')'
            )
            found[table] = [sorted(columns), sorted(keys)]
    indexes = ask(path, "SELECT name, sql FROM sqlite_master WHERE type != 'table' AND sql IS NOT NULL")
    numbered = ask(path, "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table'")
    return found | dict(indexes) | {"numbers are never given twice": dict(numbered)}


def contains(after: Any, before: Any) -> bool:
    """Whether all that was there is there, at its place."""
    if isinstance(before, dict):
        return all(name in after and contains(after[name], value) for name, value in before.items())
    if isinstance(before, list):
        return len(after) == len(before) and all(map(contains, after, before))
    return bool(after == before)


def move(path: Path, *steps: migrations.Step) -> None:
    """Move a store up by further steps, as a store does that is opened."""
    database = Sqlite(path)
    known = migrations.STEPS
    migrations.STEPS = {**known, **dict(enumerate(steps, NEXT))}
    try:
        with migrations.transaction(database):
            migrations.move_up(database)
    finally:
        migrations.STEPS = known
        database.close_everywhere()


def test_each_version_has_its_step_and_a_store_that_it_made() -> None:
    """What is missing, `make store` makes."""
    assert sorted(migrations.STEPS) == list(VERSIONS)[1:]
    assert {path.name for path in STORES.glob("v*.*")} == {
        f"v{each}.{end}" for each in VERSIONS for end in ("db", "json")
    }


#: What makes a store.
ADD = ("account", "add", "acme", "--password-stdin", "--bcrypt-cost", "4")


def test_what_the_models_say_is_what_the_steps_make(old: Path) -> None:
    """A change of a model without a step, or a step without its change of a model, ends here."""
    Shell(old.parent).run("account", "list")
    Shell(old.parent).does(*ADD, "--database", "sqlite:///new.db", stdin="a-secret-1\n")
    assert schema(old) == schema(old.parent / "new.db")
    assert ask(old, "PRAGMA user_version") == ask(old.parent / "new.db", "PRAGMA user_version") == [(VERSIONS[-1],)]


def test_no_row_is_lost(old: Path) -> None:
    version, before = ask(old, "PRAGMA user_version")[0][0], everything(old)
    Shell(old.parent).run("account", "list")
    after = everything(old)
    # The numbers of a table may be counted from some version on.
    counted = {row["name"]: row["seq"] for row in after["sqlite_sequence"]}
    assert counted.items() >= {row["name"]: row["seq"] for row in before.pop("sqlite_sequence")}.items()
    # What resets go by is made anew.
    for table, kept in ((name, rows) for name, rows in before.items() if not name.startswith("undo_")):
        changed = set().union(*(CHANGED.get(each, {}).get(table, set()) for each in range(version + 1, NEXT)))
        names = set(kept[0]) - changed if kept else set()
        assert [{name: row[name] for name in names} for row in after[table]] == [
            {name: row[name] for name in names} for row in kept
        ], table
    assert ask(old, "PRAGMA integrity_check") == [("ok",)]
    assert ask(old, "PRAGMA foreign_key_check") == []


def test_the_export_says_what_it_said(old: Path) -> None:
    version = ask(old, "PRAGMA user_version")[0][0]
    assert contains(Shell(old.parent).run("export").json, json.loads((STORES / f"v{version}.json").read_text()))


def test_everybody_logs_in(old: Path) -> None:
    names = [row["name"] for row in rows(old, "login") if row["kind"] == "owner" and "\x1f" not in row["key"]][::2]
    # However long ago that was.
    with Shell(old.parent).serving("--port", "0", "--outbox-days", "36500") as served:
        assert [served.who(name, PASSWORD_OF_ALL) for name in names] == names
        assert served.who("apikey", "SG.the-key-of-acme") == "Acme"
        found = served.call("/__admin/messages", "GET")["messages"]
    assert len(found) == len(rows(old, "message"))


@pytest.mark.parametrize("version", [0, 1, migrations.OLDEST - 1, NEXT, NEXT + 93])
def test_a_version_that_cannot_be_read(last: Path, version: int) -> None:
    with closing(sqlite3.connect(last)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    before = last.read_bytes()
    said = Shell(last.parent).refuses("account", "list")
    assert f"has schema version {version}" in said
    assert ("is of a newer Legacygrid" in said) == (version >= NEXT)
    assert last.read_bytes() == before
    assert os.listdir(last.parent) == [last.name]


def test_a_newer_version_that_is_not_in_the_file_yet(last: Path) -> None:
    """What another process wrote may stand beside the file, in its log."""
    with closing(sqlite3.connect(last)) as connection:
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute(f"PRAGMA user_version = {NEXT}")
        connection.commit()
        assert f"has schema version {NEXT}" in Shell(last.parent).refuses("account", "list")


def test_a_step_that_fails_leaves_the_old_store(last: Path) -> None:
    before = everything(last)

    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE account SET company = 'moved'")
        connection.execute("SELECT no_such_column FROM account")

    with pytest.raises(Exception, match="no_such_column"):
        move(last, lambda connection: connection.execute("CREATE TABLE moved (pid)"), fails)
    assert everything(last) == before
    assert ask(last, "PRAGMA user_version") == [(NEXT - 1,)]


def test_a_table_in_the_place_of_another_keeps_what_belongs_to_its_rows(last: Path) -> None:
    before = everything(last)

    def rebuild(connection: sqlite3.Connection) -> None:
        (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'account'").fetchone()
        connection.execute(sql.replace('TABLE "account"', 'TABLE "other"').replace('"city" TEXT', '"city" BLOB'))
        connection.execute("INSERT INTO other SELECT * FROM account")
        connection.execute("DROP TABLE account")
        connection.execute("ALTER TABLE other RENAME TO account")

    move(last, rebuild)
    after = everything(last)
    assert after.pop("sqlite_sequence") != before.pop("sqlite_sequence")
    assert after == before


def test_a_step_that_loses_rows_is_refused(last: Path) -> None:
    before = everything(last)
    with pytest.raises(StoreError, match="rows would be lost"):
        move(last, lambda connection: connection.execute("DELETE FROM account WHERE parent_id IS NULL"))
    assert everything(last) == before


def start(path: Path, ending: str = "") -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", OPEN.format(ending), str(path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_killed_half_way(last: Path) -> None:
    before = everything(last)
    process = start(last, "os.kill(os.getpid(), signal.SIGKILL)")
    process.communicate("go\n", timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert everything(last) == before
    assert ask(last, "PRAGMA user_version") == [(NEXT - 1,)]


def test_of_processes_that_open_it_at_once_one_moves_it_up(last: Path) -> None:
    # The second step of one table would fail.
    processes = [start(last, "time.sleep(0.2)") for _ in range(3)]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert [(process.returncode, text) for process, text in zip(processes, said, strict=True)] == [(0, "")] * 3
    assert ask(last, "PRAGMA user_version") == [(NEXT,)]
    assert ask(last, "PRAGMA application_id") == [(APPLICATION_ID,)]
