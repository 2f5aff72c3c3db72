"""Garbage collection while a command starts."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Do not look for garbage in the block: imports make much, and hardly anything of it is. To
    look through all of it again and again takes a tenth of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def exempt_all() -> None:
    """Look no more through what is there now: it stays as long as the process does."""
    gc.freeze()
