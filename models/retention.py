"""How much mail the outbox keeps, and for how long."""

import time
from typing import Any

import peewee

from legacygrid.models.message import Message

#: How many messages are kept, and for how many days, unless told otherwise.
SIZE = 20_000
DAYS = 30.0
#: How many bytes of messages are kept, unless told otherwise.
BYTES = 1024 * 1024 * 1024


class Retention:
    """The limits of the outbox; what is beyond them is deleted, oldest first.

    :param size: messages at most; somewhat more may lie there until the next look.
    :param days: days of real time.
    :param bytes: bytes of all messages at most, as roughly as `size`.
    :param pace: messages that come in between two looks at what is too old or too many; a sixteenth
        of the bytes counts as much.
    :param processes: that count, each for itself, what they store.
    """

    def __init__(
        self,
        size: int = SIZE,
        days: float = DAYS,
        bytes: int = BYTES,
        pace: int = 100,
        processes: int = 1,
    ) -> None:
        self.size = size
        self.days = days
        self.bytes = bytes
        self.pace = max(1, pace // processes)
        self._parts = 16 * processes
        self._messages = 0
        self._bytes = 0
        self._begin = time.monotonic()
        #: The last message that was there at the first look, of whose age the system's clock alone
        #: knows.
        self._last_found: int | None = None

    def begin(self) -> None:
        """Have the first look, and delete nothing."""
        self._last_found = Message.select(peewee.fn.MAX(Message.id)).scalar() or 0

    def count_stored(self, messages: int = 1, bytes: int = 0) -> None:
        """Count messages that came in, and prune every now and then; in their transaction.

        :param bytes: the size of them all.
        """
        self._messages += messages
        self._bytes += bytes
        if self._messages >= self.pace or self._bytes * self._parts >= self.bytes:
            self.prune()

    def prune(self) -> None:
        """Delete what is too old or too many now, oldest first; in a transaction."""
        self._messages = self._bytes = 0
        newest_first = Message.select(Message.id).order_by(Message.id.desc())
        self._delete_up_to(newest_first.offset(self.size).limit(1).scalar())
        Message.delete().where(self._is_too_old()).execute()
        # An index has all sizes: no message is read for it.
        excess: int = (Message.select(peewee.fn.SUM(Message.size)).scalar() or 0) - self.bytes
        while excess > 0:
            excess -= self._delete_oldest(excess)

    def _is_too_old(self) -> Any:
        """As a condition on messages: they lie here for more days than allowed.

        The system's clock may jump, above all soon after the machine has started. What came since
        the first look is no older than that.
        """
        allowed = self.days * 86_400
        is_too_old = Message.stored_at < time.time() - allowed
        if self._last_found is None:
            self.begin()
        if time.monotonic() - self._begin < allowed:
            return is_too_old & (Message.id <= self._last_found)
        return is_too_old

    def _delete_oldest(self, excess: int) -> int:
        """Delete the oldest messages, 500 at most, until so many bytes are gone.

        :returns: the bytes that went.
        """
        gone, last = 0, None
        oldest: list[Message] = list(
            Message.select(Message.id, Message.size).order_by(Message.id).limit(500)
        )
        for message in oldest:
            last, gone = message.id, gone + message.size
            if gone >= excess:
                break
        self._delete_up_to(last)
        return gone

    def _delete_up_to(self, last: int | None) -> None:
        """Delete what is as old as that message, or older."""
        if last is not None:
            Message.delete().where(Message.id <= last).execute()
