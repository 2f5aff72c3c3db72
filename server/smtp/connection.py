"""The connection of one SMTP client: its lines, its replies, its deadlines; no client can harm
another.

A message is one run of bytes and not a list of lines, each command has a turn of its own, a client
that reads nothing is cut off, and one that has sent all it wants may still read.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, TypeVar, cast

from legacygrid import reasons
from legacygrid.auth.principal import Principal
from legacygrid.harness.calls import NOBODYS
from legacygrid.harness.faults import InjectedFault
from legacygrid.reasons import Reason
from legacygrid.serializers.smtp import breaches
from legacygrid.serializers.smtp.words import Step
from legacygrid.server.smtp import smtp_faults
from legacygrid.server.smtp.actions import Replies
from legacygrid.server.smtp.deadline import Deadline
from legacygrid.server.smtp.listener import Listener
from legacygrid.server.smtp.receive_buffer import ReceiveBuffer

#: Seconds that a client may send nothing.
IDLE = 60.0
#: Seconds that the last reply may wait for its client.
LINGER = 2.0
#: Commands of a client that has not authenticated, and authentications that fail.
MAX_UNAUTHENTICATED = 50
MAX_FAILURES = 3
#: Sent by browsers, when a page makes them send what looks like SMTP.
_HTTP = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"}
T = TypeVar("T")


class Connection(asyncio.StreamReaderProtocol):
    """One client."""

    #: The commands that there are, each a method of that name in lower case, called with what
    #: follows it.
    commands: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, replies: Replies, listener: Listener, **uvicorn: Any) -> None:
        self.loop = asyncio.get_running_loop()
        # Bytes go into a buffer of our own; the reader is what the writer's base asks for.
        super().__init__(asyncio.StreamReader(loop=self.loop), self._begin, self.loop)
        self.replies = replies
        self.listener = listener
        self.buffer = ReceiveBuffer()
        self.is_secure = False
        #: The client's IP address.
        self.address = ""
        self.principal: Principal | None = None
        #: Refused authentications.
        self.failures = 0
        #: The kind of the login that the client authenticates as, as far as it is known.
        self.kind = ""
        #: The world that it last tried to log in to, and the numbers of the login, if that failed.
        self.world = ""
        self.claimed = NOBODYS
        #: What goes wrong with the command in hand, if a fault is set.
        self.fault: InjectedFault | None = None
        #: When the command in hand began; see `time.perf_counter`.
        self.started = time.perf_counter()
        self._deadline = Deadline(self.loop, lambda: self.hang_up(reasons.TooIdle()))
        self._unauthenticated = 0
        self._is_working = False
        self._is_ending = False
        self._connections = uvicorn["server_state"].connections

    @property
    def tenant(self) -> str:
        """The primary account that the client has logged in to; empty for nobody."""
        principal = self.principal
        return f"{principal.account.world}/{principal.primary}" if principal else ""

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet the client."""
        self.buffer.transport = cast(asyncio.Transport, transport)
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        self._connections.add(self)
        self.listener.connections.add(self)
        self.reset_timeout()
        super().connection_made(transport)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        # A client that is gone ends its conversation wherever it was.
        with suppress(ConnectionError, EOFError):
            await self._converse()
        self.hang_up(reasons.Stopping() if self._is_ending else None)

    def connection_lost(self, error: Exception | None) -> None:
        """Let the command in hand end, and forget the client."""
        self._connections.discard(self)
        self.listener.connections.discard(self)
        self.listener.limits.release(self)
        self.listener.tenants.release(self)
        self._deadline.end()
        self.buffer.transport = None
        self.buffer.end()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Buffer some bytes."""
        self.buffer.feed(data)

    def eof_received(self) -> bool:
        """The client sends no more; without TLS, it may still read."""
        self.buffer.end()
        return not self.is_secure

    def shutdown(self) -> None:
        """The server ends: a message that is being stored is stored and answered first."""
        if self._is_working:
            self._is_ending = True
        else:
            self.hang_up(reasons.Stopping())

    def drop(self) -> None:
        """End a connection of which nothing is wanted just now, so that another has room."""
        self.hang_up(reasons.TooManyConnections())

    def hang_up(self, reason: Reason | None = None) -> None:
        """Close the connection, whether the client reads the reply or not."""
        self._is_ending = True
        self._deadline.end()
        transport = self.buffer.transport
        if transport is None or transport.is_closing():
            return
        if reason is not None:
            transport.write(self._refuse("", reason).encode() + b"\r\n")
        transport.close()
        self.loop.call_later(LINGER, transport.abort)

    def reset_timeout(self, seconds: float | None = None) -> None:
        """Let the client have so much time from now on; by default, what each command has."""
        self._deadline.set(IDLE if seconds is None else seconds)

    def stop_timeout(self) -> None:
        """Let it take as long as it takes."""
        self._deadline.lift()

    # The conversation

    async def _converse(self) -> None:
        if not self.listener.limits.admit(self, self.address):
            self.hang_up(reasons.TooManyConnections())
            return
        await self.replies.greet(self)
        while self.buffer.transport and not self._is_ending:
            try:
                await self._handle_line(await self._next_line())
            except Reason as reason:
                await self.push(self._refuse("", reason))
            if not self.buffer.is_empty:
                # Whatever a client sends at once, others have their turn after each command.
                await asyncio.sleep(0)

    async def _next_line(self) -> bytes:
        if (line := self.buffer.take_line()) is not None:
            return line
        both = self.listener.limits, self.listener.tenants
        for limits in both:
            limits.mark_idle(self)
        try:
            return await self.buffer.read_line()
        finally:
            for limits in both:
                limits.mark_busy(self)

    async def _handle_line(self, line: bytes) -> None:
        # Space before the command, and any number of spaces or tabs after it, is as good as one.
        word, *rest = (each.decode("latin-1").strip() for each in line.split(None, 1) or [b""])
        command = word.upper()
        if command in _HTTP:
            self.hang_up()
            return
        if self.principal is None:
            self._unauthenticated += 1
            if self._unauthenticated > MAX_UNAUTHENTICATED:
                self.hang_up(reasons.TooManyCommands())
                return
        if command not in self.commands:
            raise breaches.UnknownCommand
        self.reset_timeout()
        self.started, self.fault = time.perf_counter(), None
        await self._carry_out(command, "".join(rest))

    async def _carry_out(self, command: str, argument: str) -> None:
        try:
            await getattr(self, command.lower())(argument)
        except (ConnectionError, EOFError):
            raise
        except Exception as error:
            await self.push(reply := self._refuse(command, error))
            if reply.startswith("421"):
                self.hang_up()
        if self.failures >= MAX_FAILURES:
            self.hang_up(reasons.TooManyFailures())

    async def say(self, step: Step, **values: object) -> None:
        """Send the reply of a step that went well, with values filled in."""
        words = self.replies.say(step, self.kind)
        await self.push(str(words.fill(host=self.listener.host, **values)))

    async def push(self, reply: str) -> None:
        """Send a reply.

        :raises ConnectionError: the client is gone.
        """
        transport = self.buffer.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError
        if self.fault is not None:
            await smtp_faults.hold_up(self, self.fault)
        transport.write(reply.encode("ascii") + b"\r\n")
        if transport.get_write_buffer_size():
            await self.writer.drain()

    async def work(self, function: Callable[..., T], *arguments: Any) -> T:
        """Do what takes long on a thread that may wait; meanwhile the client does not time out.

        What hashes is done twice, from its start to the first hash.

        :raises TryLater: too many clients wait for a hash.
        """
        self.stop_timeout()
        self._is_working = True
        try:
            return await self.listener.lanes.run(
                lambda: self.buffer.transport is None, function, *arguments
            )
        finally:
            self._is_working = False
            if self.buffer.transport:
                self.reset_timeout()

    async def ask(self, prompt: Step) -> str:
        """The response to a prompt of AUTH, as it came."""
        await self.say(prompt)
        return (await self._next_line()).decode("latin-1").strip()

    def _refuse(self, command: str, error: Exception) -> str:
        return self.replies.refuse(self, command, error)
