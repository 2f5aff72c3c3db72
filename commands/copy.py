"""`legacygrid copy`: a whole store, from one engine to another."""

import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple

import click

from legacygrid.commands.progress import show_progress
from legacygrid.commands.terminal import exit_on_errors

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from legacygrid.models.store_transfer import Transferred

#: What ends it as Ctrl-C does: nothing of the copy is left.
_STOPS = ("SIGHUP", "SIGTERM")


@click.command()
@click.option("--quiet", is_flag=True, help="Print nothing, unless it fails.")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy(source: str, target: str, quiet: bool) -> None:
    """Copy the store FROM to TO, also from SQLite to PostgreSQL or back.

    Each is a database URL: sqlite:///relative.db, sqlite:////absolute.db or
    postgresql://user@host/name. FROM stays as it is, and servers may go on writing to it: the copy
    is as the store is at one moment. TO must not be there, or be empty. The copy is read again and
    compared; if anything fails, nothing of it is left.
    """
    from legacygrid.models.store_transfer import transfer

    # What the driver gives up when a connection is cut; the error says so once.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    with exit_on_errors(), _stopping():
        done = transfer(source, target, _Watch(quiet))
    if not quiet:
        _summarise(done)


class _Watch(NamedTuple):
    """See `TransferWatch`: a bar on a terminal, lines elsewhere."""

    is_quiet: bool

    def progress(self, label: str, rows: int) -> "AbstractContextManager[Callable[[int], object]]":
        """A bar."""
        return nullcontext(_ignore) if self.is_quiet else show_progress(label, rows)

    def copied(self, table: str, rows: int) -> None:
        """A line for a table that has something."""
        if rows and not self.is_quiet and not sys.stderr.isatty():
            click.echo(f"{table}: {rows:,} {_of(rows)}")


def _ignore(done: int) -> None:
    """Nobody wants to know."""


def _summarise(done: "Transferred") -> None:
    for table, rows in done.changed.items():
        click.echo(f"{table}: a NUL is U+FFFD now in {rows:,} {_of(rows)}")
    rows = sum(done.rows.values())
    click.echo(f"{rows:,} {_of(rows)} in {len(done.rows)} tables, and the same in the copy")


def _of(rows: int) -> str:
    return "row" if rows == 1 else "rows"


@contextmanager
def _stopping() -> Iterator[None]:
    """Take signals that end a process as Ctrl-C: what is not complete is removed first."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in _STOPS if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
