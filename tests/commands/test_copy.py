"""Whole stores, from one engine to another: nothing of them is lost, and nothing half done stays."""

import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

import big_store
from engines import make_schema
from legacygrid.models import store_transfer
from legacygrid.models.engines import sqlite_transfer
from legacygrid.models.engines.transfer_ends import list_tables
from legacygrid.models.files import StoreError
from postgres_server import PostgresServer, find_programs
from shell import BIN, PASSWORD, Served, Shell, environment
from stores import PASSWORD_OF_ALL, STORES
from wire import wait_until

pytestmark = [pytest.mark.waits, pytest.mark.takes(40)]

ENGINES = ["sqlite", "postgres"]
PROFILE = {
    "first_name": "A", "last_name": "B", "address": "1 Road", "city": "Town", "state": "CA", "zip": "91234",
    "country": "US", "phone": "555", "website": "example.com", "password": PASSWORD, "confirm_password": PASSWORD,
}  # fmt: skip
ACME = {"api_user": "Acme", "api_key": PASSWORD_OF_ALL}
SERVE = ("--port", "0", "--bcrypt-cost", "4", "--database")
#: What no door writes in this form: bytes, large numbers, and what has to be escaped on its way.
ODD = (
    ("UPDATE message SET source = ?, size = ?, subject = ? WHERE id = 1", (bytes(range(256)) * 40, 2**40, "a\0b")),
    ("UPDATE message SET subject = ?, at = ? WHERE id = 2", ("\\N\t\n\r\\.\b\x7f\N{GRINNING FACE}", 1e-7)),
    ("UPDATE message SET subject = ?, ip_pool = NULL WHERE id = 3", ("\0\0",)),
    ("UPDATE recipient SET reason = ?, at = ? WHERE id = 1", ("\0", 1790000000.1234567)),
    (
        "INSERT INTO webhook_post SELECT 700, id, world, 'event', 1, 'http://127.0.0.1/', '{}', ?, 1, 'waiting', 1.5, 2.5, 1"
        " FROM account WHERE id = 1",
        (b"\0\xff\\x00",),
    ),
    ("INSERT INTO webhook_event SELECT 800, id, world, 1, 1.5, '{}' FROM account WHERE id = 1", ()),
    ("INSERT INTO webhook_attempt VALUES (900, 700, 1.25, NULL, 'refused', '', 0.1)", ()),
    # The number of one that is gone is not given again.
    ("INSERT INTO invitation SELECT 900, id, 'x', '[]', 1, 't', 1.0 FROM account WHERE id = 1", ()),
    ("DELETE FROM invitation WHERE id = 900", ()),
)
#: Subusers of a store whose copy takes long enough to end it.
LARGE = 10_000
#: Rows of them that have a NUL, by table.
WITH_NUL = {"message": 2, "recipient": 1}


class Places:
    """Where stores are: files of a folder, or schemas of a server."""

    def __init__(self, shell: Shell, request: pytest.FixtureRequest) -> None:
        self.shell, self._request = shell, request

    def new(self, engine: str, name: str) -> str:
        if engine == "sqlite":
            return f"sqlite:///{self.shell.folder / name}.db"
        return make_schema(self._request.getfixturevalue("postgres").url)

    def moved(self, engine: str, url: str) -> str:
        """A store of a file, on that engine."""
        if engine == "sqlite":
            return url
        place = self.new(engine, "moved")
        self.shell.does("copy", url, place, "--quiet")
        return place


