"""What whoever posts works with."""

from collections.abc import Callable
from dataclasses import dataclass, field

from legacygrid.harness.clock import Clock
from legacygrid.harness.webhooks.allowed import Allowed
from legacygrid.harness.webhooks.order import OrderedFaults
from legacygrid.harness.webhooks.posting import Poster
from legacygrid.models.database import Store


@dataclass(frozen=True)
class Means:
    """Made once for an emulator.

    :param announce: called with the world of a post that was attempted.
    """

    store: Store
    clock: Clock
    allowed: Allowed
    announce: Callable[[str], None]
    poster: Poster = field(default_factory=Poster)
    faults: OrderedFaults = field(default_factory=OrderedFaults)
