"""Which engine a database URL is of."""

from legacygrid.models.engines.engine import Engine
from legacygrid.models.engines.sqlite import SqliteEngine
from legacygrid.models.files import StoreError

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
    try:
        # It brings a driver, which is an extra.
        from legacygrid.models.engines.postgres import PostgresEngine
    except ImportError:
        raise StoreError(
            "a store on PostgreSQL needs a driver: pip install 'legacygrid[postgres]'"
        ) from None
    return PostgresEngine(url)
