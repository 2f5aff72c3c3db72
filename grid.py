"""The state of one emulator: store, secrets, profile, table. Nothing of it is a global of a module."""

from collections.abc import Iterable
from dataclasses import dataclass

from legacygrid import operations
from legacygrid.models.database import Store
from legacygrid.models.secrets import Secrets
from legacygrid.operations import Family, Route
from legacygrid.profiles import Profile
from legacygrid.serializers import dialects
from legacygrid.serializers.dialects import Dialect


@dataclass(frozen=True)
class Grid:
    """All that a call needs, made once at start."""

    store: Store
    secrets: Secrets
    profile: Profile
    operations: dict[str, Route]
    #: Speaks where no family does: the front end's own 404.
    front: Dialect


def make(store: Store, profile: Profile, families: Iterable[Family], bcrypt_cost: int = 10) -> Grid:
    """An emulator over that store.

    :param bcrypt_cost: 4 to 31.
    """
    return Grid(store, Secrets(bcrypt_cost), profile, operations.table(families, profile), dialects.customer(profile))
