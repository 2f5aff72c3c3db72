"""Keeps threads from work that would make other clients wait.

The shipped server answers most calls in its event loop. What takes long there says so here before
it begins; on a thread that may not do it, that ends the call with `WouldBlock`, before anything was
done, and the server makes the same call again in the lane for such work: hashes of bcrypt have one
of their own, so that whoever guesses passwords keeps nobody from writing.

Any other thread, of a WSGI server or of a test, may do everything.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import NamedTuple

from legacygrid.reasons import Reason


class Lane(Enum):
    """The threads of the server that do one kind of work."""

    #: Writes, which wait for their turn and their fsync, and all else that takes long.
    WRITE = "write"
    #: Reads that take long: searches through much, long documents; nobody who writes waits for
    #: them.
    READ = "read"
    #: Checks of passwords, new hashes that are not quick, and what the call does after them.
    HASH = "hash"
    #: Whether the store takes writes, which is asked while calls wait for just that.
    HEALTH = "health"


class Turn(NamedTuple):
    """Who waits for a place in a lane: groups take turns, and so do the members of each.

    :param is_known: the caller was authenticated; those who were get every other place, however
        many others wait.
    """

    group: str = ""
    member: str = ""
    is_known: bool = False


class WouldBlock(Exception):  # noqa: N818 - no error: the call is made again elsewhere
    """The call is about to do something that may not be done on this thread.

    :ivar turn: who waits, as far as it is known.
    :param delay: seconds until the call may be made again.
    """

    def __init__(self, lane: Lane, delay: float = 0.0) -> None:
        super().__init__(lane, delay)
        self.lane = lane
        self.delay = delay
        self.turn = Turn()


class TryLater(Reason):
    """So many passwords are checked that there is no room for one more.

    :ivar seconds: after which it may be tried again.
    """

    seconds = 1


class TooManyGuesses(TryLater):
    """So many passwords were wrong that the next one has to wait longer than a caller does."""


_thread = threading.local()
_EVERYTHING = frozenset(Lane)
#: What the threads of each lane may do. A call that hashes may write there, too, and need not be
#: made a third time; one that reads long has come to its last lane.
_ALLOWED = {
    Lane.WRITE: frozenset({Lane.WRITE}),
    Lane.READ: _EVERYTHING,
    Lane.HASH: frozenset({Lane.HASH, Lane.WRITE, Lane.HEALTH}),
    Lane.HEALTH: frozenset({Lane.HEALTH}),
}


def forbid() -> None:
    """Mark this thread as one that runs an event loop."""
    _thread.lanes = frozenset()


def allow() -> None:
    """Take the mark away, when the loop has ended."""
    del _thread.lanes


def enter(lane: Lane) -> None:
    """Mark this thread as one of a lane."""
    _thread.lanes = _ALLOWED[lane]


def about_to_block(lane: Lane = Lane.WRITE) -> None:
    """Say that what follows takes long: more than two milliseconds.

    :param lane: where it is done instead. An answer that is made in `Lane.READ` is read on there,
        chunk by chunk, as it leaves.
    :raises WouldBlock: this thread may not do it.
    """
    if lane not in getattr(_thread, "lanes", _EVERYTHING):
        raise WouldBlock(lane)


def about_to_hash() -> None:
    """Say that what follows is a hash.

    :raises WouldBlock: on a thread of another lane.
    """
    about_to_block(Lane.HASH)


def wait(seconds: float) -> None:
    """Let time pass before a password is checked.

    :raises WouldBlock: on a thread of the server; the call is made again after that time.
    """
    if seconds <= 0:
        return
    if hasattr(_thread, "lanes"):
        raise WouldBlock(Lane.HASH, seconds)
    time.sleep(seconds)


@contextmanager
def hashing_here() -> Iterator[None]:
    """Hash on this thread, as the operator does: many hashes at once would fill their lane.

    :raises WouldBlock: on the thread of an event loop.
    """
    about_to_block()
    before = getattr(_thread, "lanes", _EVERYTHING)
    _thread.lanes = _EVERYTHING
    try:
        yield
    finally:
        _thread.lanes = before
