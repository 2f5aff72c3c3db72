"""When a fault is due, by the emulator's clock: from a moment on, until one, or again and again."""

from typing import NamedTuple


class FaultPeriod(NamedTuple):
    """The times at which calls trigger a fault.

    :param since: from when on, in seconds since 1970; none for from ever.
    :param until: until when; none for ever.
    :param every: seconds from the begin of one outage to that of the next, for brown-outs; none
        for one without end.
    :param lasting: seconds that each brown-out takes.
    """

    since: float | None = None
    until: float | None = None
    every: float | None = None
    lasting: float = 0.0

    def has(self, at: float) -> bool:
        """Whether a moment is one of them.

        :param at: seconds since 1970.
        """
        since = self.since or 0.0
        if at < since or (self.until is not None and at >= self.until):
            return False
        return self.every is None or (at - since) % self.every < self.lasting


ALWAYS = FaultPeriod()
