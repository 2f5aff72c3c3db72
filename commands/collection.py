"""How often a command looks for garbage."""

import gc

_USUAL = gc.get_threshold()
#: Objects that are made between two looks while a command starts.
_RARE = 100_000


def collect_rarely() -> None:
    """Look seldom: imports make much, and hardly anything of it is garbage. To look through all of
    it again and again takes a tenth of the start.
    """
    gc.set_threshold(_RARE)


def collect_as_usual() -> None:
    """Look as Python does, but no more through what is there now: it stays."""
    gc.freeze()
    gc.set_threshold(*_USUAL)
