"""The store: one SQLite file a process. Nothing outside this module knows which engine it is."""

import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import peewee
from playhouse.sqlite_ext import AutoIncrementField

from legacygrid import blocking, reasons

SCHEMA_VERSION = 3
#: "LGID" in the file's header says whose file it is.
APPLICATION_ID = 0x4C474944
MAGIC = b"SQLite format 3\0"
#: Seconds that a write of this process waits for one of another process.
BUSY_TIMEOUT = 5
PRAGMAS = {
    "journal_mode": "wal",
    # An answered write survives a crash of the machine, too.
    "synchronous": "full",
    "foreign_keys": 1,
    "cache_size": -16_000,
}

_bound = peewee.DatabaseProxy()


class Base(peewee.Model):
    """What all models share. Peewee binds models to a database per class, hence one store a process."""

    class Meta:
        database = _bound
        legacy_table_names = False

    @classmethod
    def of_columns(cls, columns: Iterable[str], values: Iterable[object]) -> Self:
        """What was read, as a record; the columns are fewer than the values, or as many."""
        record = cls(__no_default__=1)
        record.__data__.update(zip(columns, values, strict=False))
        return record


class NumberField(AutoIncrementField):
    """A number that is never given twice: a call that found its last holder must not change the next."""


class StoreError(reasons.SetupError):
    """The store cannot be opened; the message is for a person."""


class _Sqlite(peewee.SqliteDatabase):
    """Remembers each thread's connection, so that all of them can be closed by one."""

    def __init__(self, path: str) -> None:
        super().__init__(path, pragmas=PRAGMAS, timeout=BUSY_TIMEOUT, check_same_thread=False)
        self.opened: list[tuple[threading.Thread, sqlite3.Connection]] = []

    def _connect(self) -> sqlite3.Connection:
        # Some WSGI servers start a thread a call.
        for entry in [entry for entry in self.opened if not entry[0].is_alive()]:
            self.opened.remove(entry)
            entry[1].close()
        connection: sqlite3.Connection = super()._connect()  # type: ignore[misc]
        self.opened.append((threading.current_thread(), connection))
        return connection

    def close_everywhere(self) -> None:
        self.close()
        while self.opened:
            self.opened.pop()[1].close()


def _inspect(path: Path) -> None:
    """Look at a file before anything is done to it: SQLite changes it, or puts files beside it, as soon as it opens it.

    :raises StoreError: it is not ours, or of another schema version.
    """
    if not path.is_file() or not (head := _head(path)):
        return
    if not head.startswith(MAGIC):
        raise StoreError(f"cannot open the store {path}: it is no SQLite database")
    owner, version = int.from_bytes(head[68:72]), int.from_bytes(head[60:64])
    if owner == APPLICATION_ID and version != SCHEMA_VERSION:
        raise StoreError(
            f"{path} has schema version {version}, this Legacygrid reads {SCHEMA_VERSION};"
            " export it with the version that wrote it and seed a new store"
        )
    if owner != APPLICATION_ID and (owner or version or _has_content(path)):
        raise StoreError(f"{path} is a database of something else; Legacygrid leaves it alone")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _has_content(path: Path) -> bool:
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
        return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is not None


