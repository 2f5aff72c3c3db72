"""The time that the emulator goes by: real, moved, or standing still; every date that it writes is
from here.
"""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Hands:
    """How a clock is set.

    :param frozen: seconds since 1970 at which it stands still.
    :param offset: seconds that it is ahead of real time, where it does not stand still.
    """

    frozen: float | None = None
    offset: float = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.offset if self.frozen is None else self.frozen

    def advanced(self, seconds: float) -> "Hands":
        """The same, so many seconds later."""
        if self.frozen is None:
            return Hands(offset=self.offset + seconds)
        return Hands(self.frozen + seconds)


REAL = Hands()


class Clock:
    """One clock for all worlds, until a world sets its own."""

    def __init__(self) -> None:
        self._set: dict[str, Hands] = {}

    def now(self, world: str = "") -> float:
        """Seconds since 1970, as it is in that world."""
        return self.hands(world).now() if self._set else time.time()

    def hands(self, world: str = "") -> Hands:
        """How the clock of that world is set."""
        return self._set.get(world) or self._set.get("", REAL)

    def set(self, hands: Hands, world: str = "") -> None:
        """Set the clock of a world; that of the world without name is everybody's who has none."""
        self._set[world] = hands

    def reset(self, world: str = "") -> None:
        """Let a world go by everybody's clock; without a name, all of them by real time."""
        if world:
            self._set.pop(world, None)
        else:
            self._set.clear()
