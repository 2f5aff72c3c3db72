"""The bridge from uvicorn to the WSGI application.

A call gets neither the loop nor a thread before its body is there, so a client that sends half of
one blocks nobody. What would take long (a hash, a write) ends on the loop at once and is made again
on a thread of its lane; see `blocking` and `lanes`.
"""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import IO, Any

from legacygrid import reasons
from legacygrid.endpoints import SYSTEMS
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.server.exchange import Exchange, encode
from legacygrid.server.lanes import Lanes
from legacygrid.server.received_body import BodyStorage, ReceivedBody
from legacygrid.server.waiting_room import WaitingRoom
from legacygrid.server.wire_faults import Gone, Message, Scope, Send, with_fault
from legacygrid.wsgi.blocking import Lane, TryLater, WouldBlock
from legacygrid.wsgi.body_limits import limit_of_request
from legacygrid.wsgi.client import Header, WsgiAnswer, call, environ
from legacygrid.wsgi.environ_keys import (
    AGAIN,
    CUT_SHORT,
    EXCHANGE,
    FULL,
    KEPT,
    NO_ROOM,
    PASSING,
    TOO_SLOW,
    WAIT,
    WIRE,
)
from legacygrid.wsgi.worlds import Wsgi

#: Seconds that a body may take to arrive, and that a client may take for each chunk of what it
#: asked for.
BODY_DEADLINE = 30.0
SEND_DEADLINE = 30.0
#: Seconds from one answer that says to come again later to the next: whoever comes again at once,
#: as guessers of passwords do, keeps nobody else waiting.
PUT_OFF = 0.005

log = logging.getLogger("legacygrid.server")

Receive = Callable[[], Awaitable[Message]]


class Bridge:
    """An ASGI application that answers with a WSGI one."""

    def __init__(self, app: Wsgi, bodies: BodyStorage) -> None:
        self.app = app
        self.bodies = bodies
        self.lanes = Lanes()
        self.waiting = WaitingRoom()
        self._turn = asyncio.Lock()
        self._putting_off = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        with ReceivedBody(self.bodies, scope["client"][0]) as body:
            if await _receive(scope, receive, body):
                await self._answer(scope, receive, send, body)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, body: ReceivedBody) -> None:
        try:
            answer, effect, is_long = await self._call(scope, receive, body)
        except Gone:
            return
        try:
            if TOO_SLOW in scope or NO_ROOM in scope:
                # The rest of the body may come yet; nobody waits for it.
                answer.headers.append(("Connection", "close"))
            if answer.code in (429, 503) and answer.header("Retry-After"):
                async with self._putting_off:
                    await asyncio.sleep(PUT_OFF)
            if effect is not None:
                await asyncio.sleep(effect.delay)
                send = with_fault(effect, scope, send)
            elif scope[EXCHANGE].answer_at_once(answer):
                return
            await self._respond(scope, send, answer, is_long)
        except Gone:
            pass
        except Exception as error:
            # The answer has begun: only a cut connection tells the client that it is not whole.
            log.error("answer cut: %s", type(error).__name__)
            scope[EXCHANGE].transport.abort()
        finally:
            answer.close()

    async def _call(
        self, scope: Scope, receive: Receive, body: ReceivedBody
    ) -> tuple[WsgiAnswer, FaultEffect | None, bool]:
        """The application's answer, what a fault does to it, and whether it takes long to read.

        :raises Gone: the client hung up while its request waited for something.
        """
        request: dict[str, Any] = _environ(scope, body)
        answer, is_long = call(self.app, request), False
        is_gone = scope[EXCHANGE].transport.is_closing
        while pause := request.pop(AGAIN, None):
            request = _environ(scope, body) | {key: request[key] for key in KEPT if key in request}
            is_long = pause.lane is Lane.READ
            try:
                answer = await self.lanes.run_after(pause, is_gone, call, self.app, request)
            except TryLater:
                request[FULL] = pause.lane
                answer = call(self.app, request)
        while request[WAIT] is not None:
            wait = await self.waiting.wait(request[WAIT], receive)
            if wait is None:
                raise Gone
            async with self.waiting.turn(is_last=not wait.left) as look:
                request = _environ(scope, body)
                request[WAIT] = wait
                pause = WouldBlock(Lane.READ)
                answer = await self.lanes.run_after(pause, is_gone, call, self.app, request)
                look.was_in_vain = request[WAIT] is not None
        return answer, request[WIRE], is_long

    async def _respond(self, scope: Scope, send: Send, answer: WsgiAnswer, is_long: bool) -> None:
        headers, chunks, paced = answer.headers, answer.chunks, None
        has_length = answer.header("Content-Length") is not None
        if is_long or not has_length:
            paced = self._pace(scope, iter(chunks), is_long)
        if paced and not has_length and scope["http_version"] == "1.0":
            chunks, paced = await _spool(paced, headers), None
        send, head = _in_time(scope[EXCHANGE], send), encode(headers)
        await send({"type": "http.response.start", "status": answer.code, "headers": head})
        if paced:
            async for chunk in paced:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        else:
            for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _pace(
        self, scope: Scope, chunks: Iterator[bytes], is_long: bool
    ) -> AsyncIterator[bytes]:
        """A list as it is read: by threads if that takes long. Otherwise, at each turn of the loop
        one list moves on by one chunk, however many are asked for.
        """
        while True:
            if is_long:
                chunk: bytes | None = await self.lanes.read(next, chunks, None)
            else:
                async with self._turn:
                    chunk = next(chunks, None)
                    await asyncio.sleep(0)
            if chunk is None:
                return
            if scope[EXCHANGE].transport.is_closing():
                raise Gone
            yield chunk


