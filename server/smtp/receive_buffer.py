"""What a client of SMTP sends, taken apart: commands and messages."""

import asyncio

from legacygrid import reasons
from legacygrid.server.memory_budget import Reservation

#: Bytes of a message: SendGrid's 30 MB.
MAX_MESSAGE = 30 * 1024 * 1024
#: Bytes of all messages that are on their way in, or wait to be stored. They are in memory, and
#: nothing is on disk.
MAX_MESSAGES = 256 * 1024 * 1024
#: Bytes of a command, and its end; RFC 4954, 4 asks for that much of AUTH.
MAX_LINE = 12_288 + 2
_END = b"\r\n.\r\n"


class ReceiveBuffer:
    """Bytes that have arrived from a client and are not read yet."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        #: Whoever waits for more.
        self._news: asyncio.Future[None] | None = None
        self._has_ended = False
        self.transport: asyncio.Transport | None = None

    def feed(self, data: bytes) -> None:
        """Add bytes. Reading pauses while the client is ahead of its answers."""
        self._bytes += data
        self._tell()
        if len(self._bytes) > MAX_LINE and self.transport and not self.transport.is_closing():
            self.transport.pause_reading()

    def end(self) -> None:
        """Note that nothing follows."""
        self._has_ended = True
        self._tell()

    def clear(self) -> None:
        """Forget what has arrived."""
        self._bytes.clear()

    @property
    def is_empty(self) -> bool:
        """Whether all that arrived was read."""
        return not self._bytes

    def take_line(self) -> bytes | None:
        """The next command; none if it is not there yet. A bare LF ends one, too, for people who
        type.

        :raises LineTooLong: it is read, and forgotten.
        """
        end = self._bytes.find(b"\n")
        if end < 0:
            return None
        line = bytes(self._bytes[:end])
        del self._bytes[: end + 1]
        if end > MAX_LINE:
            raise reasons.LineTooLong
        return line.removesuffix(b"\r")

    async def read_line(self) -> bytes:
        """The next command, as soon as it is there.

        :raises EOFError: there is none.
        :raises LineTooLong: it is read, and forgotten.
        """
        is_long = False
        while (line := self.take_line()) is None:
            if len(self._bytes) > MAX_LINE:
                is_long = True
                self._bytes.clear()
            await self._more()
        if is_long:
            raise reasons.LineTooLong
        return line

    async def read_message(self, reservation: Reservation) -> bytes:
        """A message, its dots as they came.

        CR LF `.` CR LF alone ends one. A bare LF or CR is kept as it came: what another server
        would take for an end and the begin of the next message (SMTP smuggling) is text here.

        :raises EOFError: it does not end.
        :raises BodyTooLarge, NoRoom: it is read, and forgotten.
        """
        # The line of DATA ends just before it.
        message = bytearray(b"\r\n")
        refusal = None
        while True:
            seen = max(0, len(message) - len(_END) + 1)
            message += self._bytes
            self._bytes.clear()
            if (end := message.find(_END, seen)) >= 0:
                break
            refusal = refusal or reservation.grow(len(message))
            if refusal:
                # It is not kept, so that others of the same sender have what it took.
                reservation.give_back()
                del message[: -len(_END) + 1]
            await self._more()
        self._bytes += message[end + len(_END) :]
        if refusal := refusal or reservation.grow(end):
            raise refusal
        with memoryview(message) as whole:
            return bytes(whole[2 : end + 2])

    async def _more(self) -> None:
        if self._has_ended:
            raise EOFError
        self._news = asyncio.get_running_loop().create_future()
        # uvloop raises RuntimeError if it has closed, which it may have before it says so.
        if self.transport and not self.transport.is_closing():
            self.transport.resume_reading()
        await self._news

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)


def remove_dot_stuffing(message: bytes) -> bytes:
    """A message without the dots that were put before those at the begin of its lines (RFC 5321,
    4.5.2).
    """
    # Without any, and that is most mail, nothing is copied.
    return (message[1:] if message.startswith(b".") else message).replace(b"\r\n.", b"\r\n")
