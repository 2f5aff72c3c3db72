"""Named snapshots of worlds, for tests to go back to; in memory, and gone with the process."""

import copy
import threading
from collections.abc import Sequence
from typing import NamedTuple

from legacygrid.harness.clock import ClockSetting
from legacygrid.harness.faults import InjectedFault
from legacygrid.models.copies import WorldCopy


class WorldSnapshot(NamedTuple):
    """A world as it was.

    :param at: when it was taken, in seconds since 1970 by the world's clock.
    :param rows: what the store had of it; secrets as hashes.
    :param clock: how the world had set its clock; none if it had not.
    :param last_call: the number of the last call in the journal.
    """

    name: str
    at: float
    rows: WorldCopy
    accounts: int
    messages: int
    clock: ClockSetting | None
    faults: Sequence[InjectedFault]
    last_call: int

    def copy_faults(self) -> list[InjectedFault]:
        """Its faults, to be counted anew from where they were."""
        return copy_faults(self.faults)


def copy_faults(faults: Sequence[InjectedFault]) -> list[InjectedFault]:
    """Faults with their counts and what they draw by chance, by themselves from now on."""
    return [copy.deepcopy(each) for each in faults]


class WorldSnapshots:
    """The snapshots of all worlds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshots: dict[str, dict[str, WorldSnapshot]] = {}

    def of(self, world: str) -> list[WorldSnapshot]:
        """Those of a world, oldest first."""
        with self._lock:
            return list(self._snapshots.get(world, {}).values())

    def find(self, world: str, name: str) -> WorldSnapshot | None:
        """The one of that name."""
        with self._lock:
            return self._snapshots.get(world, {}).get(name)

    def keep(self, world: str, snapshot: WorldSnapshot) -> None:
        """Keep one, in the place of that of the same name."""
        with self._lock:
            kept = self._snapshots.setdefault(world, {})
            kept.pop(snapshot.name, None)
            kept[snapshot.name] = snapshot

    def forget(self, world: str, name: str | None = None) -> int:
        """Forget one of a world, or all of them; how many there were."""
        with self._lock:
            kept = self._snapshots.get(world, {})
            gone = [each for each in kept if name in (None, each)]
            for each in gone:
                del kept[each]
            if not kept:
                self._snapshots.pop(world, None)
            return len(gone)
