"""Keeps the event loop's thread from work that would make every other client wait.

The shipped server answers most calls in its event loop. What takes long there (a bcrypt hash, a
write that waits for its turn and its fsync) says so here before it begins; on the loop's thread
that ends the call with `WouldBlock`, before anything was done, and the server makes the same call
again on a worker thread.
"""

import threading


class WouldBlock(Exception):  # noqa: N818 - no error: the call is made again elsewhere
    """The call is about to do something that may not be done on this thread."""


_thread = threading.local()


def forbid() -> None:
    """Mark this thread as one that runs an event loop."""
    _thread.on_loop = True


def allow() -> None:
    """Take the mark away, when the loop has ended."""
    _thread.on_loop = False


def about_to_block() -> None:
    """Say that what follows takes long.

    :raises WouldBlock: on a thread that runs an event loop.
    """
    if getattr(_thread, "on_loop", False):
        raise WouldBlock
