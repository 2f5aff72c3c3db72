"""What a fault does to an answer on its way out."""

import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from legacygrid.harness.cut_off import CutOff
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.wsgi.environ_keys import EXCHANGE

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Gone(Exception):  # noqa: N818 - no error: clients may leave
    """The client hung up; nobody needs the rest."""


def with_fault(effect: FaultEffect, scope: Scope, send: Send) -> Send:
    """The function that sends the pieces of an answer, with a fault.

    :raises Gone: when the connection ends, in the returned function.
    """
    transport = scope[EXCHANGE].transport
    cut = None if effect.truncate is None else CutOff(effect.truncate)

    async def send_with_fault(message: Message) -> None:
        if effect.reset:
            # With no time to linger, closing resets.
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            transport.abort()
            raise Gone
        if cut is None or message["type"] != "http.response.body":
            await send(message)
            return
        passed = cut.let_pass(message["body"])
        await send({**message, "body": passed, "more_body": True})
        if cut.is_over or not message.get("more_body"):
            transport.close()
            raise Gone

    return send_with_fault
