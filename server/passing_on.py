"""Requests that another server of the store answers: passed on to it as they came, and its answer
passed back as it comes.
"""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress

import h11

from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.harness.peers.announcement import Announcement
from legacygrid.harness.peers.link import NOBODY, PATIENCE, Link
from legacygrid.server.received_body import ReceivedBody
from legacygrid.server.wire_faults import Gone, Scope, Send
from legacygrid.server.wsgi_bridge import Bridge, Receive
from legacygrid.wsgi.client import WsgiAnswer
from legacygrid.wsgi.environ_keys import CUT_SHORT, EXCHANGE, NO_ROOM, PASSING, TOO_SLOW

#: What a request has that is passed on: a proof of who passes it on, and how it came.
_PROOF, _ORIGIN = b"x-legacygrid-peer", b"x-legacygrid-origin"
_OWN = frozenset({_PROOF, _ORIGIN})
#: What is told of how it came.
_TOLD = ("client", "server", "scheme", "http_version")
#: What keeps a body from being whole: such a request is refused where it would be carried out.
_MARKS = (CUT_SHORT, TOO_SLOW, NO_ROOM)
#: What is between two neighbours alone (RFC 9110, 7.6.1), and what the body's framing was.
_OF_ONE_HOP = frozenset(
    {b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
    | {b"proxy-connection", b"content-length", b"expect"}
)
_CLOSE = (b"connection", b"close")
#: Each answer of this server has a date of its own.
_NOT_BACK = _OF_ONE_HOP - {b"content-length"} | {b"date"}
#: Seconds between looks whether a server leads by now, and bytes that are read at a time.
_LOOK, _PIECE = 0.02, 64 * 1024


class _ToPassOn(Exception):  # noqa: N818 - no error: another server answers
    """Another server of the store answers."""


class SharingBridge(Bridge):
    """The bridge of a server that shares its store with others.

    :ivar secret: what they prove themselves with, where this server leads them.
    :ivar port: where they pass requests on to it.
    """

    secret = ""
    port = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http":
            if self.port == (scope["server"] or ("", 0))[1]:
                adopt(scope, self.secret)
            scope[PASSING] = []
        await super().__call__(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, body: ReceivedBody) -> None:
        try:
            await super()._answer(scope, receive, send, body)
        except _ToPassOn:
            await _pass_on(scope[PASSING][0], scope, receive, send, body)

    async def _call(
        self, scope: Scope, receive: Receive, body: ReceivedBody
    ) -> tuple[WsgiAnswer, FaultEffect | None, bool]:
        answer = await super()._call(scope, receive, body)
        if scope[PASSING]:
            raise _ToPassOn
        return answer


async def _pass_on(
    link: Link, scope: Scope, receive: Receive, send: Send, body: ReceivedBody
) -> None:
    try:
        async with _connected(link) as (reader, writer, secret):
            connection = h11.Connection(h11.CLIENT)
            await _ask(connection, writer, scope, body, secret)
            # The rest of a body that was not taken in may come yet.
            last = [_CLOSE] if TOO_SLOW in scope or NO_ROOM in scope else []
            await _unless_left(_answer(connection, reader, send, last), receive)
    except _NobodyLeads:
        await _refuse(send)
    except (Gone, OSError, h11.RemoteProtocolError):
        # The answer has begun, or what was asked may have been done.
        scope[EXCHANGE].transport.abort()


async def _unless_left(answering: Coroutine[None, None, None], receive: Receive) -> None:
    """Do something, unless the client hangs up meanwhile."""
    doing, leaving = asyncio.ensure_future(answering), asyncio.ensure_future(_leave(receive))
    try:
        await asyncio.wait((doing, leaving), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            await doing
    finally:
        doing.cancel()
        leaving.cancel()


async def _refuse(send: Send) -> None:
    body = json.dumps({"errors": {"server": [NOBODY]}}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"1"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _NobodyLeads(Exception):  # noqa: N818 - no error: the request is refused
    """No server leads just now, or it cannot be reached."""


def adopt(scope: Scope, secret: str) -> None:
    """Take a request that a server of the store passes on for one of its client."""
    headers = dict(scope["headers"])
    proof = headers.get(_PROOF)
    if proof is None or not secret or not hmac.compare_digest(proof, secret.encode()):
        return
    *told, marks = json.loads(headers[_ORIGIN])
    scope.update(zip(_TOLD, told, strict=True), **dict.fromkeys(marks, True))
    scope["headers"] = [each for each in scope["headers"] if each[0] not in _OWN]


@asynccontextmanager
async def _connected(
    link: Link,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter, str]]:
    try:
        async with asyncio.timeout(PATIENCE):
            leader, (reader, writer) = await _find(link)
    except TimeoutError:
        raise _NobodyLeads from None
    try:
        yield reader, writer, leader.secret
    finally:
        writer.close()


async def _find(
    link: Link,
) -> tuple[Announcement, tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to the server that leads, as soon as there is one."""
    while True:
        leader = link.leader
        if leader is not None:
            with suppress(OSError):
                return leader, await asyncio.open_connection(leader.host, leader.pages)
        await asyncio.sleep(_LOOK)


async def _ask(
    connection: h11.Connection,
    writer: asyncio.StreamWriter,
    scope: Scope,
    body: ReceivedBody,
    secret: str,
) -> None:
    # Written here, as h11 refuses more than this server does; it has to know what is answered.
    connection.send(h11.Request(method=scope["method"], target=b"/", headers=[(b"host", b"")]))
    connection.send(h11.EndOfMessage())
    writer.write(_make_head(scope, body.length, secret))
    file = body.open()
    while piece := file.read(_PIECE):
        writer.write(piece)
        await writer.drain()


def _make_head(scope: Scope, length: int, secret: str) -> bytes:
    query = scope["query_string"]
    origin = *(scope[each] for each in _TOLD), [each for each in _MARKS if each in scope]
    kept = [each for each in scope["headers"] if each[0] not in _OF_ONE_HOP | _OWN]
    headers = [
        *kept,
        _CLOSE,
        (b"content-length", str(length).encode()),
        (_PROOF, secret.encode()),
        (_ORIGIN, json.dumps(origin).encode()),
    ]
    if not any(name == b"host" for name, _ in headers):
        # HTTP/1.0 may do without.
        headers.append((b"host", b""))
    target = scope["raw_path"] + (b"?" + query if query else b"")
    lines = [b"%s: %s\r\n" % each for each in headers]
    return b"%s %s HTTP/1.1\r\n%s\r\n" % (scope["method"].encode(), target, b"".join(lines))


async def _answer(
    connection: h11.Connection,
    reader: asyncio.StreamReader,
    send: Send,
    further: Sequence[tuple[bytes, bytes]],
) -> None:
    """Send on what comes.

    :param further: headers beside those that come.
    :raises OSError: it ends too early.
    """
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_PIECE))
        elif isinstance(event, h11.Response):
            headers = [each for each in event.headers if each[0] not in _NOT_BACK]
            head = {"status": event.status_code, "headers": [*headers, *further]}
            await send({"type": "http.response.start", **head})
        elif isinstance(event, h11.Data):
            data = bytes(event.data)
            await send({"type": "http.response.body", "body": data, "more_body": True})
        else:
            await send({"type": "http.response.body", "body": b""})
            return


async def _leave(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
