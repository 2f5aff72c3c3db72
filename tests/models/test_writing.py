"""Writers that wait share a commit: each is stored as a whole or not at all, and goes on once it is on disk."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any

import pytest

from emulator import fresh
from engines import POSTGRES_ALONE, SQLITE_ALONE
from legacygrid import reasons
from legacygrid.models import writing
from legacygrid.models.database import Store
from legacygrid.models.engines.dialects import bound
from legacygrid.models.sequence import Sequence
from wire import SOON, wait_until


def is_stored(name: str) -> bool:
    return Sequence.select().where(Sequence.world == name).exists()


class Author:
    """Writes a row under a name of its own, and holds its turn until it may go on."""

    def __init__(self, how: Callable[[], AbstractContextManager[None]], error: Exception | None = None) -> None:
        self.how, self.error, self.name = how, error, fresh("author")
        self.has_written, self.may_end = threading.Event(), threading.Event()

    def write(self) -> None:
        with self.how():
            Sequence.create(world=self.name, last=0)
            self.has_written.set()
            assert self.may_end.wait(SOON)
            if self.error is not None:
                raise self.error


class Desk:
    """Those who write at one store, each behind those who came before."""

    def __init__(self, store: Store, threads: ThreadPoolExecutor) -> None:
        self.store, self.threads, self.writer = store, threads, store._writer

    def author(self, error: Exception | None = None, how: Any = None) -> tuple[Author, "Future[None]"]:
        """One who has the turn, or waits for it."""
        ahead = len(self.writer._waiting) if self.writer._lock.locked() else -1
        author = Author(how or self.store.writing, error)
        writing = self.threads.submit(author.write)
        assert author.has_written.wait(SOON) if ahead < 0 else wait_until(lambda: len(self.writer._waiting) > ahead)
        return author, writing

    def commits(self, run: Callable[[], Any]) -> int:
        """How many there were in that time."""
        before = self.store._database.commits
        run()
        return self.store._database.commits - before


@pytest.fixture
def desk(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(writing, "LONGEST", SOON)
    with store.writing():
        pass  # Whatever is done before the first write is done now.
    with ThreadPoolExecutor(8) as threads:
        yield Desk(store, threads)


def end(authors: list[Author]) -> None:
    for author in authors:
        author.may_end.set()


def errors(desk: Desk, *whys: Exception | None) -> tuple[list[Author], list[BaseException | None]]:
    """What each of several gets that share a commit."""
    authors, ends = zip(*(desk.author(why) for why in whys), strict=True)
    end(authors)
    return list(authors), [each.exception(SOON) for each in ends]


def test_who_waits_shares_a_commit(desk: Desk) -> None:
    assert desk.commits(lambda: errors(desk, None, None, None)) == 1
    assert desk.commits(lambda: [errors(desk, None) for _ in range(3)]) == 3


def test_nobody_goes_on_before_it_is_on_disk(desk: Desk) -> None:
    (first, one), (second, two) = desk.author(), desk.author()
    first.may_end.set()
    assert second.has_written.wait(SOON)
    assert not one.done()
    assert not is_stored(first.name), "to all others"
    second.may_end.set()
    assert (one.result(SOON), two.result(SOON)) == (None, None)
    assert is_stored(first.name)
    assert is_stored(second.name)


LOST = reasons.NameTaken()
#: Who of several fails, and so leaves nothing behind.
FAILURES = [
    (LOST,),
    (LOST, None),
    (None, LOST),
    (None, LOST, None),
    (None, None, LOST),
    (LOST, LOST),
    (None, LOST, LOST),
]


@pytest.mark.parametrize("whys", FAILURES, ids=lambda whys: "-".join("fails" if why else "writes" for why in whys))
def test_who_fails_is_undone_alone(desk: Desk, whys: tuple[Exception | None, ...]) -> None:
    authors, told = errors(desk, *whys)
    assert told == list(whys)
    assert [is_stored(author.name) for author in authors] == [why is None for why in whys]


def failing(error: sqlite3.Error) -> type:
    """A connection at which no transaction can be committed."""

    class Failing:
        def __init__(self, real: sqlite3.Connection) -> None:
            self.real = real

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

        def execute(self, sql: str) -> Any:
            if sql == "COMMIT":
                raise error
            return self.real.execute(sql)

    return Failing


COMMITS = {
    "a full disk": (sqlite3.SQLITE_FULL, reasons.StoreFull),
    "a disk that breaks": (sqlite3.SQLITE_CORRUPT, reasons.StoreUnavailable),
}


@SQLITE_ALONE
@pytest.mark.parametrize(("code", "reason"), COMMITS.values(), ids=COMMITS)
def test_a_commit_that_fails(desk: Desk, monkeypatch: pytest.MonkeyPatch, code: int, reason: type) -> None:
    error = sqlite3.OperationalError("no")
    error.sqlite_errorcode = code
    with monkeypatch.context() as patch:
        patch.setattr(desk.writer, "_connection", failing(error)(desk.writer._connection))
        authors, told = errors(desk, None, LOST, None)
    assert [type(each) for each in told] == [reason, type(LOST), reason]
    assert told[0] is not told[2], "each has its own, with its own traceback"
    assert not any(is_stored(author.name) for author in authors)
    assert errors(desk, None)[1] == [None], "the next one writes"


@POSTGRES_ALONE
@pytest.mark.parametrize("behind", [1, 2, 3])
def test_a_connection_that_is_cut_before_the_commit(desk: Desk, behind: int) -> None:
    """PostgreSQL takes a COMMIT on another connection without an error, where there is nothing to commit."""
    authors, ends = zip(*(desk.author() for _ in range(1 + behind)), strict=True)
    cut(desk)
    end(list(authors))
    told = [each.exception(SOON) for each in ends]
    assert isinstance(told[0], reasons.StoreUnavailable)
    assert [is_stored(author.name) for author in authors] == [why is None for why in told]
    assert errors(desk, None)[1] == [None], "the next one writes"


@POSTGRES_ALONE
def test_a_transaction_that_failed_is_not_committed(desk: Desk) -> None:
    name = fresh("author")

    def write() -> None:
        with desk.store.writing():
            Sequence.create(world=name, last=0)
            with suppress(Exception):
                bound.execute_sql("SELECT 1 / 0")

    with pytest.raises(reasons.StoreUnavailable):
        write()
    assert not is_stored(name)


def cut(desk: Desk) -> None:
    """Have the server end the connection that writes, which nobody notices before it is used."""
    number = desk.writer._connection.info.backend_pid
    bound.execute_sql("SELECT pg_terminate_backend(%s)", (number,))


def test_files_that_are_gone_after_the_commit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def confirm() -> None:
        raise reasons.StoreUnavailable(hint="gone")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store._database, "confirm", confirm)
        assert [type(each) for each in errors(desk, None, None)[1]] == [reasons.StoreUnavailable] * 2


@pytest.mark.parametrize("how", ["freeing", "writing_much"])
def test_who_writes_alone_commits_the_others_first(desk: Desk, how: str) -> None:
    (first, one), (alone, two) = desk.author(), desk.author(how=getattr(desk.store, how))
    first.may_end.set()
    assert one.result(SOON) is None
    assert is_stored(first.name)
    assert not two.done()
    alone.may_end.set()
    assert two.result(SOON) is None
    assert is_stored(alone.name)


def test_nobody_joins_for_ever(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST", 2)
    assert desk.commits(lambda: errors(desk, *[None] * 5)) == 3


def test_who_is_interrupted_while_it_waits_lets_the_others_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (first, one), real = desk.author(), desk.writer._lock

    class Interrupted:
        __enter__, __exit__ = real.__enter__, real.__exit__

        def acquire(self) -> None:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(desk.writer, "_lock", Interrupted())
        interrupted = threading.Thread(
            target=partial(pytest.raises, KeyboardInterrupt, Author(desk.store.writing).write)
        )
        interrupted.start()
        assert wait_until(lambda: bool(desk.writer._waiting))
        patch.setattr(desk.writer, "_lock", real)
        first.may_end.set()
        assert one.result(SOON) is None
        interrupted.join(SOON)
    assert is_stored(first.name)


@SQLITE_ALONE
def test_health_counts_what_is_written_meanwhile(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many who write may leave no gap to write in."""
    readiness = desk.store._engine._readiness
    readiness._expires = 0
    monkeypatch.setattr(readiness, "_find_version", iter(range(10)).__next__)
    author, writing = desk.author()
    assert desk.store.check() == ""
    end([author])
    assert writing.result(SOON) is None
