"""The connection of one SMTP client: aiosmtpd's commands, read and timed so that no client can harm
another.

aiosmtpd knows the commands, their syntax and their order. How it reads is not used, since with it

- every line of a message is an object, so 30 MiB of empty lines become a gigabyte, and 30 MiB of
  any are slow;
- 10,000 commands in one packet are carried out without a pause for anybody else;
- a client that reads nothing keeps its connection for ever, as `close` waits until all is written;
- a client that closes its sending half gets no answer, and one that is reset leaves a traceback;
- STARTTLS relies on the insides of asyncio, and may be sent twice.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, AnyStr, TypeVar, cast

from aiosmtpd.smtp import SMTP

from legacygrid import reasons
from legacygrid.auth.principal import Principal
from legacygrid.reasons import Reason
from legacygrid.server.lanes import Lanes
from legacygrid.server.memory_budget import MemoryBudget
from legacygrid.server.smtp.receive_buffer import MAX_MESSAGE, MAX_MESSAGES, ReceiveBuffer

#: Seconds that a client may send nothing.
IDLE = 60.0
#: Seconds that the last reply may wait for its client.
LINGER = 2.0
#: Connections at a time.
MAX_CONNECTIONS = 500
#: Commands of a client that has not authenticated, and authentications that fail.
MAX_UNAUTHENTICATED = 50
MAX_FAILURES = 3
#: Sent by browsers, when a page makes them send what looks like SMTP.
_HTTP = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"}
T = TypeVar("T")


class Listener:
    """What the clients of one port share: threads, TLS, memory, and the list of connections."""

    def __init__(self, lanes: Lanes, tls: ssl.SSLContext | None = None) -> None:
        self.lanes = lanes
        self.tls = tls
        self.budget = MemoryBudget(MAX_MESSAGES)
        self.connections: set[Connection] = set()


class Connection(SMTP):
    """One client.

    :param handler: what is done at each step, in aiosmtpd's terms; `refuse` makes its reply to a
        command that is not carried out.
    """

    def __init__(self, handler: Any, listener: Listener, **uvicorn: Any) -> None:
        super().__init__(
            handler,
            data_size_limit=MAX_MESSAGE,
            # Looking up a name would block the loop.
            hostname="localhost",
            ident="ESMTP Legacygrid",
            tls_context=listener.tls,
            timeout=IDLE,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )
        self.listener = listener
        self.buffer = ReceiveBuffer()
        self.is_secure = False
        self.principal: Principal | None = None
        #: Refused authentications.
        self.failures = 0
        #: The kind of the login that the client authenticates as, as far as it is known.
        self.kind = ""
        #: The world that it last tried to log in to.
        self.world = ""
        #: When the command in hand began; see `time.perf_counter`.
        self.started = time.perf_counter()
        self._unauthenticated = 0
        self._is_working = False
        self._is_ending = False
        self._connections = uvicorn["server_state"].connections

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet the client."""
        self.buffer.transport = cast(asyncio.Transport, transport)
        self._connections.add(self)
        self.listener.connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Let the command in hand end, and forget the client."""
        self._connections.discard(self)
        self.listener.connections.discard(self)
        self._stop_timeout()
        self.buffer.transport = self.transport = None
        self.buffer.end()
        asyncio.StreamReaderProtocol.connection_lost(self, error)

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

    def hang_up(self, reason: Reason | None = None) -> None:
        """Close the connection, whether the client reads the reply or not."""
        self._is_ending = True
        self._stop_timeout()
        transport = self.buffer.transport
        if transport is None or transport.is_closing():
            return
        if reason is not None:
            transport.write(self._refuse("", reason).encode() + b"\r\n")
        transport.close()
        self.loop.call_later(LINGER, transport.abort)

    def _timeout_cb(self) -> None:
        self.hang_up(reasons.TooIdle())

    def _stop_timeout(self) -> None:
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()

    # The conversation

    async def _handle_client(self) -> None:
        # A client that is gone ends its conversation wherever it was.
        with suppress(ConnectionError, EOFError):
            await self._converse()
        self.hang_up(reasons.Stopping() if self._is_ending else None)

    async def _converse(self) -> None:
        if len(self.listener.connections) > MAX_CONNECTIONS:
            self.listener.connections.discard(self)
            self.hang_up(reasons.TooManyConnections())
            return
        await self.push(f"220 {self.hostname} {self.__ident__}")
        while self.buffer.transport and not self._is_ending:
            try:
                await self._handle_line(await self.buffer.read_line())
            except Reason as reason:
                await self.push(self._refuse("", reason))
            # Whatever a client sends at once, others have their turn after each command.
            await asyncio.sleep(0)

    async def _handle_line(self, line: bytes) -> None:
        word, _, rest = line.decode("latin-1").partition(" ")
        command, argument = word.upper(), rest.strip()
        if command in _HTTP:
            self.hang_up()
            return
        if self.principal is None:
            self._unauthenticated += 1
            if self._unauthenticated > MAX_UNAUTHENTICATED:
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
            await self.push(self._refuse(command, error))
        if self.failures >= MAX_FAILURES:
            self.hang_up(reasons.TooManyFailures())

    async def push(self, status: AnyStr) -> None:
        """Send a reply.

        :raises ConnectionError: the client is gone.
        """
        if self.buffer.transport is None or self.buffer.transport.is_closing():
            raise ConnectionResetError
        await super().push(status)

    async def work(self, function: Callable[..., T], *arguments: Any) -> T:
        """Do what takes long on a thread that may wait; meanwhile the client does not time out.

        What hashes is done twice, from its start to the first hash.

        :raises TryLater: too many clients wait for a hash.
        """
        self._stop_timeout()
        self._is_working = True
        try:
            return await self.listener.lanes.run(self._is_gone, function, *arguments)
        finally:
            self._is_working = False
            if self.buffer.transport:
                self._reset_timeout()

    def _is_gone(self) -> bool:
        return self.buffer.transport is None

    async def ask(self, prompt: str) -> str:
        """A challenge of AUTH.

        :param prompt: in Base64.
        :returns: the response, as it came.
        """
        await self.push(f"334 {prompt}")
        return (await self.buffer.read_line()).decode("latin-1")

    def _refuse(self, command: str, error: Exception) -> str:
        reply: str = self.event_handler.refuse(self, command, error)
        return reply
