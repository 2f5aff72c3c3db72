"""What a fault does to an answer on its way out."""

import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from legacygrid.harness.faults import FaultEffect
from legacygrid.wsgi.environ_keys import TRANSPORT

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Gone(Exception):  # noqa: N818 - no error: clients may leave
    """The client hung up; nobody needs the rest."""


def with_fault(effect: FaultEffect, scope: Scope, send: Send) -> Send:
    """The function that sends the pieces of an answer, with a fault.

    :raises Gone: when the connection ends, in the returned function.
    """
    transport = scope[TRANSPORT]
    left = effect.truncate

    async def sendwith_fault(message: Message) -> None:
        nonlocal left
        if effect.reset:
            # With no time to linger, closing resets.
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            transport.abort()
            raise Gone
        if left is not None and message["type"] == "http.response.body":
            if len(message["body"]) >= left:
                message = {**message, "body": message["body"][:left], "more_body": True}
            left -= len(message["body"])
        await send(message)
        if left == 0:
            transport.close()
            raise Gone

    return sendwith_fault
