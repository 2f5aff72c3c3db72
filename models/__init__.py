"""What is remembered, with the rules on it. Nothing here knows of HTTP."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from legacygrid.models.database import Store


def open_store(url: str, may_create: bool = True) -> "Store":
    """The store behind a database URL.

    :param may_create: whether one that is not there yet is made.
    :raises StoreError: it cannot be opened; the message says why.
    """
    # Options take their defaults from models, and ask for no store.
    from legacygrid.models.database import Store

    return Store(url, may_create)
