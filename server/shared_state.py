"""What the connections of one server share, whatever they speak."""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from legacygrid.server.connection_limits import ConnectionLimits
from legacygrid.server.open_files import count_connections

Address = tuple[str, int]


@dataclass
class SharedState:
    """Made by a server, and found by each of its connections with `shared_state`.

    :param limits: of the connections.
    :param origins: the client behind each tunnel of the server's own proxy, by the address of the
        tunnel's end here.
    """

    limits: ConnectionLimits
    origins: dict[Address | None, Address] = field(default_factory=dict)


def make_shared_state(limits_addresses: bool, proxies: Container[str] = ()) -> SharedState:
    """That of a new server.

    :param limits_addresses: one address may have half of all connections at most.
    :param proxies: addresses behind which there are many clients: that does not apply to them.
    """
    total = count_connections()
    return SharedState(ConnectionLimits(total, total // 2 if limits_addresses else None, proxies))


def shared_state(uvicorn_state: Any) -> SharedState:
    """That of the server which a state of uvicorn belongs to."""
    state: SharedState = uvicorn_state.legacygrid
    return state
