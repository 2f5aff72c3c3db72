"""The line to one SMTP client: aiosmtpd's commands, read and timed so that no client can harm
another.

aiosmtpd knows the commands, their syntax and their order. How it reads is not used, since with it

- every line of a message is an object, so 30 MiB of empty lines become a gigabyte, and 30 MiB of
  any are slow;
- 10,000 commands in one packet are carried out without a pause for anybody else;
- a client that reads nothing keeps its connection for ever, as `close` waits until all is written;
- a client that has said all and closes its half gets no answer, and one that is reset leaves a
  traceback;
- STARTTLS relies on the insides of asyncio, and may be said twice.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, AnyStr, TypeVar, cast

from aiosmtpd.smtp import SMTP

from legacygrid import reasons
from legacygrid.auth.authentication import Principal
from legacygrid.reasons import Reason
from legacygrid.server.smtp.receive_buffer import MAX_MESSAGE, MAX_MESSAGES, Inbox, Room

#: Seconds that a client may say nothing.
IDLE = 60.0
#: Seconds that the last reply may wait for its client.
LINGER = 2.0
#: Connections at a time.
MAX_LINES = 500
#: Commands of a client that has not authenticated, and authentications that fail.
MAX_STRANGE = 50
MAX_FAILURES = 3
#: Browsers say these, when a page makes them send what looks like SMTP. Nobody else does.
_HTTP = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"}
T = TypeVar("T")


class Door:
    """What the clients of one door share."""

    def __init__(self, workers: Executor, tls: ssl.SSLContext | None = None) -> None:
        self.workers = workers
        self.tls = tls
        self.room = Room(MAX_MESSAGES)
        self.lines: set[Line] = set()


class Line(SMTP):
    """One client.

    :param handler: what is done at each step, in aiosmtpd's terms; `said` is its reply to a command
        that was not carried out.
    """

    def __init__(self, handler: Any, door: Door, **uvicorn: Any) -> None:
        super().__init__(
            handler,
            data_size_limit=MAX_MESSAGE,
            # Looking up a name would block the loop.
            hostname="localhost",
            ident="ESMTP Legacygrid",
            tls_context=door.tls,
            timeout=IDLE,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )
        self.door = door
        self.inbox = Inbox()
        self.is_secure = False
        self.principal: Principal | None = None
        #: Refused authentications.
        self.failures = 0
        #: The kind of login that the client speaks for, as far as is known.
        self.kind = ""
        #: The world that it wanted to be let in to.
        self.world = ""
        #: When the command in hand began; see `time.perf_counter`.
        self.started = time.perf_counter()
        self._strange = 0
        self._is_working = False
        self._is_over = False
        self._connections = uvicorn["server_state"].connections

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet the client."""
        self.inbox.transport = cast(asyncio.Transport, transport)
        self._connections.add(self)
        self.door.lines.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Let what is being done end, and forget the client."""
        self._connections.discard(self)
        self.door.lines.discard(self)
        self._mind_no_time()
        self.inbox.transport = self.transport = None
        self.inbox.end()
        asyncio.StreamReaderProtocol.connection_lost(self, error)

    def data_received(self, data: bytes) -> None:
        """Some bytes."""
        self.inbox.feed(data)

    def eof_received(self) -> bool:
        """The client has said all; it may still listen, if there is no TLS."""
        self.inbox.end()
        return not self.is_secure

    def shutdown(self) -> None:
        """The server ends: what is being stored will be, and is answered."""
        if self._is_working:
            self._is_over = True
        else:
            self.hang_up(reasons.Stopping())

    def hang_up(self, reason: Reason | None = None) -> None:
        """End, whether the client listens or not."""
        self._is_over = True
        self._mind_no_time()
        transport = self.inbox.transport
        if transport is None or transport.is_closing():
            return
        if reason is not None:
            transport.write(self._said("", reason).encode() + b"\r\n")
        transport.close()
        self.loop.call_later(LINGER, transport.abort)

    def _timeout_cb(self) -> None:
        self.hang_up(reasons.TooIdle())

    def _mind_no_time(self) -> None:
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()

    # The conversation

    async def _handle_client(self) -> None:
        # A client that is gone ends its conversation wherever it was.
        with suppress(ConnectionError, EOFError):
            await self._converse()
        self.hang_up(reasons.Stopping() if self._is_over else None)

    async def _converse(self) -> None:
        if len(self.door.lines) > MAX_LINES:
            self.door.lines.discard(self)
            self.hang_up(reasons.TooManyConnections())
            return
        await self.push(f"220 {self.hostname} {self.__ident__}")
        while self.inbox.transport and not self._is_over:
            try:
                await self._obey(await self.inbox.line())
            except Reason as reason:
                await self.push(self._said("", reason))
            # Whatever a client sends at once, others have their turn after each command.
            await asyncio.sleep(0)

    async def _obey(self, line: bytes) -> None:
        word, _, rest = line.decode("latin-1").partition(" ")
        command, argument = word.upper(), rest.strip()
        if command in _HTTP:
            self.hang_up()
            return
        if self.principal is None:
            self._strange += 1
            if self._strange > MAX_STRANGE:
                self.hang_up(reasons.TooManyCommands())
                return
        method = self._smtp_methods.get(command)
        if method is None or not line.isascii() or not argument.isprintable():
            await self.push("500 Syntax error, command unrecognized")
            return
        self._reset_timeout()
        self.started = time.perf_counter()
        await self._carry_out(command, method, argument)

    async def _carry_out(
        self, command: str, method: Callable[[str | None], Any], argument: str
    ) -> None:
        try:
            await method(argument or None)
        except (ConnectionError, EOFError):
            raise
        except Exception as error:
            await self.push(self._said(command, error))
        if self.failures >= MAX_FAILURES:
            self.hang_up(reasons.TooManyFailures())

    async def push(self, status: AnyStr) -> None:
        """Send a reply.

        :raises ConnectionError: the client is gone.
        """
        if self.inbox.transport is None or self.inbox.transport.is_closing():
            raise ConnectionResetError
        await super().push(status)

    async def work(self, function: Callable[..., T], *arguments: Any) -> T:
        """Do what takes long on a thread that may wait. The client is not idle meanwhile; we are."""
        self._mind_no_time()
        self._is_working = True
        try:
            return await self.loop.run_in_executor(self.door.workers, function, *arguments)
        finally:
            self._is_working = False
            if self.inbox.transport:
                self._reset_timeout()

    async def ask(self, prompt: str) -> str:
        """A challenge of AUTH.

        :param prompt: in Base64.
        :returns: the response, as it came.
        """
        await self.push(f"334 {prompt}")
        return (await self.inbox.line()).decode("latin-1")

    def _said(self, command: str, error: Exception) -> str:
        said: str = self.event_handler.said(self, command, error)
        return said
