"""Faults of the order in which events are told: the manual says that they may come twice, and not
in the order in which they happened.
"""

import threading
from dataclasses import dataclass

TWICE, OUT_OF_ORDER = "twice", "out_of_order"


@dataclass
class PostFaults:
    """How many of the next posts come twice, and how many in the order that is not theirs."""

    twice: int = 0
    out_of_order: int = 0


class OrderedFaults:
    """Those of each world; that without name has them for all that have none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set: dict[str, PostFaults] = {}

    def get(self, world: str) -> PostFaults:
        """What is left of those of a world."""
        return self._set.get(world) or self._set.get("") or PostFaults()

    def set(self, world: str, faults: PostFaults) -> None:
        """Set those of a world, in the place of what was left."""
        with self._lock:
            self._set[world] = faults

    def reset(self, world: str | None) -> None:
        """Forget those of a world, or all."""
        with self._lock:
            if world is None:
                self._set.clear()
            else:
                self._set.pop(world, None)

    def take(self, world: str, name: str, most: int = 1) -> int:
        """Have posts fail so: how many of them, at most as many as are ordered."""
        with self._lock:
            faults = self.get(world)
            taken: int = min(most, getattr(faults, name))
            setattr(faults, name, getattr(faults, name) - taken)
        return taken
