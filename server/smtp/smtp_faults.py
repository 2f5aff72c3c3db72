"""What a fault does to a conversation of SMTP."""

import asyncio
import socket
import struct
from typing import Any

from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.harness.faults import InjectedFault
from legacygrid.reasons import Reason
from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.serializers.smtp.words import Words

_ORDERED = inferred("ordered by a fault")


class OrderedReply(Reason):
    """A fault says what is replied."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(hint=_ORDERED.source)
        self.reply = Words(code, text or "Ordered by a fault", _ORDERED)

    def __reduce__(self) -> tuple[type["OrderedReply"], tuple[int, str]]:
        """What a copy is made of."""
        return OrderedReply, (self.reply.code, self.reply.text)


def refuse(effect: FaultEffect) -> None:
    """Refuse a step, if a fault says so.

    :raises Reason: as ordered.
    """
    if effect.reason is not None:
        raise effect.reason(
            *(Sentence(each, _ORDERED) for each in effect.texts), hint=_ORDERED.source
        )
    if effect.status is not None:
        raise OrderedReply(effect.status, effect.body)


async def hold_up(connection: Any, fault: InjectedFault) -> None:
    """Let a reply wait, or cut the connection instead, as a fault says.

    :raises ConnectionResetError: it is cut, or the client is gone meanwhile.
    """
    effect, connection.fault = fault.effect, None
    if effect.delay:
        connection.stop_timeout()
        await asyncio.sleep(effect.delay)
        if connection.buffer.transport is None or connection.buffer.transport.is_closing():
            raise ConnectionResetError
        connection.reset_timeout()
    if effect.reset:
        cut(connection)


def cut(connection: Any) -> None:
    """Reset the connection.

    :raises ConnectionResetError: always, as for a client that is gone.
    """
    transport = connection.buffer.transport
    if transport is not None:
        # With no time to linger, closing resets.
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        transport.abort()
    raise ConnectionResetError
