"""The store: one a process. Nothing outside of models/ knows which engine it is on."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar, Self

import peewee

from legacygrid.models.engines.choice import open_engine
from legacygrid.models.engines.dialects import bound
from legacygrid.models.engines.leadership import Leadership
from legacygrid.models.files import StoreError
from legacygrid.models.store_urls import hide_password
from legacygrid.models.writing import Writer


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
        # Peewee's own way, by keyword arguments, takes thrice as long.
        record = cls.__new__(cls)
        data = dict(zip(columns, values, strict=False))
        vars(record).update(__data__=data, __rel__={}, _dirty=set())
        return record


class NumberField(peewee.AutoField):
    """A number that is never given twice: a call that found its last holder must not change the
    next.
    """

    def ddl(self, ctx: peewee.Context) -> peewee.NodeList:
        """Its part of a CREATE TABLE."""
        return peewee.NodeList((super().ddl(ctx), peewee.SQL("AUTOINCREMENT")))


class Store:
    """One open store.

    :param url: `sqlite:///relative.db`, `sqlite:////absolute.db`, or `sqlite:///:memory:` for a
        store that goes with the process; or `postgresql://user@host/database`.
    :param may_create: whether one that is not there yet is made.
    :raises StoreError: if it cannot be opened, is not ours, or is of a version that this one cannot
        read.
    """

    _open: ClassVar["Store | None"] = None
    url: str
    #: When the transaction in hand takes place, in seconds since 1970.
    moment = 0

    def __init__(self, url: str, may_create: bool = True) -> None:
        if Store._open is not None:
            raise StoreError(
                f"{hide_password(Store._open.url)} is open; one process holds one store"
            )
        self.url = url
        #: Called before a transaction waits for its turn; it may raise, and nothing has begun then.
        self.before_waiting: Callable[[], None] = lambda: None
        self._engine = open_engine(url)
        self._database, self._room = self._engine.database, self._engine.room
        self._writer = Writer(self._database, self._room)
        bound.initialize(self._database)
        try:
            if not may_create:
                self._engine.require()
            self._engine.prepare()
        except BaseException:
            self._release()
            raise
        Store._open = self

    @contextmanager
    def writing(self, at: float | None = None) -> Iterator[None]:
        """One transaction, all or nothing, on disk once the block has ended.

        :param at: seconds since 1970 that all it writes is dated with; by default, now.
        :raises Exception: what `before_waiting` raises.
        :raises StoreFull: the disk is full.
        :raises StoreUnavailable: another process holds the store, or its file is gone.
        """
        self.before_waiting()
        with self.reading(), self._writer.together():
            self.moment = _date(at)
            yield

    @contextmanager
    def writing_much(self, at: float | None = None) -> Iterator[None]:
        """`writing` for what takes long: nobody else's answer waits for its end."""
        with self._turn():
            with self._transaction(at):
                yield
                self._room.require(self._raw())
            self._room.settle(self._raw())

    @contextmanager
    def freeing(self, at: float | None = None) -> Iterator[None]:
        """`writing` for what makes room: it works on a full disk, too."""
        with self._turn(), self._room.lent(self._raw()), self._transaction(at):
            yield

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The only writer of this process."""
        self.before_waiting()
        with self.reading(), self._writer.alone():
            yield

    @contextmanager
    def _transaction(self, at: float | None) -> Iterator[None]:
        self._database.verify()
        with self._database.atomic("IMMEDIATE"):
            self.moment = _date(at)
            yield
        self._database.confirm()

    @contextmanager
    def beside(
        self,
        copy: Callable[[Any], AbstractContextManager[None]],
        at: float | None,
    ) -> Iterator[None]:
        """`freeing`, with the tables of a copy beside those of the store."""
        with (
            self._turn(),
            self._room.lent(self._raw()),
            copy(self._raw()),
            self._transaction(at),
        ):
            yield

    def _raw(self) -> Any:
        return self._database.connection()

    def reading(self) -> AbstractContextManager[None]:
        """What the engine says when it cannot answer is a reason.

        :raises StoreUnavailable: the engine does not answer.
        """
        return self._database.explaining()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one picture: several selects see what was there at the first of them, whoever writes
        meanwhile.

        :raises StoreUnavailable: the engine does not answer.
        """
        with self.reading(), self._database.atomic("DEFERRED"):
            yield

    @property
    def is_read_only(self) -> bool:
        """Whether it cannot be written to; then it answers what only reads."""
        return self._engine.is_read_only

    @property
    def is_temporary(self) -> bool:
        """Whether it goes with this process."""
        return self._engine.is_temporary

    def keep_room(self) -> None:
        """Keep room on the disk for what frees room when that is full: for a process that stays."""
        if not self.is_temporary and not self.is_read_only:
            self._room.keep()

    def take_turns(self, descriptor: int) -> None:
        """Write by turns with other processes that do so.

        :param descriptor: of a file that all of them have open, and keep open.
        """
        from legacygrid.models.shared_turns import SharedTurns

        self._writer.turns = SharedTurns(descriptor)

    def share_room(self) -> None:
        """Use the room that another process keeps; see `keep_room`."""
        if not self.is_temporary and not self.is_read_only:
            self._room.share()

    def find_notices(self) -> list[str]:
        """What the operator has to know of it, a sentence for each."""
        return self._engine.find_notices()

    def check(self, timeout: float = 0.8) -> str:
        """Why nothing can be stored at the moment, in words for a person; empty if it can.

        :param timeout: seconds that it takes at most. It waits: not on an event loop's thread.
        """
        return self._engine.check(timeout)

    @classmethod
    def current(cls) -> "Store | None":
        """The store that this process holds."""
        return cls._open

    def leadership(self) -> Leadership:
        """Which of the processes over it leads."""
        return self._engine.leadership()

    def close(self) -> None:
        """Close every thread's connection and let another store be opened."""
        self._release()
        Store._open = None

    def _release(self) -> None:
        self._database.close_everywhere()
        self._room.give()
        self._engine.remove()


def _date(at: float | None) -> int:
    return int(time.time() if at is None else at)


def moment() -> int:
    """Seconds since 1970: when the transaction in hand takes place, and so all that it writes."""
    assert Store._open is not None  # noqa: S101 - a model is used in a store
    return Store._open.moment
