"""What a store asks of an engine."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from legacygrid import reasons
from legacygrid.models.engines.dialects import SqlDialect
from legacygrid.models.engines.leadership import Leadership


class TablesBeside(Protocol):
    """Tables of a copy beside those of the store, in statements under the schema `start`."""

    def opened(
        self, connection: Any, tables: Sequence[str], content: bytes | None
    ) -> AbstractContextManager[None]:
        """A block, in no transaction, in which they are there.

        :param content: what `read` gave; by default they are empty.
        """
        ...

    def read(self, connection: Any, tables: Sequence[str]) -> bytes:
        """All that is in them."""
        ...


class StoreDatabase(Protocol):
    """A database of Peewee, and what is asked of it beside; connections are of its driver."""

    #: Transactions of this process that came to the disk, those that shared a commit as one.
    commits: int

    @property
    def dialect(self) -> SqlDialect:
        """What it calls what all engines have."""
        ...

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """The classes of what it says when it does not answer."""
        ...

    @property
    def tables_beside(self) -> TablesBeside:
        """Tables of a copy."""
        ...

    def verify(self) -> None:
        """Look, before a write, whether the store is still there.

        :raises StoreUnavailable: it is not.
        """

    def confirm(self) -> None:
        """The same after a commit: no answer shall say that something is stored that nobody finds
        again.
        """

    def explain(self, error: BaseException) -> reasons.StoreUnavailable:
        """Why the engine does not answer."""
        ...

    def explaining(self) -> AbstractContextManager[None]:
        """Turn what the engine says when it cannot answer into a reason."""
        ...

    def attempting(self) -> AbstractContextManager[None]:
        """A block that a constraint may end, after which the transaction goes on."""
        ...

    def adding_very_many(self, is_new: bool) -> AbstractContextManager[None]:
        """A block that does nothing but add accounts by the thousand; in a transaction.

        :param is_new: the undo log need not note them.
        """
        ...

    def proposes(self) -> bool:
        """Whether searches by a part of an account's text ask an index of ours; elsewhere, the
        engine finds its own by itself.
        """
        ...

    def connection(self) -> Any:
        """This thread's connection."""
        ...

    def connect_for_all(self) -> Any:
        """A connection that no thread has for its own; it stays as long as the store."""
        ...

    def borrow(self, connection: Any) -> dict[str, Any]:
        """Have all statements of this thread go by that connection."""
        ...

    def give_back(self, own: dict[str, Any]) -> None:
        """Have them go by the thread's own one again."""

    def begin_writing(self, connection: Any) -> None:
        """Begin a transaction of the only writer."""

    def end_writing(self, connection: Any) -> None:
        """Commit it.

        :raises Exception: one of `errors`: nothing of it is stored.
        """

    def is_writing(self, connection: Any) -> bool:
        """Whether a transaction is open."""
        ...

    def is_lost(self, connection: Any) -> bool:
        """Whether a connection is of no use any more."""
        ...

    def push_transaction(self, transaction: Any) -> None:
        """What begins from now on is a part of that transaction."""

    def atomic(self, kind: str) -> AbstractContextManager[Any]:
        """A transaction, `IMMEDIATE` of the only writer, or `DEFERRED` for reading one picture."""
        ...

    def close_everywhere(self) -> None:
        """Close the connections of all threads."""


class Room(Protocol):
    """Room on the disk; see `DiskRoom`."""

    def keep(self) -> None:
        """Keep some back from now on."""

    def share(self) -> None:
        """Use what another process keeps."""

    def give(self) -> None:
        """Give back what is kept."""

    def require(self, connection: Any) -> None:
        """Refuse a commit that has none."""

    def settle(self, connection: Any) -> None:
        """Look after it, after a commit."""

    def lent(self, connection: Any) -> AbstractContextManager[None]:
        """A block that may use what is kept."""
        ...

    def recover(self, connection: Any) -> None:
        """Give the disk what is not needed."""


class ServersRoom:
    """The room of a store on a server, which looks after its disk by itself."""

    def keep(self) -> None:
        """Nothing is kept."""

    def share(self) -> None:
        """Nothing is kept."""

    def give(self) -> None:
        """Nothing was kept."""

    def require(self, connection: Any) -> None:
        """The commit tells."""

    def settle(self, connection: Any) -> None:
        """Nothing waits."""

    @contextmanager
    def lent(self, connection: Any) -> Iterator[None]:
        """A block like any."""
        yield

    def recover(self, connection: Any) -> None:
        """Its vacuum does."""


class Engine(Protocol):
    """One store on its engine.

    :raises StoreError: from its constructor: the URL is not one of this engine's.
    """

    @property
    def database(self) -> StoreDatabase:
        """Its statements go by this."""
        ...

    @property
    def room(self) -> Room:
        """The room on its disk."""
        ...

    def require(self) -> None:
        """Refuse to make a store.

        :raises StoreError: there is none.
        """

    def prepare(self) -> None:
        """Open the store: make its tables, or move them up to this version.

        :raises StoreError: it cannot be opened, is not ours, or of a version that this one cannot
            read.
        """

    @property
    def is_read_only(self) -> bool:
        """Whether it cannot be written to."""
        ...

    @property
    def is_temporary(self) -> bool:
        """Whether it goes with this process."""
        ...

    def find_notices(self) -> list[str]:
        """What the operator has to know of it, a sentence for each."""
        ...

    def check(self, timeout: float) -> str:
        """Why nothing can be stored at the moment, in words; empty if it can.

        :param timeout: seconds that it takes at most.
        """
        ...

    def leadership(self) -> Leadership:
        """Which of the processes over the store leads."""
        ...

    def remove(self) -> None:
        """Remove what goes with this process."""