@pytest.fixture
def places(tmp_path: Path, request: pytest.FixtureRequest) -> Places:
    return Places(Shell(tmp_path), request)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with something in each table, and with something to go back to."""
    path = tmp_path_factory.mktemp("full") / "full.db"
    shutil.copy(STORES / "v11.db", path)
    shell = Shell(path.parent)
    with shell.serving(*SERVE, f"sqlite:///{path}") as served:
        change(served, "of-the-source")
        control(served, "seed", {"version": 1, "accounts": [{"username": "later", "password": PASSWORD}]})
        change(served, "after-the-seed")
        served.call("/apiv2/customer.delete.json", **ACME, user="grace")
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement, values in ODD:
            connection.execute(statement, values)
    return path


@pytest.fixture
def store(full: Path, tmp_path: Path) -> Path:
    """A copy of it for the test."""
    return Path(shutil.copy(full, tmp_path / "store.db"))


def change(served: Served, name: str) -> None:
    """Add a subuser, change one, remove one, and send mail."""
    given = {"username": name, "email": f"{name}@example.com"}
    assert served.call("/apiv2/customer.add.json", **ACME, **given, **PROFILE) == {"message": "success"}
    for target, params in (
        ("/apiv2/customer.profile.json", {"task": "set", "user": "ada", "company": name}),
        ("/api/unsubscribes.add.json", {"email": f"{name}@example.com"}),
        ("/api/mail.send.json", {"to": "x@example.com", "from": "y@example.com", "subject": name, "text": "hello"}),
    ):
        assert served.call(target, **ACME, **params) == {"message": "success"}, target


def control(served: Served, target: str, body: object) -> None:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{served.url}/__admin/{target}", json.dumps(body).encode(), headers)
    urllib.request.urlopen(request, timeout=30).close()


def read(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, by table, in the order of their keys; NULs as they are on PostgreSQL."""
    found = {}
    for table in list_tables():
        names = ", ".join(f'"{each}"' for each in table.columns)
        sql = f'SELECT {names} FROM "{table.name}" ORDER BY {names}'
        found[table.name] = [tuple(map(plain, row)) for row in query(url, sql)]
    return found


def query(url: str, sql: str) -> list[Any]:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return connection.execute(sql).fetchall()
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()  # type: ignore[call-overload]


def plain(value: Any) -> Any:
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value


def catalog(url: str) -> list[Any]:
    """What an engine says of all that a store is made of."""
    if url.startswith("sqlite"):
        settings = [query(url, f"PRAGMA {name}") for name in ("application_id", "user_version", "auto_vacuum")]
        return [*settings, *query(url, "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name")]
    here = "current_schema()"
    told = (
        f"SELECT table_name, column_name, data_type, collation_name, is_nullable, is_identity, identity_generation,"
        f" ordinal_position FROM information_schema.columns WHERE table_schema = {here} ORDER BY 1, 2",
        f"SELECT indexname, replace(indexdef, {here} || '.', '') FROM pg_indexes WHERE schemaname = {here} ORDER BY 1",
        f"SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE connamespace = {here}::regnamespace ORDER BY 1, 2",
        f"SELECT tgrelid::regclass::text, tgname, replace(pg_get_triggerdef(oid), {here} || '.', '') FROM pg_trigger"
        f" WHERE NOT tgisinternal AND tgrelid::regclass::text NOT LIKE '%.%' ORDER BY 1, 2",
        f"SELECT proname, prosrc FROM pg_proc WHERE pronamespace = {here}::regnamespace ORDER BY 1",
        "SELECT version, undo_log, leader FROM legacygrid",
    )
    return [query(url, sql) for sql in told]


def state(served: Served) -> Any:
    """All that is there, but for when it was made, and the hash of a password that was set now."""
    found = json.dumps(served.call("/__admin/state", "GET"))
    found = re.sub(r'("username": "on-the-copy", "password_hash": )"[^"]*"', r'\1""', found)
    return json.loads(re.sub(r'("created": )"[^"]*"', r'\1""', found))