async def _receive(scope: Scope, receive: Receive, body: ReceivedBody) -> bool:
    """Take in the body, or what there is of one that is over the limit.

    :returns: false if the client is gone.
    """
    try:
        if scope[EXCHANGE].has_whole_body:
            return await _receive_all(scope, receive, body)
        async with asyncio.timeout(BODY_DEADLINE):
            return await _receive_all(scope, receive, body)
    except TimeoutError:
        scope[TOO_SLOW] = True
    except reasons.NoRoom:
        scope[NO_ROOM] = True
    body.clear()
    return True


async def _receive_all(scope: Scope, receive: Receive, body: ReceivedBody) -> bool:
    path = scope["raw_path"].decode("latin-1")
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return False
        body.add(message["body"])
        if not message["more_body"]:
            return True
        if body.length > limit_of_request(path, scope["client"][0], SYSTEMS.mail_paths):
            return True


def _in_time(exchange: Exchange, send: Send) -> Send:
    """The function that sends the pieces of an answer, and waits for the client so long.

    :raises TimeoutError: it does not take what it asked for, in the returned function.
    """

    async def send_in_time(message: Message) -> None:
        if exchange.takes_bytes:
            await send(message)
            return
        async with asyncio.timeout(SEND_DEADLINE):
            await send(message)

    return send_in_time


async def _spool(chunks: AsyncIterator[bytes], headers: list[Header]) -> Iterator[bytes]:
    """HTTP/1.0 has no chunks: the answer goes to disk first, so that its length is known."""
    # Closed once it is read.
    file = tempfile.SpooledTemporaryFile(max_size=1024 * 1024)  # noqa: SIM115
    try:
        async for chunk in chunks:
            file.write(chunk)
    except BaseException:
        file.close()
        raise
    headers.append(("Content-Length", str(file.tell())))
    file.seek(0)
    return _read(file)


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while data := file.read(64 * 1024):
            yield data


def _environ(scope: Scope, body: ReceivedBody) -> dict[str, Any]:
    """The WSGI environ of a request whose body is there."""
    made = environ(
        scope["method"],
        scope["raw_path"],
        scope["query_string"].decode("latin-1"),
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        scheme=scope["scheme"],
        version=scope["http_version"],
        server=scope["server"] or ("localhost", 0),
        address=(scope["client"] or ("", 0))[0],
    )
    made["wsgi.input"], made["CONTENT_LENGTH"] = body.open(), str(body.length)
    made[WAIT] = None
    for mark in (CUT_SHORT, TOO_SLOW, NO_ROOM, PASSING):
        if mark in scope:
            made[mark] = scope[mark]
    return made