class Store:
    """One open store.

    :param url: `sqlite:///relative.db`, `sqlite:////absolute.db`, or `sqlite:///:memory:` for a store that goes with
        the process (a temporary file: SQLite's own memory databases cannot be shared by threads).
    :raises StoreError: if it cannot be opened, is not ours, or has another schema version.
    """

    _open: ClassVar["Store | None"] = None
    url: str
    #: When the transaction in hand takes place, in seconds since 1970.
    moment = 0

    def __init__(self, url: str, tables: list[type[Base]]) -> None:
        if Store._open is not None:
            raise StoreError(f"{Store._open.url} is open; one process holds one store")
        self.url = url
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._database = _Sqlite(str(self._path(url)))
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
            raise StoreError(
                "that is not a database URL of SQLite; write sqlite:///PATH, as in sqlite:///legacygrid.db"
            )
        if path == ":memory:":
            self._temporary = tempfile.TemporaryDirectory(prefix="legacygrid-")
            return Path(self._temporary.name, "memory.db")
        return Path(path).absolute()

    def _prepare(self, tables: list[type[Base]]) -> None:
        path = self._database.database
        try:
            _inspect(Path(path))
            _bound.initialize(self._database)
            with self._database.atomic("IMMEDIATE"):
                self._claim(tables)
        except (peewee.DatabaseError, sqlite3.Error, OSError) as error:
            raise StoreError(f"cannot open the store {path}: {error}") from None

    def _claim(self, tables: list[type[Base]]) -> None:
        """Make the tables of a new store; another process may have been faster."""
        if self._database.pragma("application_id") == APPLICATION_ID:
            return
        if self._database.get_tables():
            # What its owner has not yet written into the file itself, `_inspect` does not see.
            raise StoreError(f"{self._database.database} is a database of something else; Legacygrid leaves it alone")
        self._database.create_tables(tables, safe=False)
        self._database.pragma("application_id", APPLICATION_ID)
        self._database.pragma("user_version", SCHEMA_VERSION)

    @contextmanager
    def writing(self, at: float | None = None) -> Iterator[None]:
        """One transaction, all or nothing. One writer at a time: SQLite's own waiting has long tails.

        :param at: seconds since 1970 that all it writes is dated with; by default, now.
        :raises WouldBlock: on an event loop's thread.
        :raises StoreUnavailable: another process holds the store, the disk is full, the file is gone.
        """
        blocking.about_to_block()
        with self._writer, self.reading(), self._database.atomic("IMMEDIATE"):
            self.moment = int(time.time() if at is None else at)
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn what the engine says when it cannot answer into a reason.

        :raises StoreUnavailable: the engine does not answer.
        """
        try:
            yield
        except peewee.IntegrityError:
            raise
        except peewee.DatabaseError as error:
            raise reasons.StoreUnavailable(hint=str(error)) from error

    def close(self) -> None:
        """Close every thread's connection and let another store be opened."""
        self._release()
        Store._open = None

    def _release(self) -> None:
        self._database.close_everywhere()
        if self._temporary is not None:
            self._temporary.cleanup()


def moment() -> int:
    """When the transaction in hand takes place, in seconds since 1970: the date of all that it writes."""
    assert Store._open is not None  # noqa: S101 - a model is used in a store
    return Store._open.moment


class _Slot:
    """Stands in a compiled query for a value that comes with each run."""

    def __init__(self, name: str) -> None:
        self.name = name


def slot(name: str) -> peewee.Value:
    """A place in a `Compiled` query, filled at each run."""
    return peewee.Value(_Slot(name), converter=False)


class Compiled:
    """A query of the hot path: its SQL is built once from the models. Building it is most of a Peewee query's cost."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build

    @cached_property
    def _sql(self) -> tuple[str, list[Any]]:
        sql, params = self._build().sql()
        return sql, params

    def run(self, **values: object) -> list[tuple[Any, ...]]:
        """All rows, as tuples in the order of the select.

        :raises StoreUnavailable: the engine does not answer.
        """
        try:
            rows: list[tuple[Any, ...]] = self._execute(values).fetchall()
        except peewee.DatabaseError as error:
            raise reasons.StoreUnavailable(hint=str(error)) from error
        return rows

    def insert(self, **values: object) -> int:
        """The number of the new row; for an insert, within a transaction.

        :raises IntegrityError: a constraint of the table forbids it.
        """
        number: int = self._execute(values).lastrowid
        return number

    def _execute(self, values: Mapping[str, object]) -> Any:
        sql, params = self._sql
        return _bound.execute_sql(sql, [values[param.name] if isinstance(param, _Slot) else param for param in params])


def inserting(model: type[Base]) -> Compiled:
    """The insert of a row of which every column is given, but for a number that the table gives."""
    columns = [field for field in model._meta.sorted_fields if not isinstance(field, peewee.AutoField)]
    return Compiled(lambda: model.insert({field: slot(field.name) for field in columns}))


def contains(column: Any, pattern: Any) -> Any:
    """The column matches a `pattern_of` a part; letters A to Z match in both cases (SQLite's LIKE knows no others)."""
    # A bound pattern by itself would have SQLite prepare the statement anew at each run, in the hope of an index.
    return peewee.NodeList((column, peewee.SQL("LIKE ("), pattern, peewee.SQL("|| '') ESCAPE '!'")))


def pattern_of(part: str) -> str:
    """What `contains` looks for. No column holds a thousand characters, and SQLite takes no pattern of 50,000 bytes."""
    for special in "!%_":
        part = part.replace(special, f"!{special}")
    return f"%{part[:10_000]}%"