# What is copied


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("source", ENGINES)
def test_everything_is_in_the_copy(places: Places, store: Path, source: str, target: str) -> None:
    first, shell = places.moved(source, f"sqlite:///{store}"), places.shell
    before = read(first)
    assert not [name for name, rows in before.items() if not rows and not name.startswith("undo_")]
    assert before["undo_account"]
    assert before["undo_login"]
    second = places.new(target, "copy")
    said = shell.does("copy", first, second).out.splitlines()
    assert read(second) == before == read(first)
    assert shell.does("export", "--database", second).out == shell.does("export", "--database", first).out
    rows = {name: len(found) for name, found in before.items() if found}
    told = [f"{name}: {count:,} {'row' if count == 1 else 'rows'}" for name, count in rows.items()]
    if (source, target) == ("sqlite", "postgres"):
        of = {1: "row", 2: "rows"}
        told += [f"{table}: a NUL is U+FFFD now in {count} {of[count]}" for table, count in WITH_NUL.items()]
    assert said == [*told, f"{sum(rows.values())} rows in {len(before)} tables, and the same in the copy"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_copy_is_made_as_a_new_store_is(places: Places, store: Path, engine: str) -> None:
    copied, new = places.new(engine, "copy"), places.new(engine, "new")
    places.shell.does("copy", f"sqlite:///{store}", copied, "--quiet")
    places.shell.does("account", "add", "acme", "--password-stdin", "--database", new, stdin="a-secret-1\n")
    assert catalog(copied) == catalog(new)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_kept_store_says_what_it_said(places: Places, engine: str) -> None:
    """What its log would be on opening it, it is in the copy: that of a log which is made anew."""
    kept = places.shell.folder / "kept.db"
    shutil.copy(STORES / "v11.db", kept)
    copied, back = places.new(engine, "copy"), places.new("sqlite", "back")
    assert places.shell.does("copy", f"sqlite:///{kept}", copied, "--quiet").out == ""
    places.shell.does("copy", copied, back, "--quiet")
    for url in (f"sqlite:///{kept}", copied, back):
        assert places.shell.does("export", "--database", url).json == json.loads((STORES / "v11.json").read_text())
    assert read(back) == read(f"sqlite:///{kept}")


@pytest.mark.parametrize("engine", ENGINES)
def test_new_rows_get_new_numbers(places: Places, store: Path, engine: str) -> None:
    copied = places.new(engine, "copy")
    places.shell.does("copy", places.moved(engine, f"sqlite:///{store}"), copied, "--quiet")
    (last,) = query(f"sqlite:///{store}", "SELECT seq FROM sqlite_sequence WHERE name = 'account'")[0]
    secret = ("--password-stdin", "--bcrypt-cost", "4")
    places.shell.does("account", "add", "new", *secret, "--database", copied, stdin=f"{PASSWORD}\n")
    assert query(copied, "SELECT id FROM account WHERE username = 'new'") == [(last + 1,)]
    if engine == "sqlite":
        assert query(copied, "SELECT seq FROM sqlite_sequence WHERE name = 'invitation'") == [(900,)]
    else:
        assert query(copied, "SELECT nextval(pg_get_serial_sequence('invitation', 'id'))") == [(901,)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_on_the_copy_goes_on(places: Places, store: Path, engine: str) -> None:
    """It answers as one on the store, and what a reset of an account goes back to is the same."""
    copied = places.new(engine, "copy")
    places.shell.does("copy", f"sqlite:///{store}", copied, "--quiet")
    told = []
    for url in (f"sqlite:///{store}", copied):
        with places.shell.serving(*SERVE, url) as served:
            answers = [
                served.call("/apiv2/customer.profile.json", **ACME, task="get"),
                served.call("/api/unsubscribes.get.json", **ACME),
                served.who("ada", PASSWORD_OF_ALL),
                [each["subject"].replace("\0", "\N{REPLACEMENT CHARACTER}") for each in mails(served)],
            ]
            change(served, "on-the-copy")
            changed = state(served)
            control(served, "reset", {})
            told.append((*answers, changed, state(served)))
    assert told[0] == told[1]
    assert told[0][-1] != told[0][-2]


def mails(served: Served) -> Any:
    return served.call("/__admin/messages", "GET")["messages"]


def revert(url: str) -> dict[str, Any]:
    """What a store holds after a reset to what was marked in it before: a server that starts marks anew."""
    program = (
        "import sys; from legacygrid import models; from legacygrid.models import snapshots\n"
        "store = models.open_store(sys.argv[1])\nwith store.freeing(): snapshots.reset()\nstore.close()"
    )
    subprocess.run([BIN.with_name("python"), "-c", program, url], check=True, timeout=30)
    return read(url)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_reset_goes_back_to_the_same(places: Places, store: Path, engine: str) -> None:
    copied = places.new(engine, "copy")
    places.shell.does("copy", f"sqlite:///{store}", copied, "--quiet")
    before = read(copied)
    after = revert(copied)
    assert after == revert(f"sqlite:///{store}")
    assert len(after["account"]) == len(before["account"]) - 2
    assert not after["undo_account"]


@contextmanager
def changing(served: Served) -> Iterator[list[str]]:
    """Somebody makes one change after the other meanwhile; those that were answered, which are ten at first."""
    answered: list[str] = []
    enough, done = threading.Event(), threading.Event()

    def change_on() -> None:
        while not done.is_set():
            change(served, f"sub{len(answered):04}")
            answered.append(f"sub{len(answered):04}")
            if len(answered) == 10:
                enough.set()

    thread = threading.Thread(target=change_on)
    thread.start()
    try:
        assert enough.wait(30)
        yield answered
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("source", ENGINES)
def test_what_was_answered_before_is_in_the_copy(places: Places, store: Path, source: str, target: str) -> None:
    first, second = places.moved(source, f"sqlite:///{store}"), places.new(target, "copy")
    with places.shell.serving(*SERVE, first) as served, changing(served) as answered:
        before = set(answered)
        places.shell.does("copy", first, second)
    names = {name for (name,) in query(second, "SELECT username FROM account WHERE username LIKE 'sub%'")}
    assert before <= names < set(answered) | {f"sub{len(answered):04}"}
    # One moment: what a call writes is there as a whole, and of each call that went before.
    assert names == {f"sub{number:04}" for number in range(len(names))}
    sent = {subject for (subject,) in query(second, "SELECT subject FROM message WHERE subject LIKE 'sub%'")}
    assert names >= sent >= {f"sub{number:04}" for number in range(len(names) - 1)}


def make_database(postgres: PostgresServer, name: str) -> str:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    return postgres.url.replace("@/postgres?", f"@/{name}?")


def test_a_dump_while_a_server_writes_is_a_backup(places: Places, store: Path, postgres: PostgresServer) -> None:
    """By the commands of docs/operations.md."""
    first, second = make_database(postgres, "dumped"), make_database(postgres, "restored")
    places.shell.does("copy", f"sqlite:///{store}", first, "--quiet")

    def run(program: str, *options: str) -> None:
        command = [find_programs() / program, *options]
        subprocess.run(command, cwd=places.shell.folder, check=True, timeout=30)

    with places.shell.serving(*SERVE, first) as served, changing(served) as answered:
        before = set(answered)
        run("pg_dump", "--format=custom", "--file=legacygrid.dump", f"--dbname={first}")
    run("pg_restore", "--exit-on-error", f"--dbname={second}", "legacygrid.dump")
    with places.shell.serving(*SERVE, second) as served:
        rows = served.call("/apiv2/customer.profile.json", **ACME, task="get")
        names = {row["username"] for row in rows if row["username"].startswith("sub")}
        assert before <= names <= {*answered, f"sub{len(answered):04}"}
        change(served, "afterwards")
    # Numbers are dumped after the rows, so some may be left out.
    assert query(second, "SELECT username FROM account ORDER BY id DESC LIMIT 1") == [("afterwards",)]


def test_a_terminal_sees_how_far_it_is(places: Places, store: Path) -> None:
    """A bar for the copy and one for the check; no lines of tables beside them."""
    command, url = [BIN, "copy", f"sqlite:///{store}"], f"sqlite:///{places.shell.folder}"
    for options, bars in (((), ["Copying", "Checking"]), (("--quiet",), [])):
        reads, writes = pty.openpty()
        target = f"{url}/copy{len(options)}.db"
        out = subprocess.check_output(
            [*command, target, *options], stderr=writes, env=environment({"TERM": "xterm"}), text=True, timeout=30
        )
        os.write(writes, b"end")
        seen = os.read(reads, 65536).decode()
        os.close(reads)
        os.close(writes)
        assert [word for word in ("Copying", "Checking") if word in seen] == bars
        assert seen.count("100%") == len(bars)
        assert "account: " not in out
        assert bool(out) == bool(bars)


# What is refused


def test_files_that_are_no_place_for_a_copy(places: Places, store: Path) -> None:
    shell, url = places.shell, f"sqlite:///{store}"
    shutil.copy(store, shell.folder / "other.db")
    (shell.folder / "text.db").write_text("mine")
    (shell.folder / "gone.db-wal").write_text("mine")
    (shell.folder / "folder.db").mkdir()
    with closing(sqlite3.connect(shell.folder / "theirs.db")) as connection:
        connection.execute("CREATE TABLE theirs (id)")
    shutil.copy(STORES / "v10.db", shell.folder / "old.db")
    contents = {path: path.read_bytes() for path in shell.folder.iterdir() if path.is_file()}
    for target, told in (
        ("other", "TO: {}/other.db is a store with something in it; it stays as it is"),
        ("old", "TO: {}/old.db is a store with something in it; it stays as it is"),
        ("text", "TO: cannot open the store {}/text.db: it is no SQLite database"),
        ("theirs", "TO: {}/theirs.db is a database of something else; Legacygrid leaves it alone"),
        ("gone", "TO: {}/gone.db-wal is there, of another database; nothing was copied"),
        ("folder", "TO: {}/folder.db is no file"),
        ("no/folder", "TO: {}/no/folder.db: [Errno 2] No such file or directory: "),
        ("store", "FROM and TO are the same"),
    ):
        said = shell.refuses("copy", url, f"sqlite:///{shell.folder}/{target}.db")
        assert said.startswith(told.format(shell.folder)), said
    assert contents.items() <= {p: p.read_bytes() for p in shell.folder.iterdir() if p.is_file()}.items()
    assert not list(shell.folder.glob(".*"))


def test_what_is_no_store_to_copy(places: Places, store: Path) -> None:
    shell = places.shell
    shutil.copy(STORES / "v10.db", shell.folder / "old.db")
    before = (shell.folder / "old.db").read_bytes()
    for source, told in (
        ("sqlite:///none.db", f"FROM: there is no store {shell.folder}/none.db"),
        ("sqlite:///:memory:", "FROM: a store in memory goes with its process"),
        ("sqlite:///old.db", f"FROM: {shell.folder}/old.db has schema version 10, and what is copied has 11; it stays"),
        ("mysql://me:hidden@host/x", "FROM: that is not a database URL"),
        ("postgresql://me:hidden@127.0.0.1:1/x", "FROM: the database cannot be reached: "),
        ("postgresql://me:hidden@[/x", "FROM: that is not a database URL"),
    ):
        said = shell.refuses("copy", source, "sqlite:///copy.db")
        assert said.startswith(told), said
        assert "hidden" not in said
    said = shell.refuses("copy", f"sqlite:///{store}", "postgresql://me:hidden@127.0.0.1:1/x")
    assert said.startswith("TO: the database cannot be reached: ")
    assert "hidden" not in said
    assert (shell.folder / "old.db").read_bytes() == before
    assert not list(shell.folder.glob("*copy*"))


def test_schemas_that_are_no_place_for_a_copy(places: Places, store: Path) -> None:
    shell, url = places.shell, f"sqlite:///{store}"
    taken, theirs = places.moved("postgres", url), places.new("postgres", "")
    with psycopg.connect(theirs) as connection:
        connection.execute("CREATE VIEW theirs AS SELECT 1")
    before = read(taken)
    for target, told in (
        (taken, "TO: there is a store with something in it; it stays as it is"),
        (theirs, "TO: the schema has tables of something else; nothing was copied"),
        (theirs.replace("test_", "none_").removesuffix("%2Cpublic"), "TO: no schema has been selected to create in"),
    ):
        assert shell.refuses("copy", url, target) == told
    assert shell.refuses("copy", theirs, "sqlite:///copy.db") == "FROM: there is no store in that schema"
    with psycopg.connect(taken) as connection:
        connection.execute("UPDATE legacygrid SET version = 10")
    said = shell.refuses("copy", taken, "sqlite:///copy.db")
    assert said.startswith("FROM: the store has schema version 10, and what is copied has 11; it stays as it is.")
    assert read(taken) == before
    assert not list(shell.folder.glob("*copy*"))


@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_store_is_a_place_unless_a_server_has_it(places: Places, store: Path, engine: str) -> None:
    shell, target = places.shell, places.new(engine, "copy")
    with shell.serving(*SERVE, target) as served:
        said = shell.refuses("copy", f"sqlite:///{store}", target)
        assert said.endswith(" is open in a server; stop that first")
        assert state(served)["accounts"] == []
    shell.does("copy", f"sqlite:///{store}", target)
    assert [each[1:] for each in read(target)["account"]] == [
        each[1:] for each in read(f"sqlite:///{store}")["account"]
    ]


# What goes wrong


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store whose copy takes seconds."""
    url = f"sqlite:///{tmp_path_factory.mktemp('large')}/large.db"
    big_store.make_store(url, LARGE)
    return url


def is_empty(url: str) -> bool:
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return not [each for each in path.parent.iterdir() if path.name in each.name]
    return query(url, "SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace") == []


@contextmanager
def copying(source: str, target: str) -> Iterator[Any]:
    """A copy whose first table is complete, and nothing else."""
    process = subprocess.Popen(
        [BIN, "copy", source, target], env=environment({}), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout.readline() == f"account: {LARGE + 1:,} rows\n".encode()
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_interrupted_copy_leaves_nothing(places: Places, large: str, engine: str, number: signal.Signals) -> None:
    target = places.new(engine, "copy")
    assert interrupt(large, target, number) == (1, b"", b"Aborted!\n")
    assert is_empty(target)


def interrupt(source: str, target: str, number: signal.Signals) -> tuple[int, bytes, bytes]:
    with copying(source, target) as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    return process.returncode, out, err.lstrip(b"\n")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_killed_copy_leaves_no_store(places: Places, store: Path, large: str, engine: str) -> None:
    target = places.new(engine, "copy")
    assert interrupt(large, target, signal.SIGKILL)[0] == -signal.SIGKILL
    if engine == "sqlite":
        (left,) = places.shell.folder.glob(".copy.db.*.unfinished")
        assert query(f"sqlite:///{left}", "SELECT 1 FROM sqlite_master") == []
        left.unlink()
    assert wait_until(lambda: is_empty(target), 30)
    places.shell.does("copy", f"sqlite:///{store}", target)


def test_a_cut_connection(places: Places, large: str) -> None:
    target = places.new("postgres", "copy")
    with copying(large, target) as process:
        query(target, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'legacygrid'")
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, b"")
    assert err.startswith(b"Error: TO: ")
    assert err.count(b"\n") == 1
    assert is_empty(target)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts")
def test_a_full_disk(places: Places, store: Path) -> None:
    disk = places.shell.folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "legacygrid-test", disk], check=True)
    try:
        said = places.shell.refuses("copy", "--quiet", f"sqlite:///{store}", f"sqlite:///{disk}/copy.db")
        assert re.fullmatch("TO: .*: the disk is full", said), said
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


class Silent:
    """Who wants to know nothing."""

    def progress(self, label: str, rows: int) -> Any:
        return closing(Advancing())

    def copied(self, table: str, rows: int) -> None:
        pass


class Advancing:
    def __enter__(self) -> Any:
        return self

    def close(self) -> None:
        pass

    def __call__(self, done: int) -> None:
        pass


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE login SET enabled = 1 - enabled WHERE account_id = 1", "its rows are not those that were read"),
        ("DELETE FROM recipient WHERE id = 1", "7 rows were read, and 6 are in the copy"),
        ("UPDATE message SET at = at + 0.0001 WHERE id = 1", "its rows are not those that were read"),
        ("UPDATE message SET source = CAST(source AS TEXT) WHERE id = 2", "its rows are not those that were read"),
    ],
)
def test_a_copy_that_differs_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, statement: str, told: str
) -> None:
    shutil.copy(STORES / "v11.db", tmp_path / "store.db")
    finish = sqlite_transfer.SqliteTarget.finish

    def spoil(self: Any, last_numbers: Any) -> None:
        finish(self, last_numbers)
        self._connection.execute(statement)

    monkeypatch.setattr(sqlite_transfer.SqliteTarget, "finish", spoil)
    table = statement.replace("FROM ", "").split()[1]
    with pytest.raises(StoreError) as caught:
        store_transfer.transfer(f"sqlite:///{tmp_path}/store.db", f"sqlite:///{tmp_path}/copy.db", Silent())
    assert str(caught.value) == f"TO: table {table} is not as it was read: {told}"
    assert is_empty(f"sqlite:///{tmp_path}/copy.db")
