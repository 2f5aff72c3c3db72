"""The store: one SQLite file a process. Nothing outside of models/ knows which engine it is."""

import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import ClassVar, Self

import peewee
from playhouse.sqlite_ext import AutoIncrementField

from legacygrid import reasons
from legacygrid.models.connections import Sqlite
from legacygrid.models.files import APPLICATION_ID, SCHEMA_VERSION, StoreError, inspect
from legacygrid.models.upgrade import add_missing_columns

#: The schema under which the tables of the start are seen.
START = "start"

bound = peewee.DatabaseProxy()


class Base(peewee.Model):
    """What all models share. Peewee binds models to a database per class, hence one store a
    process.
    """

    class Meta:
        database = bound
        legacy_table_names = False

    @classmethod
    def of_columns(cls, columns: Iterable[str], values: Iterable[object]) -> Self:
        """What was read, as a record; the columns are fewer than the values, or as many."""
        record = cls(__no_default__=1)
        record.__data__.update(zip(columns, values, strict=False))
        return record


class NumberField(AutoIncrementField):
    """A number that is never given twice: a call that found its last holder must not change the
    next.
    """


class Store:
    """One open store.

    :param url: `sqlite:///relative.db`, `sqlite:////absolute.db`, or `sqlite:///:memory:` for a
        store that goes with the process (a temporary file: SQLite's own memory databases cannot be
        shared by threads).
    :raises StoreError: if it cannot be opened, is not ours, or has another schema version.
    """

    _open: ClassVar["Store | None"] = None
    url: str
    #: When the transaction in hand takes place, in seconds since 1970.
    moment = 0
    #: The file that holds the start: none before there is one, empty if the copy is still to be
    #: taken.
    _initial: str | None = None
    #: The same with what was seeded since; none until something was.
    _seeded: str | None = None

    def __init__(self, url: str, tables: list[type[Base]]) -> None:
        if Store._open is not None:
            raise StoreError(f"{Store._open.url} is open; one process holds one store")
        self.url = url
        #: Called before a transaction waits for its turn; it may raise, and nothing has begun then.
        self.before_waiting: Callable[[], None] = lambda: None
        self._folders: list[tempfile.TemporaryDirectory[str]] = []
        self._database = Sqlite(str(self._path(url)))
        self._writer = threading.Lock()
        try:
            self._prepare(tables)
        except BaseException:
            self._release()
            raise
        Store._open = self

    def _path(self, url: str) -> Path:
        scheme, _, path = url.partition(":///")
        if scheme != "sqlite" or not path:
            # What is there instead may hold a password, so it is not shown.
            how = "write sqlite:///PATH, as in sqlite:///legacygrid.db"
            raise StoreError(f"that is not a database URL of SQLite; {how}")
        if path == ":memory:":
            self._folders.append(tempfile.TemporaryDirectory(prefix="legacygrid-"))
            return Path(self._folders[0].name, "memory.db")
        return Path(path).absolute()

    def _prepare(self, tables: list[type[Base]]) -> None:
        path = self._database.database
        try:
            inspect(Path(path))
            bound.initialize(self._database)
            with self._database.atomic("IMMEDIATE"):
                self._claim(tables)
        except (peewee.DatabaseError, sqlite3.Error, OSError) as error:
            raise StoreError(f"cannot open the store {path}: {error}") from None

    def _claim(self, tables: list[type[Base]]) -> None:
        """Make the tables of a new store; another process may have been faster."""
        if self._database.pragma("application_id") == APPLICATION_ID:
            add_missing_columns(self._database, tables)
            return
        if self._database.get_tables():
            # What its owner has not yet written into the file itself, `inspect` does not see.
            path = self._database.database
            raise StoreError(f"{path} is a database of something else; Legacygrid leaves it alone")
        self._database.create_tables(tables, safe=False)
        self._database.pragma("application_id", APPLICATION_ID)
        self._database.pragma("user_version", SCHEMA_VERSION)

    @contextmanager
    def writing(self, at: float | None = None) -> Iterator[None]:
        """One transaction, all or nothing. One writer at a time: SQLite's own waiting has long
        tails.

        :param at: seconds since 1970 that all it writes is dated with; by default, now.
        :raises Exception: what `before_waiting` raises.
        :raises StoreUnavailable: another process holds the store, the disk is full, the file is
            gone.
        """
        self.before_waiting()
        with self._writer, self.reading():
            if self._initial == "":
                self._copy_initial()
            with self._transaction(at):
                yield

    @contextmanager
    def _transaction(self, at: float | None) -> Iterator[None]:
        with self._database.atomic("IMMEDIATE"):
            self.moment = int(time.time() if at is None else at)
            yield

    @contextmanager
    def restoring_initial(
        self, at: float | None = None, forgets_seeded: bool = True
    ) -> Iterator[None]:
        """A transaction that sees the tables of the start as well, under the schema `START`.

        :param at: as in `writing`.
        :param forgets_seeded: what was seeded since is forgotten with it.
        :raises StoreUnavailable: as in `writing`.
        """
        self.before_waiting()
        with self._writer, self.reading():
            with self._attach(self._copy_initial()), self._transaction(at):
                yield
            if forgets_seeded:
                self._seeded = None

    @property
    def has_seeded(self) -> bool:
        """Whether something was seeded since the start."""
        return self._seeded is not None

    @contextmanager
    def restoring_seeded(self, at: float | None = None) -> Iterator[None]:
        """The same, with what was seeded since the start; what is written there stays beside the
        start itself.
        """
        self.before_waiting()
        with self._writer, self.reading():
            start = self._copy_initial()
            self._seeded = self._seeded or shutil.copyfile(start, f"{start}-seeded")
            with self._attach(self._seeded), self._transaction(at):
                yield

    def _raw(self) -> sqlite3.Connection:
        connection: sqlite3.Connection
        connection = self._database.connection()  # type: ignore[no-untyped-call]
        return connection

    def mark_initial(self) -> None:
        """What is there by now, a reset goes back to; the copy is taken before the first write."""
        self._initial = ""

    @contextmanager
    def _attach(self, path: str) -> Iterator[None]:
        self._raw().execute(f"ATTACH ? AS {START}", (path,))
        try:
            self._raw().execute(f"PRAGMA {START}.synchronous = off")
            yield
        finally:
            self._raw().execute(f"DETACH {START}")

    def _copy_initial(self) -> str:
        """The file of the start; called by the one writer, outside of a transaction."""
        if self._initial:
            return self._initial
        folder = tempfile.TemporaryDirectory(prefix="legacygrid-")
        path = str(Path(folder.name, "start.db"))
        with closing(sqlite3.connect(path)) as copy:
            self._raw().backup(copy)
        self._folders.append(folder)
        self._initial = path
        return path

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn what the engine says when it cannot answer into a reason.

        :raises StoreUnavailable: the engine does not answer.
        """
        try:
            yield
        except peewee.IntegrityError:
            raise
        except (peewee.DatabaseError, sqlite3.Error, OSError) as error:
            raise reasons.StoreUnavailable(hint=str(error)) from error

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one picture: several selects see what was there at the first of them, whoever writes
        meanwhile.

        :raises StoreUnavailable: the engine does not answer.
        """
        with self.reading(), self._database.atomic("DEFERRED"):
            yield

    @classmethod
    def current(cls) -> "Store | None":
        """The store that this process holds."""
        return cls._open

    def close(self) -> None:
        """Close every thread's connection and let another store be opened."""
        self._release()
        Store._open = None

    def _release(self) -> None:
        self._database.close_everywhere()
        while self._folders:
            self._folders.pop().cleanup()


def moment() -> int:
    """When the transaction in hand takes place, in seconds since 1970: the date of all that it
    writes.
    """
    assert Store._open is not None  # noqa: S101 - a model is used in a store
    return Store._open.moment
