"""Which engine a database URL is of."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from legacygrid.models.engines.engine import Engine
from legacygrid.models.engines.sqlite import SqliteEngine
from legacygrid.models.files import StoreError

if TYPE_CHECKING:
    from legacygrid.models.engines.transfer_ends import TransferSource, TransferTarget

_OF_POSTGRES = ("postgresql://", "postgres://")


def is_postgres(url: str) -> bool:
    """Whether a database URL is one of PostgreSQL."""
    return url.startswith(_OF_POSTGRES)


def open_engine(url: str) -> Engine:
    """The engine of a store.

    :raises StoreError: it is no such URL, or its engine is not installed.
    """
    if not is_postgres(url):
        return SqliteEngine(url)
    with _needing_driver():
        from legacygrid.models.engines.postgres import PostgresEngine
    return PostgresEngine(url)


def open_transfer_source(url: str) -> "TransferSource":
    """A store to copy.

    :raises StoreError: as `open_engine`; or it is no store of this version.
    """
    if not is_postgres(url):
        from legacygrid.models.engines.sqlite_transfer import SqliteSource

        return SqliteSource(url)
    with _needing_driver():
        from legacygrid.models.engines.postgres_transfer import PostgresSource
    return PostgresSource(url)


def open_transfer_target(url: str) -> "TransferTarget":
    """A store to be made by a copy.

    :raises StoreError: as `open_engine`; or there is something in its place.
    """
    if not is_postgres(url):
        from legacygrid.models.engines.sqlite_transfer import SqliteTarget

        return SqliteTarget(url)
    with _needing_driver():
        from legacygrid.models.engines.postgres_transfer import PostgresTarget
    return PostgresTarget(url)


@contextmanager
def _needing_driver() -> Iterator[None]:
    """A block that imports the driver, which is an extra."""
    try:
        yield
    except ImportError:
        raise StoreError(
            "a store on PostgreSQL needs a driver: pip install 'legacygrid[postgres]'"
        ) from None
