"""What the SMTP clients of one port share."""

import ssl
from typing import Any

from legacygrid.server.connection_limits import ConnectionLimits
from legacygrid.server.memory_budget import MemoryBudget
from legacygrid.server.server import Server
from legacygrid.server.smtp.receive_buffer import MAX_MESSAGES

#: Bytes of messages of one tenant that are not stored yet.
SHARE = MAX_MESSAGES // 2


class Listener:
    """What the clients of one port share: threads, TLS, memory, and the list of connections.

    :param host: the name of the machine, as the first reply says it.
    """

    def __init__(
        self, server: Server, tls: ssl.SSLContext | None = None, host: str = "localhost"
    ) -> None:
        self.lanes = server.bridge.lanes
        self.tls = tls
        self.host = host
        self.limits = server.state.limits
        #: Of those who have logged in, whatever their address; a tenant may have half of all.
        self.tenants = ConnectionLimits(self.limits.total, self.limits.total // 2)
        self.budget = MemoryBudget(MAX_MESSAGES, SHARE)
        self.connections: set[Any] = set()
