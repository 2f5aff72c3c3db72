"""The emulator's clock: real time, moved, or frozen. Every date that it writes is from here."""

import time
from collections.abc import Callable
from typing import NamedTuple


class ClockSetting(NamedTuple):
    """How a clock is set.

    :param frozen: seconds since 1970 at which it stands still; none if it runs.
    :param offset: seconds that it is ahead of real time, if it runs.
    """

    frozen: float | None = None
    offset: float = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.offset if self.frozen is None else self.frozen

    def advance(self, seconds: float) -> "ClockSetting":
        """The setting with which the clock is so many seconds later."""
        if self.frozen is None:
            return ClockSetting(offset=self.offset + seconds)
        return ClockSetting(self.frozen + seconds)


REAL_TIME = ClockSetting()


class Clock:
    """One clock for all worlds, until a world sets its own."""

    def __init__(self) -> None:
        self._set: dict[str, ClockSetting] = {}
        #: Called whenever one was set: what was not due may be.
        self.on_change: list[Callable[[], None]] = []

    def now(self, world: str = "") -> float:
        """Seconds since 1970, as it is in that world."""
        return self.setting(world).now() if self._set else time.time()

    def setting(self, world: str = "") -> ClockSetting:
        """How the clock of that world is set."""
        return self._set.get(world) or self._set.get("", REAL_TIME)

    def set(self, setting: ClockSetting, world: str = "") -> None:
        """Set the clock of a world; that of the world without name is for all that set none."""
        self._set[world] = setting
        self._tell()

    def own_setting(self, world: str) -> ClockSetting | None:
        """How a world itself has set its clock; none if it has not."""
        return self._set.get(world)

    def put_back(self, setting: ClockSetting | None, world: str) -> None:
        """Have the clock of a world as it was, by `own_setting`."""
        if setting is None:
            self._set.pop(world, None)
        else:
            self._set[world] = setting
        self._tell()

    def reset(self, world: str = "") -> None:
        """Have a world use the clock of the world without name; without a name, all of them real
        time.
        """
        if world:
            self._set.pop(world, None)
        else:
            self._set.clear()
        self._tell()

    def settings(self) -> dict[str, ClockSetting]:
        """How all that are set are set, by their worlds."""
        return dict(self._set)

    def adopt(self, settings: dict[str, ClockSetting]) -> None:
        """Have the clocks of another server."""
        self._set = settings

    def _tell(self) -> None:
        for each in self.on_change:
            each()
