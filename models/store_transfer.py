"""A whole store, from one engine to another, or to another place of the same."""

import hashlib
import marshal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import NamedTuple, Protocol

from legacygrid.models.engines.choice import open_transfer_source, open_transfer_target
from legacygrid.models.engines.transfer_ends import (
    Row,
    Rows,
    StoredTable,
    TransferSource,
    TransferTarget,
    list_tables,
)
from legacygrid.models.files import StoreError

#: How many rows come in between two words on how far it is.
_STEP = 1000
#: A row as bytes: in this version of the format, the same values are always the same bytes.
_FORMAT = 2
#: Tables of what a store can go back to, and what they hold where nothing was marked.
_UNDO, _UNMARKED = "undo_", {"undo_mark": [(0, 0)]}

Advance = Callable[[int], object]


class TransferWatch(Protocol):
    """Who is told how far it is."""

    def progress(self, label: str, rows: int) -> AbstractContextManager[Advance]:
        """A block in which so many rows are gone through; it gets what is called with how many of
        them were, again and again.
        """
        ...

    def copied(self, table: str, rows: int) -> None:
        """A table is complete."""


class Transferred(NamedTuple):
    """What was copied.

    :param rows: how many, by table.
    :param changed: how many of them had a NUL that is U+FFFD now, by table; those with some.
    """

    rows: dict[str, int]
    changed: dict[str, int]


class _Sum:
    """What tells the rows of a table from any others, in whatever order they come: two keys may
    sort in another way once there is no NUL in them.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, row: Row) -> None:
        """Count one in."""
        content = marshal.dumps(row, _FORMAT)
        self.rows += 1
        self._sum += int.from_bytes(hashlib.blake2b(content, digest_size=16).digest(), "big")

    def compare(self, copy: "_Sum") -> str:
        """How a copy differs, in words; empty if it does not."""
        if self.rows != copy.rows:
            return f"{self.rows:,} rows were read, and {copy.rows:,} are in the copy"
        return "" if self._sum == copy._sum else "its rows are not those that were read"


def transfer(source_url: str, target_url: str, watch: TransferWatch) -> Transferred:
    """Copy a store, as it is at one moment; the copy is read again, and compared, before anybody
    else sees it.

    :param source_url: of a store of this version, to which servers may go on writing.
    :param target_url: of a place without a store, or with an empty one that nobody has open.
    :raises StoreError: which of the two cannot be what, or does not answer; or which table is not
        in the copy as it was read. Nothing of the copy is left.
    """
    if source_url == target_url:
        raise StoreError("FROM and TO are the same")
    with _named("FROM"):
        source = open_transfer_source(source_url)
    with closing(source):
        with _named("TO"):
            target = open_transfer_target(target_url)
        with closing(target):
            return _Transfer(source, target, watch).run()


class _Transfer:
    """One of them."""

    def __init__(
        self, source: TransferSource, target: TransferTarget, watch: TransferWatch
    ) -> None:
        self._source, self._target, self._watch = source, target, watch
        self._sums: dict[str, _Sum] = {}
        self._changed: dict[str, int] = {}

    def run(self) -> Transferred:
        """All of it."""
        tables = list_tables()
        with _named("TO"):
            self._target.make_tables()
        self._copy(tables)
        with _named("FROM"):
            last_numbers = self._source.last_numbers()
            self._source.close()
        with _named("TO"):
            self._target.finish(last_numbers)
            self._check(tables, last_numbers)
            self._target.commit()
        rows = {name: found.rows for name, found in self._sums.items()}
        return Transferred(rows, {name: count for name, count in self._changed.items() if count})

    def _copy(self, tables: list[StoredTable]) -> None:
        with _named("FROM"):
            total = sum(map(self._source.count, tables))
        with self._watch.progress("Copying", total) as advance:
            for table in tables:
                self._sums[table.name] = _Sum()
                with _named("TO"), closing(self._read(table, advance)) as rows:
                    self._target.load(table, rows)
                self._watch.copied(table.name, self._sums[table.name].rows)

    def _read(self, table: StoredTable, advance: Advance) -> Rows:
        """The rows of a table as they are to be in the copy."""
        with _named("FROM"), closing(self._source.rows(table)) as found:
            rows: Iterable[Row] = found
            if table.name.startswith(_UNDO) and not self._source.has_undo_log:
                # Whoever opens that store forgets what is in its log.
                rows = _UNMARKED.get(table.name, [])
            if not self._target.TAKES_NUL:
                rows = self._without_nul(table, rows)
            yield from _counted(rows, self._sums[table.name], advance)

    def _without_nul(self, table: StoredTable, rows: Iterable[Row]) -> Iterator[Row]:
        """As the store itself would put them there."""
        texts = [place for place, kind in enumerate(table.kinds) if kind == "TEXT"]
        changed = 0
        for row in rows:
            if any("\0" in (row[place] or "") for place in texts):
                changed += 1
                row = tuple(
                    each.replace("\0", "\N{REPLACEMENT CHARACTER}") if place in texts else each
                    for place, each in enumerate(row)
                )
            yield row
        self._changed[table.name] = changed

    def _check(self, tables: list[StoredTable], last_numbers: dict[str, int]) -> None:
        total = sum(found.rows for found in self._sums.values())
        with self._watch.progress("Checking", total) as advance:
            for table in tables:
                found = _Sum()
                with closing(self._target.rows(table)) as rows:
                    for _ in _counted(rows, found, advance):
                        pass
                if difference := self._sums[table.name].compare(found):
                    raise StoreError(f"table {table.name} is not as it was read: {difference}")
        reached = self._target.last_numbers()
        for name, last in last_numbers.items():
            if reached.get(name, 0) < last:
                raise StoreError(f"table {name} would give numbers again")


def _counted(rows: Iterable[Row], into: _Sum, advance: Advance) -> Iterator[Row]:
    """The rows; each is counted in."""
    for row in rows:
        into.add(row)
        if into.rows % _STEP == 0:
            advance(_STEP)
        yield row
    advance(into.rows % _STEP)


@contextmanager
def _named(place: str) -> Iterator[None]:
    """Say of an error in which of the two stores it is; the first who knows."""
    try:
        yield
    except _PlacedError:
        raise
    except StoreError as error:
        raise _PlacedError(f"{place}: {error}") from error


class _PlacedError(StoreError):
    """It says where it is."""
